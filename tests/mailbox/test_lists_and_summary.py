"""What the staff's pages list: people, devices, alarms, channels, and the weekly numbers."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from mailbox.alarms.channels import add_channel, channel_lines
from mailbox.alarms.siren import ring_test, ringing
from mailbox.errors import NotAllowed, NotFound
from mailbox.letters.answer import answer, correct
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.post import Letter, post
from mailbox.office import Office
from mailbox.openings.opening import open_what_is_due
from mailbox.openings.summary import week_summaries
from mailbox.people.arrivals import approve, found_school, leave
from mailbox.people.listing import names_of, people_lines, station_lines
from mailbox.people.login import Colleague, log_in, who
from mailbox.people.setup import no_school_yet, school_name, steps
from mailbox.people.sharing import share_earlier_weeks
from mailbox.people.stations import KIOSK, SIREN, acknowledge_test_alarms, enroll, invite_station, withdraw
from mailbox.store.tables import Station
from tests.conftest import PASSPHRASE, SchoolAtWork
from triage.protocol import Urgency


def send(school: SchoolAtWork, words: str, *, not_for: frozenset[str] = frozenset()) -> str:
    known = {row.id for row in queue(school.office, school.counselor)}
    post(school.office, Letter(school.school_id, "kiosk", words, os.urandom(16), not_for))
    return next(row.id for row in queue(school.office, school.counselor) if row.id not in known)


def reader(school: SchoolAtWork, person_id: str, login: str) -> Colleague:
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    return who(school.office, log_in(school.office, login, PASSPHRASE))


def test_an_office_without_a_school_says_so(office: Office) -> None:
    assert no_school_yet(office)
    school_id, _ = found_school(office, "青山小学", 4, 15)
    assert not no_school_yet(office)
    assert school_name(office, school_id) == "青山小学"


def test_everybody_who_has_not_left_is_listed_with_the_weeks_they_lack(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    send(school, "我想家了")
    person_id, login = second_counselor()
    waiting = {
        line.display_name: (line.state, line.weeks_missing) for line in people_lines(school.office, school.school_id)
    }
    assert waiting["何老师"] == ("waiting", 0)
    reader(school, person_id, login)
    lines = {line.display_name: line for line in people_lines(school.office, school.school_id)}
    assert (lines["何老师"].state, lines["何老师"].weeks_missing) == ("active", 1)
    assert lines["林老师"].weeks_missing == 0
    leave(school.office, school.school_id, school.counselor.person_id, person_id)
    assert "何老师" not in {line.display_name for line in people_lines(school.office, school.school_id)}
    assert names_of(school.office, school.school_id)[person_id] == "何老师"


def test_a_new_reader_opens_earlier_letters_once_a_colleague_has_shared_the_weeks(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    thread_id = send(school, "我想家了")
    person_id, login = second_counselor()
    he = reader(school, person_id, login)
    assert open_thread(school.office, he, thread_id).notes[0].problem == "no_key"
    assert share_earlier_weeks(school.office, school.counselor, person_id) == 1
    content = open_thread(school.office, he, thread_id).notes[0].content
    assert content and content.text == "我想家了"
    assert share_earlier_weeks(school.office, school.counselor, person_id) == 0


def test_weeks_are_shared_by_readers_with_readers_only(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    person_id, login = second_counselor()
    waiting = who(school.office, log_in(school.office, login, PASSPHRASE))
    with pytest.raises(NotFound):
        share_earlier_weeks(school.office, school.counselor, person_id)
    with pytest.raises(NotAllowed):
        share_earlier_weeks(school.office, waiting, school.counselor.person_id)


def test_a_letter_closed_to_a_reader_stays_closed_when_the_weeks_are_shared(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    person_id, login = second_counselor()
    he = reader(school, person_id, login)
    thread_id = send(school, "不要给何老师看", not_for=frozenset({person_id}))
    share_earlier_weeks(school.office, school.counselor, person_id)
    with pytest.raises(NotFound):
        open_thread(school.office, he, thread_id)


def test_devices_are_listed_until_they_are_withdrawn_and_forged_ones_never(school: SchoolAtWork) -> None:
    office, by = school.office, school.technician_id
    enroll(office, invite_station(office, school.school_id, by, KIOSK, "三年级教室"))
    invite_station(office, school.school_id, by, SIREN, "值班室")
    with office.database.work() as work:
        work.session.add(
            Station(
                school_id=school.school_id,
                kind=KIOSK,
                state="enrolled",
                name="假的",
                token_hash="0" * 64,
                mark=b"0" * 32,
            )
        )
        work.commit()
    lines = station_lines(office, school.school_id)
    assert [(line.name, line.kind, line.state) for line in lines] == [
        ("三年级教室", KIOSK, "enrolled"),
        ("值班室", SIREN, "invited"),
    ]
    withdraw(office, school.school_id, by, lines[0].id)
    assert [line.name for line in station_lines(office, school.school_id)] == ["值班室"]


def test_a_test_alarm_rings_once_until_it_is_heard(school: SchoolAtWork) -> None:
    for _ in range(2):
        ring_test(school.office, school.school_id, school.counselor.person_id)
    assert [alarm.kind for alarm in ringing(school.office, school.school_id)] == ["test"]
    assert not steps(school.office, school.school_id).test_heard
    acknowledge_test_alarms(school.office, school.school_id)
    assert ringing(school.office, school.school_id) == []
    assert steps(school.office, school.school_id).test_heard


def test_an_urgent_letter_rings_until_it_is_opened(school: SchoolAtWork) -> None:
    thread_id = send(school, "【紧急】救救我")
    assert [alarm.kind for alarm in ringing(school.office, school.school_id)] == ["urgent"]
    open_thread(school.office, school.counselor, thread_id)
    assert ringing(school.office, school.school_id) == []


def test_a_channel_is_listed_by_name_and_service_and_never_by_address(school: SchoolAtWork) -> None:
    add_channel(school.office, school.school_id, school.technician_id, "值班手机", "json://geheim@127.0.0.1:9/")
    lines = channel_lines(school.office, school.school_id)
    assert [(line.name, line.service, line.problem) for line in lines] == [("值班手机", "json", None)]
    assert "geheim" not in repr(lines)


def test_the_same_reply_form_sent_twice_is_one_reply(school: SchoolAtWork) -> None:
    thread_id, nonce = send(school, "我想家了"), os.urandom(16)
    for _ in range(2):
        answer(school.office, school.counselor, thread_id, "我也会想家", release_now=True, form_nonce=nonce)
    assert len(open_thread(school.office, school.counselor, thread_id).replies) == 1


def test_a_thread_shows_who_changed_its_level_and_why(school: SchoolAtWork) -> None:
    thread_id = send(school, "我想家了")
    correct(school.office, school.counselor, thread_id, Urgency.SOON, "一连三封都说睡不着")
    correction = open_thread(school.office, school.counselor, thread_id).corrections[0]
    assert (correction.urgency_before, correction.urgency_after) == ("routine", "soon")
    assert correction.reason == "一连三封都说睡不着"
    assert "睡不着" not in repr(correction)


def test_the_summary_counts_this_week_and_the_weeks_before(school: SchoolAtWork) -> None:
    # Monday: two letters, one answered.
    first = send(school, "我想家了")
    send(school, "【紧急】救救我")
    open_thread(school.office, school.counselor, first)
    correct(school.office, school.counselor, first, Urgency.SOON, "想明天就看看")
    answer(school.office, school.counselor, first, "我在", release_now=False, form_nonce=os.urandom(16))
    running = week_summaries(school.office, school.counselor)[0]
    assert (running.received, running.urgent, running.routine) == (2, 1, 1)
    assert (running.answered, running.waiting, running.replies, running.raised_by_people) == (1, 1, 1, 1)
    assert not running.is_open

    school.clock.advance(days=7)
    open_what_is_due(school.office)
    send(school, "又是我")
    weeks = week_summaries(school.office, school.counselor)
    assert [(week.received, week.is_open) for week in weeks] == [(1, False), (2, True)]

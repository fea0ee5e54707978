"""Notes out of the wooden box: read, sealed, rung and counted as every letter, and kept with one code."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from mailbox.alarms.escalation import call_due
from mailbox.alarms.siren import HELD, ringing
from mailbox.errors import AlreadySent, InputRefused, NotAllowed
from mailbox.letters.answer import answer
from mailbox.letters.collect import collect
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.found import FoundOnPaper
from mailbox.letters.paper import EnteredNote, enter_note, readers_to_choose
from mailbox.openings.week_reports import freeze_ended_weeks, reports
from mailbox.people.arrivals import approve
from mailbox.people.login import Colleague, log_in, who
from mailbox.rules.school_week import first_half_of_week
from mailbox.store.outbox import open_alarms
from mailbox.store.people import audit_rows
from tests.conftest import PASSPHRASE, SchoolAtWork
from triage.protocol import Urgency


def found(school: SchoolAtWork, days_ago: int = 0, half: str = "morning", *, taken: bool = False) -> FoundOnPaper:
    on = school.office.local_now().date() - timedelta(days=days_ago)
    return FoundOnPaper(on, half, school.counselor.person_id, taken)


def enter(
    school: SchoolAtWork,
    text: str = "纸条上说想要一个秋千",
    when: FoundOnPaper | None = None,
    nonce: bytes = b"",
    barred: frozenset[str] = frozenset(),
) -> EnteredNote:
    sent = nonce or os.urandom(16)
    return enter_note(school.office, school.counselor, text, when or found(school), barred, sent)


def alarms(school: SchoolAtWork) -> list[str]:
    with school.office.database.view() as view:
        return [alarm.kind for alarm in open_alarms(view.session, school.school_id)]


def rings(school: SchoolAtWork) -> list[str]:
    return [alarm.kind for alarm in ringing(school.office, school.school_id)]


def acts(school: SchoolAtWork) -> list[str]:
    with school.office.database.view() as view:
        return [row.act for row in audit_rows(view.session, school.school_id) if row.act.startswith("paper")]


@pytest.fixture
def he(school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]) -> Colleague:
    person_id, login = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    return who(school.office, log_in(school.office, login, PASSPHRASE))


def test_a_note_is_read_sealed_and_marked_as_paper_in_its_box_alone(school: SchoolAtWork, tmp_path: Path) -> None:
    entered = enter(school, "【尽快】橘子树下")
    assert entered.row and entered.row.urgency == Urgency.SOON
    content = open_thread(school.office, school.counselor, entered.posted.thread_id).notes[0].content
    assert content and content.paper
    assert (content.text, content.paper.typed_by) == ("【尽快】橘子树下", school.counselor.person_id)
    for path in tmp_path.rglob("*.db*"):
        raw = path.read_bytes()
        assert not any(word.encode() in raw for word in ("橘子树", "typed_by", content.paper.on.isoformat() + '"'))


def test_the_code_of_a_note_opens_its_answer_as_any_code_does(school: SchoolAtWork) -> None:
    posted = enter(school).posted
    answer(school.office, school.counselor, posted.thread_id, "秋千会有的", release_now=True, form_nonce=os.urandom(16))
    assert [reply.text for reply in collect(school.office, school.school_id, posted.code).replies] == ["秋千会有的"]


def test_a_second_click_is_one_note_with_one_code_and_a_late_one_shows_none(school: SchoolAtWork) -> None:
    nonce = os.urandom(16)
    first, second = enter(school, nonce=nonce), enter(school, nonce=nonce)
    assert first.posted.code == second.posted.code and second.posted.is_repeat
    assert len(queue(school.office, school.counselor)) == 1
    school.clock.advance(minutes=5)
    with pytest.raises(AlreadySent):
        enter(school, nonce=nonce)
    assert acts(school) == ["paper.enter"]


def test_an_urgent_note_rings_and_one_that_its_typist_takes_is_still_while_they_hold_it(school: SchoolAtWork) -> None:
    taken = enter(school, "【紧急】", found(school, taken=True))
    assert taken.row and taken.row.claimed_by == school.counselor.person_id
    assert rings(school) == [HELD]
    enter(school, "【紧急】另一张")
    assert sorted(rings(school)) == [HELD, "urgent"]
    assert acts(school) == ["paper.take", "paper.enter"]


def test_a_note_whose_typist_was_called_away_calls_when_the_claim_is_over(school: SchoolAtWork) -> None:
    taken = enter(school, "【紧急】", found(school, taken=True))
    school.clock.advance(minutes=14)
    assert call_due(school.office) == 0
    school.clock.advance(minutes=2)
    assert (call_due(school.office), rings(school)) == (1, ["urgent"])
    open_thread(school.office, school.counselor, taken.posted.thread_id)
    assert rings(school) == []


def test_a_note_that_shuts_its_typist_out_is_for_the_others_and_rings(school: SchoolAtWork, he: Colleague) -> None:
    barred = frozenset({school.counselor.person_id})
    entered = enter(school, "【紧急】不要给林老师看", found(school, taken=True), barred=barred)
    assert entered.row is None and alarms(school) == ["urgent"]
    assert queue(school.office, school.counselor) == []
    content = open_thread(school.office, he, entered.posted.thread_id).notes[0].content
    assert content and content.text == "【紧急】不要给林老师看"


def test_a_note_that_nobody_may_read_rings_as_a_closed_one(school: SchoolAtWork) -> None:
    barred = frozenset({school.counselor.person_id})
    assert enter(school, when=found(school, taken=True), barred=barred).posted.nobody_left
    assert alarms(school) == ["closed"]


def test_a_note_waits_since_it_was_found(school: SchoolAtWork) -> None:
    school.clock.advance(days=2)
    row = enter(school, when=found(school, days_ago=1, half="evening")).row
    assert row and (row.arrived_on, row.arrived_half) == (date(2026, 3, 3), "evening")


def test_a_note_of_an_ended_week_is_counted_once_with_the_week_in_which_it_is_typed(school: SchoolAtWork) -> None:
    """Found on Thursday, typed on Monday: the week that ended on Friday is counted already."""
    school.clock.advance(days=7)
    freeze_ended_weeks(school.office)
    entered = enter(school, when=found(school, days_ago=4))
    assert entered.row and (entered.row.arrived_on, entered.row.arrived_half) == (date(2026, 3, 6), "evening")
    content = open_thread(school.office, school.counselor, entered.posted.thread_id).notes[0].content
    assert content and content.paper and content.paper.on == date(2026, 3, 5)
    school.clock.advance(days=5)
    freeze_ended_weeks(school.office)
    assert [report.week.letters.total for report in reports(school.office, school.school_id)] == [0, 1]


@pytest.mark.parametrize(
    ("days_later", "hours_later", "hour", "expected"),
    [
        (0, 0, 15, (date(2026, 2, 27), "evening")),
        (4, 5, 15, (date(2026, 2, 27), "evening")),
        (4, 10, 15, (date(2026, 3, 6), "evening")),
        (5, 0, 20, (date(2026, 3, 7), "morning")),
    ],
)
def test_a_week_begins_with_the_half_day_after_that_of_its_opening(
    school: SchoolAtWork, days_later: int, hours_later: int, hour: int, expected: tuple[date, str]
) -> None:
    """The clock stands on Monday morning; the box is opened on Fridays."""
    school.clock.advance(days=days_later, hours=hours_later)
    assert first_half_of_week(school.office.local_now(), 4, hour) == expected


@pytest.mark.parametrize(("days_ago", "half"), [(0, "evening"), (-1, "morning"), (32, "morning"), (0, "midnight")])
def test_a_half_day_that_cannot_be_is_refused(school: SchoolAtWork, days_ago: int, half: str) -> None:
    with pytest.raises(InputRefused):
        enter(school, when=found(school, days_ago, half))
    assert queue(school.office, school.counselor) == []


@pytest.mark.parametrize("text", ["", " \n", "长" * 4_001])
def test_an_empty_or_too_long_note_is_refused(school: SchoolAtWork, text: str) -> None:
    with pytest.raises(InputRefused, match="paper_note"):
        enter(school, text)


def test_only_readers_type_notes(school: SchoolAtWork) -> None:
    technician = who(school.office, log_in(school.office, "jishu", PASSPHRASE))
    typist = replace(found(school), typed_by=technician.person_id)
    with pytest.raises(NotAllowed):
        enter_note(school.office, technician, "纸条", typist, frozenset(), os.urandom(16))
    with pytest.raises(NotAllowed):
        readers_to_choose(school.office, technician)
    assert readers_to_choose(school.office, school.counselor) == [(school.counselor.person_id, "林老师")]

"""Generations of the week key: when one begins, who holds it, and who does not any more."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from mailbox.errors import KioskClosed, NotFound
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.post import Letter, post
from mailbox.office import Office
from mailbox.openings.opening import open_box_of, open_what_is_due
from mailbox.people.arrivals import accept_invitation, approve, found_school, leave
from mailbox.people.login import Colleague, log_in, who
from mailbox.sealing.keyring import RECOVERY_HOLDER, open_week_key
from mailbox.store.keys import copies_of_holder, current_week_key, week_keys_of
from mailbox.store.tables import Note, Opening, WeekKey, WeekKeyCopy
from tests.conftest import PASSPHRASE, SchoolAtWork


def send(school: SchoolAtWork, words: str = "我想家了") -> None:
    post(school.office, Letter(school.school_id, "kiosk", words, os.urandom(16)))


def generations(school: SchoolAtWork) -> list[tuple[int, bool]]:
    """Return number and currency of each generation, oldest first."""
    return [(week_key.generation, week_key.current) for week_key in all_weeks(school.office, school.school_id)]


def all_weeks(office: Office, school_id: str) -> Sequence[WeekKey]:
    with office.database.view() as view:
        return week_keys_of(view.session, school_id)


def current(school: SchoolAtWork) -> WeekKey:
    with school.office.database.view() as view:
        week_key = current_week_key(view.session, school.school_id)
    assert week_key is not None
    return week_key


def holders(school: SchoolAtWork, week_key: WeekKey) -> set[str]:
    with school.office.database.view() as view:
        copies = view.session.query(WeekKeyCopy).filter_by(week_key_id=week_key.id)
        return {copy.holder_id for copy in copies}


def copies_of(school: SchoolAtWork, person_id: str) -> dict[str, bytes]:
    with school.office.database.view() as view:
        return copies_of_holder(view.session, person_id)


@pytest.fixture
def he(school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]) -> Colleague:
    """何老师, who reads: approved by 林老师 and logged in."""
    person_id, login = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    return who(school.office, log_in(school.office, login, PASSPHRASE))


def test_with_none_current_the_first_note_makes_one(school: SchoolAtWork) -> None:
    assert generations(school) == []
    send(school)
    assert generations(school) == [(1, True)]
    assert holders(school, current(school)) == {school.counselor.person_id, RECOVERY_HOLDER}


def test_many_first_notes_at_once_make_one(school: SchoolAtWork) -> None:
    together = Barrier(6)

    def write(_: int) -> None:
        together.wait()
        send(school)

    with ThreadPoolExecutor(6) as children:
        list(children.map(write, range(6)))
    assert generations(school) == [(1, True)]
    assert len(queue(school.office, school.counselor)) == 6


def test_every_further_note_of_the_week_is_sealed_to_the_same_generation(school: SchoolAtWork) -> None:
    for _ in range(3):
        send(school)
    assert generations(school) == [(1, True)]


def test_each_opening_begins_a_new_generation_for_the_week_to_come(school: SchoolAtWork) -> None:
    send(school)
    for number in (2, 3):
        school.clock.advance(days=7)
        assert open_what_is_due(school.office) == [school.school_id]
        assert generations(school)[-1] == (number, True)
    assert [is_current for _, is_current in generations(school)] == [False, False, True]
    # Opened on Monday, 2026-03-16: the Friday after it.
    assert current(school).week.isoformat() == "2026-03-20"


def test_an_opening_by_hand_begins_a_new_generation(school: SchoolAtWork) -> None:
    send(school)
    open_box_of(school.office, school.school_id, school.office.local_now().date(), by_hand=True)
    assert generations(school) == [(1, False), (2, True)]


def test_letters_of_earlier_generations_stay_readable_after_an_opening(school: SchoolAtWork) -> None:
    send(school, "第一周")
    school.clock.advance(days=7)
    open_what_is_due(school.office)
    send(school, "第二周")
    opened = [open_thread(school.office, school.counselor, row.id) for row in queue(school.office, school.counselor)]
    assert [thread.notes[0].content and thread.notes[0].content.text for thread in opened] == ["第一周", "第二周"]


def test_the_approval_of_a_reader_begins_a_generation_that_they_hold_and_none_before_it(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    send(school)
    person_id, _ = second_counselor()
    assert generations(school) == [(1, True)]
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    assert generations(school) == [(1, False), (2, True)]
    assert holders(school, current(school)) == {school.counselor.person_id, person_id, RECOVERY_HOLDER}
    assert set(copies_of(school, person_id)) == {current(school).id}


def test_leaving_begins_a_generation_for_those_who_stay(school: SchoolAtWork, he: Colleague) -> None:
    send(school)
    before = current(school)
    leave(school.office, school.school_id, he.person_id, he.person_id)
    assert current(school).generation == before.generation + 1
    assert holders(school, current(school)) == {school.counselor.person_id, RECOVERY_HOLDER}


def test_who_left_holds_no_copy_of_the_new_week_of_the_one_before_or_of_any(
    school: SchoolAtWork, he: Colleague
) -> None:
    send(school)
    assert current(school).id in copies_of(school, he.person_id)
    leave(school.office, school.school_id, school.counselor.person_id, he.person_id)
    assert copies_of(school, he.person_id) == {}
    school.clock.advance(days=7)
    open_what_is_due(school.office)
    send(school)
    assert copies_of(school, he.person_id) == {}


def test_a_copy_kept_from_before_opens_nothing_that_is_written_after_leaving(
    school: SchoolAtWork, he: Colleague
) -> None:
    send(school)
    week_key = current(school)
    kept = open_week_key(he.private, week_key.id, he.person_id, copies_of(school, he.person_id)[week_key.id])
    assert kept.public().to_bytes() == week_key.public_key
    leave(school.office, school.school_id, school.counselor.person_id, he.person_id)
    send(school, "何老师已经走了")
    assert current(school).public_key != kept.public().to_bytes()
    with school.office.database.view() as view:
        assert view.session.query(Note).filter_by(week_key_id=current(school).id).count() == 1


def test_a_technician_who_leaves_or_a_colleague_who_waits_is_no_change_of_the_readers(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    send(school)
    second_counselor()
    leave(school.office, school.school_id, school.technician_id, school.technician_id)
    assert generations(school) == [(1, True)]


def test_an_opening_without_a_reader_takes_place_and_makes_no_generation(office: Office) -> None:
    school_id, token = found_school(office, "青山小学", opening_weekday=4, opening_hour=15)
    accept_invitation(office, token, "jishu", PASSPHRASE)
    office.clock.advance(days=7)  # type: ignore[attr-defined]
    assert open_what_is_due(office) == [school_id]
    assert open_box_of(office, school_id, office.local_now().date(), by_hand=True)
    assert all_weeks(office, school_id) == []
    with office.database.view() as view:
        assert view.session.query(Opening).count() == 2


def test_without_a_reader_a_note_makes_no_generation_and_is_not_taken(office: Office) -> None:
    school_id, token = found_school(office, "青山小学", opening_weekday=4, opening_hour=15)
    accept_invitation(office, token, "jishu", PASSPHRASE)
    with pytest.raises(KioskClosed):
        post(office, Letter(school_id, "kiosk", "我想家了", os.urandom(16)))
    assert all_weeks(office, school_id) == []


def test_a_school_that_is_none_has_no_opening(office: Office) -> None:
    with pytest.raises(NotFound):
        open_box_of(office, "0" * 32, office.local_now().date())

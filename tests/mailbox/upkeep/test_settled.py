"""A clock that jumps ahead removes no letter before somebody could notice."""

from __future__ import annotations

import os

from mailbox.letters.desk import queue
from mailbox.letters.post import Letter, post
from mailbox.upkeep.daily import remove_what_is_old
from mailbox.upkeep.settled import date_is_settled
from tests.conftest import SchoolAtWork


def letters(school: SchoolAtWork) -> int:
    return len(queue(school.office, school.counselor))


def run_for_days(school: SchoolAtWork, days: int) -> None:
    for _ in range(days):
        school.clock.advance(days=1)
        remove_what_is_old(school.office)


def test_a_clock_that_jumps_two_years_ahead_and_back_removes_nothing(school: SchoolAtWork) -> None:
    run_for_days(school, 3)
    post(school.office, Letter(school.school_id, "kiosk", "我想家了", os.urandom(16)))
    then = school.clock.now
    school.clock.advance(days=800, hours=10)
    remove_what_is_old(school.office)
    school.clock.advance(days=1)
    remove_what_is_old(school.office)
    assert letters(school) == 1
    school.clock.now = then
    run_for_days(school, 3)
    assert letters(school) == 1
    assert date_is_settled(school.office)


def test_after_a_long_holiday_letters_go_on_the_third_day_that_the_computer_is_on(school: SchoolAtWork) -> None:
    post(school.office, Letter(school.school_id, "kiosk", "我想家了", os.urandom(16)))
    school.clock.advance(days=400, hours=10)
    remove_what_is_old(school.office)
    run_for_days(school, 1)
    assert letters(school) == 1
    run_for_days(school, 1)
    assert letters(school) == 0


def test_what_was_noted_cannot_be_read_and_is_begun_anew(school: SchoolAtWork) -> None:
    place = school.office.settings.data_dir / "days-seen.json"
    for nonsense in ("", "{", '["x"]', "7"):
        place.write_text(nonsense, "ascii")
        assert not date_is_settled(school.office)

"""A sign of life is kept to the half hour, and only a school day of silence asks for a look."""

from __future__ import annotations

from datetime import date

from mailbox.rules.signs import half_hour_of, is_silent

FRIDAY, MONDAY, TUESDAY, WEDNESDAY = date(2026, 3, 6), date(2026, 3, 9), date(2026, 3, 10), date(2026, 3, 11)


def test_every_second_of_a_half_hour_is_kept_alike() -> None:
    assert {half_hour_of(second) for second in range(7_200, 9_000)} == {7_200}
    assert half_hour_of(9_000) == 9_000


def test_a_weekend_is_no_silence_and_a_whole_school_day_is() -> None:
    assert not is_silent(FRIDAY, FRIDAY)
    assert not is_silent(FRIDAY, MONDAY)
    assert is_silent(FRIDAY, TUESDAY)
    assert not is_silent(MONDAY, TUESDAY)
    assert is_silent(MONDAY, WEDNESDAY)


def test_holidays_are_no_silence_either() -> None:
    assert not is_silent(FRIDAY, WEDNESDAY, lambda day: day >= WEDNESDAY)


def test_a_tablet_that_was_forgotten_for_years_is_answered_at_once() -> None:
    assert is_silent(date(1970, 1, 1), WEDNESDAY)

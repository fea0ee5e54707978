"""When the box is opened, and how long a letter has waited, as arithmetic on the school's own clock."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox.rules.school_week import half_day, half_days_waited, last_opening_due, next_opening

SHANGHAI = ZoneInfo("Asia/Shanghai")
FRIDAY, THREE_O_CLOCK = 4, 15

DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))
MOMENTS = st.builds(datetime.combine, DAYS, st.times(), st.just(SHANGHAI))
WEEKDAYS = st.integers(0, 6)
HOURS = st.integers(0, 23)
HALVES = ("morning", "afternoon", "evening")
SCHOOL_HALF_DAYS = st.tuples(DAYS.filter(lambda day: day.weekday() < 5), st.sampled_from(HALVES))


def at(text: str) -> datetime:
    """Read ``2026-03-06 15:00`` off the school's wall."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def waited(arrived: str, now: str) -> int:
    """Return the half-days from one moment to another, each like ``2026-03-06 15:00``."""
    return half_days_waited(at(arrived).date(), half_day(at(arrived)), at(now))


@pytest.mark.parametrize(
    ("now", "due_on"),
    [
        ("2026-03-06 14:59:59.999999", "2026-02-27"),
        ("2026-03-06 15:00", "2026-03-06"),
        ("2026-03-06 15:00:01", "2026-03-06"),
        ("2026-03-05 23:59", "2026-02-27"),
        ("2026-03-07 00:00", "2026-03-06"),
    ],
)
def test_an_opening_is_due_from_its_hour_on_and_not_a_moment_before(now: str, due_on: str) -> None:
    assert last_opening_due(at(now), FRIDAY, THREE_O_CLOCK).isoformat() == due_on


@pytest.mark.parametrize(
    ("now", "opening"),
    [
        ("2026-03-02 10:00", "2026-03-06 15:00"),
        ("2026-03-06 14:59:59.999999", "2026-03-06 15:00"),
        ("2026-03-06 15:00", "2026-03-13 15:00"),
        ("2026-03-06 15:00:01", "2026-03-13 15:00"),
        ("2026-03-07 09:00", "2026-03-13 15:00"),
    ],
)
def test_the_next_opening_is_this_fridays_until_its_hour_and_then_the_next(now: str, opening: str) -> None:
    assert next_opening(at(now), FRIDAY, THREE_O_CLOCK) == at(opening)


def test_the_week_goes_on_over_a_years_end() -> None:
    new_years_eve = at("2026-12-31 16:00")
    assert last_opening_due(new_years_eve, FRIDAY, THREE_O_CLOCK) == date(2026, 12, 25)
    assert next_opening(new_years_eve, FRIDAY, THREE_O_CLOCK) == at("2027-01-01 15:00")
    assert next_opening(at("2027-01-01 15:00"), FRIDAY, THREE_O_CLOCK) == at("2027-01-08 15:00")


def test_an_opening_at_midnight_belongs_to_the_day_that_begins() -> None:
    assert next_opening(at("2026-03-05 23:59"), FRIDAY, 0) == at("2026-03-06 00:00")
    assert last_opening_due(at("2026-03-06 00:00"), FRIDAY, 0) == date(2026, 3, 6)


def test_an_opening_keeps_its_hour_on_the_wall_when_the_clocks_change() -> None:
    # The clocks in Berlin go forward in the night to Sunday, 2026-03-29.
    berlin = ZoneInfo("Europe/Berlin")
    opening = next_opening(datetime(2026, 3, 27, 16, tzinfo=berlin), FRIDAY, THREE_O_CLOCK)
    assert (opening.date(), opening.hour) == (date(2026, 4, 3), 15)


@given(MOMENTS, WEEKDAYS, HOURS)
def test_now_always_lies_between_the_last_opening_and_the_next_a_week_later(
    now: datetime, weekday: int, hour: int
) -> None:
    following = next_opening(now, weekday, hour)
    last = following - timedelta(days=7)
    assert last <= now < following
    assert last.date() == last_opening_due(now, weekday, hour)
    assert (following.weekday(), following.hour, following.minute) == (weekday, hour, 0)


@pytest.mark.parametrize(
    ("hour", "half"), [(0, "morning"), (11, "morning"), (12, "afternoon"), (17, "afternoon"), (18, "evening")]
)
def test_a_day_has_a_morning_until_noon_an_afternoon_until_six_and_an_evening(hour: int, half: str) -> None:
    assert half_day(datetime(2026, 3, 6, hour, 59, tzinfo=SHANGHAI)) == half


@pytest.mark.parametrize(
    ("arrived", "now", "halves"),
    [
        ("2026-03-02 08:00", "2026-03-02 11:59", 0),
        ("2026-03-02 08:00", "2026-03-02 12:00", 1),
        ("2026-03-02 19:00", "2026-03-03 08:00", 1),
        ("2026-03-02 08:00", "2026-03-06 20:00", 14),
    ],
)
def test_a_wait_is_counted_in_half_days_that_have_begun_since(arrived: str, now: str, halves: int) -> None:
    assert waited(arrived, now) == halves


@pytest.mark.parametrize(
    ("arrived", "now", "halves"),
    [
        ("2026-03-06 19:00", "2026-03-08 20:00", 0),
        ("2026-03-06 08:00", "2026-03-07 09:00", 2),
        ("2026-03-06 19:00", "2026-03-09 08:00", 1),
        ("2026-03-07 08:00", "2026-03-07 20:00", 0),
        ("2026-03-07 20:00", "2026-03-08 08:00", 0),
        ("2026-03-07 08:00", "2026-03-09 08:00", 1),
        ("2026-03-08 20:00", "2026-03-09 08:00", 1),
    ],
)
def test_nothing_is_waited_for_on_a_weekend(arrived: str, now: str, halves: int) -> None:
    assert waited(arrived, now) == halves


def test_a_wait_goes_on_over_a_years_end() -> None:
    # Thursday evening to Friday morning.
    assert waited("2026-12-31 19:00", "2027-01-01 08:00") == 1


def test_a_letter_from_tomorrow_has_not_waited_less_than_nothing() -> None:
    assert waited("2026-03-04 08:00", "2026-03-02 08:00") == 0


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=400)), st.timedeltas(timedelta(0), timedelta(days=20)))
def test_a_wait_never_gets_shorter(arrived: datetime, first: timedelta, more: timedelta) -> None:
    day, half = arrived.date(), half_day(arrived)
    assert half_days_waited(day, half, arrived + first) <= half_days_waited(day, half, arrived + first + more)


@given(SCHOOL_HALF_DAYS, st.integers(0, 53))
def test_a_week_more_is_fifteen_half_days_more(arrived: tuple[date, str], weeks: int) -> None:
    day, half = arrived
    now = datetime.combine(day, datetime.min.time(), SHANGHAI) + timedelta(weeks=weeks, hours=8)
    assert half_days_waited(day, "morning", now) == 15 * weeks
    assert half_days_waited(day, half, now + timedelta(days=7)) == 15 * (weeks + 1) - HALVES.index(half)

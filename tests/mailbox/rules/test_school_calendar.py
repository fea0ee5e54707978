"""On which days there is school in China, when the box is opened then, and how long a letter has waited."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox.rules.public_days import public_days
from mailbox.rules.school_calendar import SchoolCalendar, Span
from mailbox.rules.school_week import half_day

SHANGHAI = ZoneInfo("Asia/Shanghai")
FRIDAY, THREE_O_CLOCK = 4, 15
PLAIN = SchoolCalendar(FRIDAY, THREE_O_CLOCK)
DAY = timedelta(days=1)
MOMENTS = st.builds(datetime.combine, st.dates(date(2025, 1, 1), date(2027, 6, 1)), st.times(), st.just(SHANGHAI))
DAYS = st.dates(date(2025, 1, 1), date(2027, 1, 1))
SPANS = st.builds(lambda first, days: Span(first, first + days * DAY), DAYS, st.integers(0, 40))
CALENDARS = st.builds(
    SchoolCalendar,
    st.integers(0, 6),
    st.integers(0, 23),
    st.just(()),
    st.lists(SPANS, max_size=3).map(tuple),
    st.lists(SPANS, max_size=2).map(tuple),
)


def at(text: str) -> datetime:
    """Read ``2026-03-06 15:00`` off the school's wall."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def day(text: str) -> date:
    return date.fromisoformat(text)


def openings(calendar: SchoolCalendar, begin: str, end: str) -> list[str]:
    """Return the days on which the box is opened, by asking once a day at four o'clock, as a worker would."""
    moments = (at(f"{begin} 16:00") + step * DAY for step in range((day(end) - day(begin)).days + 1))
    found = {calendar.last_opening(moment) for moment in moments}
    return sorted(opening.isoformat() for opening in found if opening and begin <= opening.isoformat() <= end)


@pytest.mark.parametrize(
    ("what", "days", "is_school"),
    [
        ("an ordinary Friday", "2026-03-06", True),
        ("a weekend", "2026-03-07", False),
        ("the spring festival", "2026-02-17", False),
        ("a day off that a Sunday is worked for", "2026-10-06", False),
        ("that Sunday", "2026-09-20", True),
        ("a Saturday worked for the spring festival", "2026-02-28", True),
    ],
)
def test_public_holidays_and_make_up_workdays_are_known(what: str, days: str, is_school: bool) -> None:
    assert PLAIN.is_school_day(day(days)) is is_school, what


def test_a_year_whose_make_up_days_are_not_announced_says_so() -> None:
    assert public_days(2026).is_announced
    assert not public_days(2035).is_announced
    assert date(2035, 10, 1) in public_days(2035).off


def test_the_schools_own_days_win_over_the_public_ones() -> None:
    sports_day = Span(day("2026-03-06"), day("2026-03-06"), "运动会")
    catching_up = Span(day("2026-03-07"), day("2026-03-07"), "补课")
    calendar = SchoolCalendar(FRIDAY, THREE_O_CLOCK, closed=(sports_day,), extra=(catching_up, sports_day))
    assert not calendar.is_school_day(sports_day.first)
    assert calendar.is_school_day(catching_up.first)


def test_a_friday_that_falls_out_moves_to_the_school_day_before() -> None:
    # Thursday and Friday, 1 and 2 October 2026, are holidays: the box is opened on Wednesday.
    assert PLAIN.next_opening(at("2026-09-28 08:00")) == at("2026-09-30 15:00")
    assert PLAIN.last_opening(at("2026-09-30 15:00")) == day("2026-09-30")


def test_a_week_without_school_has_no_opening_and_the_next_one_has() -> None:
    # The spring festival of 2026 takes the whole week from 16 February.
    festival = Span(day("2026-02-14"), day("2026-02-20"))
    calendar = SchoolCalendar(FRIDAY, THREE_O_CLOCK, closed=(festival,))
    assert openings(calendar, "2026-02-09", "2026-03-08") == ["2026-02-13", "2026-02-27", "2026-03-06"]


def test_two_years_of_openings_are_each_a_school_day_and_at_most_one_a_week() -> None:
    days = [day(text) for text in openings(PLAIN, "2025-01-01", "2026-12-31")]
    assert all(PLAIN.is_school_day(opening) for opening in days)
    weeks = [(opening - date(2024, 12, 28)).days // 7 for opening in days]
    assert len(weeks) == len(set(weeks))
    assert max(later - earlier for earlier, later in pairwise(days)) < timedelta(days=14)
    # Before a long holiday the box is opened once more, also on a weekend day that is worked for it.
    moved = "01-27 04-03 04-30 09-30 12-31", "02-14 04-30 06-18 09-24 09-30 12-31"
    expected = [f"{year}-{text}" for year, texts in zip((2025, 2026), moved, strict=True) for text in texts.split()]
    assert [opening.isoformat() for opening in days if opening.weekday() != FRIDAY] == expected


def test_between_terms_there_is_no_opening_and_it_goes_on_after_them() -> None:
    spring = Span(day("2026-03-02"), day("2026-07-03"))
    autumn = Span(day("2026-09-01"), day("2027-01-22"))
    calendar = SchoolCalendar(FRIDAY, THREE_O_CLOCK, terms=(spring, autumn))
    assert openings(calendar, "2026-06-29", "2026-09-13") == ["2026-07-03", "2026-09-04", "2026-09-11"]
    assert calendar.next_opening(at("2026-07-10 09:00")) == at("2026-09-04 15:00")
    assert calendar.is_vacation(day("2026-08-01")) and not calendar.is_vacation(day("2026-10-01"))


def test_a_school_that_is_closed_for_good_has_no_next_opening() -> None:
    calendar = SchoolCalendar(FRIDAY, THREE_O_CLOCK, terms=(Span(day("2020-01-01"), day("2020-02-01")),))
    assert calendar.next_opening(at("2026-03-02 10:00")) is None
    assert calendar.last_opening(at("2026-03-02 10:00")) is None


def test_an_opening_keeps_its_hour_on_the_wall_when_the_clocks_change() -> None:
    # The clocks in Berlin go forward in the night to Sunday, 2026-03-29.
    opening = PLAIN.next_opening(datetime(2026, 3, 27, 16, tzinfo=ZoneInfo("Europe/Berlin")))
    assert opening is not None and (opening.date(), opening.hour) == (day("2026-04-03"), 15)


def test_an_opening_at_midnight_belongs_to_the_day_that_begins() -> None:
    calendar = SchoolCalendar(FRIDAY, 0)
    assert calendar.next_opening(at("2026-03-05 23:59")) == at("2026-03-06 00:00")
    assert calendar.last_opening(at("2026-03-06 00:00")) == day("2026-03-06")


@given(CALENDARS, MOMENTS)
def test_now_lies_between_the_last_opening_and_the_next(calendar: SchoolCalendar, now: datetime) -> None:
    last, following = calendar.last_opening(now), calendar.next_opening(now)
    assert following is None or (following > now and calendar.is_school_day(following.date()))
    if last is not None:
        moment = datetime.combine(last, datetime.min.time(), SHANGHAI) + timedelta(hours=calendar.opening_hour)
        assert moment <= now and calendar.is_school_day(last)


@given(CALENDARS, MOMENTS)
def test_the_next_opening_is_the_last_one_once_it_has_come(calendar: SchoolCalendar, now: datetime) -> None:
    following = calendar.next_opening(now)
    if following is not None:
        assert calendar.last_opening(following) == following.date()


def waited(arrived: str, now: str, calendar: SchoolCalendar = PLAIN) -> int:
    """Return the half-days from one moment to another, each like ``2026-03-06 15:00``."""
    return calendar.half_days_waited(at(arrived).date(), half_day(at(arrived)), at(now))


@pytest.mark.parametrize(
    ("arrived", "now", "halves"),
    [
        ("2026-03-02 08:00", "2026-03-02 11:59", 0),
        ("2026-03-02 08:00", "2026-03-02 12:00", 1),
        ("2026-03-02 19:00", "2026-03-03 08:00", 1),
        ("2026-03-02 08:00", "2026-03-06 20:00", 14),
        ("2026-03-02 08:00", "2026-03-09 08:00", 15),
        ("2026-12-30 19:00", "2026-12-31 08:00", 1),
    ],
)
def test_a_wait_is_counted_in_half_days_of_school_that_have_begun_since(arrived: str, now: str, halves: int) -> None:
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
        ("2026-09-30 19:00", "2026-10-08 08:00", 1),
        ("2026-09-19 08:00", "2026-09-20 12:00", 2),
    ],
)
def test_nothing_is_waited_for_on_a_day_without_school(arrived: str, now: str, halves: int) -> None:
    assert waited(arrived, now) == halves


def test_a_letter_from_tomorrow_has_not_waited_less_than_nothing() -> None:
    assert waited("2026-03-04 08:00", "2026-03-02 08:00") == 0
    assert waited("2026-03-02 20:00", "2026-03-02 08:00") == 0


@given(CALENDARS, MOMENTS, st.timedeltas(timedelta(0), timedelta(days=90)), st.timedeltas(timedelta(0), 20 * DAY))
def test_a_wait_never_gets_shorter(
    calendar: SchoolCalendar, arrived: datetime, first: timedelta, more: timedelta
) -> None:
    on, half = arrived.date(), half_day(arrived)
    earlier = calendar.half_days_waited(on, half, arrived + first)
    assert 0 <= earlier <= calendar.half_days_waited(on, half, arrived + first + more)

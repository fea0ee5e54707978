"""Two years by a fixed clock: every opening on its day, once, whatever the machine and its clock do."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from mailbox.openings.opening import open_what_is_due
from mailbox.openings.week_reports import freeze_ended_weeks, reports
from mailbox.openings.when import next_opening_of
from mailbox.people.school_calendar import SchoolDays, change_days, days_of
from mailbox.rules.school_calendar import SchoolCalendar, Span
from mailbox.store.tables import Opening
from tests.conftest import SchoolAtWork
from tests.mailbox.openings.at_opening import go_to

FIRST, LAST = date(2026, 3, 2), date(2028, 3, 1)
# Terms as schools have them; between them there is vacation.
TERMS = (
    Span(date(2026, 3, 2), date(2026, 7, 3), "春季学期"),
    Span(date(2026, 9, 1), date(2027, 1, 22), "秋季学期"),
    Span(date(2027, 2, 22), date(2027, 7, 2), "春季学期"),
    Span(date(2027, 9, 1), date(2028, 1, 14), "秋季学期"),
    Span(date(2028, 2, 14), date(2028, 6, 30), "春季学期"),
)
HOUR = 15


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The rhythm is the calendar's: hundreds of looks at one database tell enough. Others open on both."""
    path = tmp_path / "mailbox.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


def keep(school: SchoolAtWork, calendar: SchoolCalendar) -> None:
    change_days(school.office, school.school_id, school.technician_id, SchoolDays(calendar))


def look_at(school: SchoolAtWork, day: date, hour: int, minute: int = 0) -> bool:
    """Let the worker look at a moment of the wall; return whether it opened the box."""
    school.clock.now = datetime(
        day.year, day.month, day.day, hour, minute, tzinfo=school.office.settings.zone
    ).astimezone(UTC)
    return bool(open_what_is_due(school.office))


def days() -> Iterator[date]:
    return (FIRST + timedelta(days=step) for step in range((LAST - FIRST).days))


def due_days(school: SchoolAtWork) -> list[date]:
    with school.office.database.view() as view:
        return sorted(opening.due_on for opening in view.session.query(Opening))


def expected(calendar: SchoolCalendar) -> list[date]:
    """The rule told anew: each week's Friday, or its last school day; nothing where there was none."""
    fridays = (day for day in days() if day.weekday() == 4)
    found = []
    for friday in fridays:
        week = [friday - timedelta(days=back) for back in range(7)]
        school_days = [day for day in week if day >= FIRST and calendar.is_school_day(day)]
        found += school_days[:1]
    return found


def test_two_years_are_opened_on_the_days_that_children_were_told_and_on_no_other(school: SchoolAtWork) -> None:
    calendar = SchoolCalendar(4, HOUR, TERMS)
    keep(school, calendar)
    opened, told = [], expected(calendar)[0]
    for day in days():
        if day == told:
            assert not look_at(school, day, HOUR - 1, 59)
        if look_at(school, day, HOUR):
            assert day == told
            opened.append(day)
            coming = next_opening_of(school.office, school.school_id)
            told = coming.date() if coming else LAST
    assert opened == expected(calendar)
    assert all(calendar.is_school_day(day) for day in opened)
    # About forty weeks of school a year, each with one.
    assert 75 <= len(opened) <= 85


@pytest.mark.parametrize("off_weeks", [1, 2, 3, 9])
def test_a_machine_that_is_off_over_fridays_makes_the_newest_good_once(school: SchoolAtWork, off_weeks: int) -> None:
    assert look_at(school, date(2026, 3, 6), HOUR)
    back_on = date(2026, 3, 9) + timedelta(weeks=off_weeks)
    assert look_at(school, back_on, 7, 30)
    assert not look_at(school, back_on, 7, 31)
    opened = due_days(school)
    assert len(opened) == 2 and opened[1] < back_on and (back_on - opened[1]).days <= 7
    freeze_ended_weeks(school.office)
    assert len(reports(school.office, school.school_id)) == off_weeks + 1


def test_a_clock_that_is_a_day_ahead_and_then_right_opens_a_day_early_and_not_twice(school: SchoolAtWork) -> None:
    # The real day is Thursday; the machine believes it is Friday.
    assert look_at(school, date(2026, 3, 6), HOUR)
    assert not look_at(school, date(2026, 3, 5), HOUR, 5)
    assert not look_at(school, date(2026, 3, 6), HOUR)
    assert look_at(school, date(2026, 3, 13), HOUR)
    assert due_days(school) == [date(2026, 3, 6), date(2026, 3, 13)]


def test_a_clock_that_is_a_day_behind_opens_a_day_late_and_once(school: SchoolAtWork) -> None:
    # The real day is Saturday; the machine believes it is Friday, and is set right in the evening.
    assert look_at(school, date(2026, 3, 6), HOUR)
    assert not look_at(school, date(2026, 3, 7), 18)
    assert look_at(school, date(2026, 3, 13), HOUR)
    assert due_days(school) == [date(2026, 3, 6), date(2026, 3, 13)]


def test_a_clock_that_jumps_a_year_ahead_and_back_goes_on_in_its_rhythm(school: SchoolAtWork) -> None:
    assert look_at(school, date(2027, 3, 5), HOUR)
    assert look_at(school, date(2026, 3, 6), HOUR)
    assert look_at(school, date(2026, 3, 13), HOUR)
    assert due_days(school) == [date(2026, 3, 6), date(2026, 3, 13), date(2027, 3, 5)]


def test_a_clock_of_another_zone_moves_no_opening(school: SchoolAtWork) -> None:
    school.clock.now = datetime(2026, 3, 6, 6, 59, 59, tzinfo=UTC)
    assert not open_what_is_due(school.office)
    school.clock.now = datetime(2026, 3, 6, 7, 0, tzinfo=UTC)
    assert open_what_is_due(school.office)


def test_a_week_without_a_school_day_has_no_opening_and_no_missed_one(school: SchoolAtWork) -> None:
    keep(school, SchoolCalendar(4, HOUR, closed=(Span(date(2026, 3, 7), date(2026, 3, 15), "流感停课"),)))
    assert look_at(school, date(2026, 3, 6), HOUR)
    assert not look_at(school, date(2026, 3, 13), HOUR)
    assert not look_at(school, date(2026, 3, 16), 8)
    assert look_at(school, date(2026, 3, 20), HOUR)


def test_a_school_that_never_opens_again_has_no_opening_and_no_error(school: SchoolAtWork) -> None:
    keep(school, SchoolCalendar(4, HOUR, (Span(date(2026, 2, 2), date(2026, 2, 28)),)))
    go_to(school, "2026-03-13 15:00")
    assert open_what_is_due(school.office) == []
    assert next_opening_of(school.office, school.school_id) is None
    assert days_of(school.office, school.school_id).calendar.terms

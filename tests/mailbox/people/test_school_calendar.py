"""The calendar as it is kept: whoever may changes it, what cannot be is refused, a forged one counts for nothing."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import update

from mailbox.errors import InputRefused, NotAllowed
from mailbox.people.audit import verify
from mailbox.people.school_calendar import LONGEST_WORDS, SchoolDays, change_days, days_of
from mailbox.rules.school_calendar import SchoolCalendar, Span
from mailbox.store.tables import Calendar
from tests.conftest import SchoolAtWork

TERM = Span(date(2026, 3, 2), date(2026, 7, 3), "春季学期")
SPORTS = Span(date(2026, 3, 6), date(2026, 3, 6), "运动会")
DAYS = SchoolDays(SchoolCalendar(3, 14, (TERM,), (SPORTS,), (Span(date(2026, 3, 7), date(2026, 3, 7)),)), "假期快乐")


def test_a_calendar_is_read_as_it_was_kept_and_its_change_is_audited(school: SchoolAtWork) -> None:
    assert days_of(school.office, school.school_id) == SchoolDays(SchoolCalendar(4, 15))
    change_days(school.office, school.school_id, school.technician_id, DAYS)
    assert days_of(school.office, school.school_id) == DAYS
    with school.office.database.view() as view:
        assert verify(school.office, view.session, school.school_id) > 0


@pytest.mark.parametrize(
    ("calendar", "field", "reason"),
    [
        (SchoolCalendar(7, 15), "opening", "unknown"),
        (SchoolCalendar(4, 24), "opening", "unknown"),
        (SchoolCalendar(4, 15, (Span(TERM.last, TERM.first),)), "terms", "backwards"),
        (SchoolCalendar(4, 15, (TERM, Span(TERM.last, TERM.last))), "terms", "overlap"),
        (SchoolCalendar(4, 15, (), (Span(date(1, 1, 1), date(1, 1, 2)),)), "closed", "no_date"),
        (SchoolCalendar(4, 15, (), (Span(date(2026, 1, 1), date(2028, 1, 1)),)), "closed", "too_long"),
        (SchoolCalendar(4, 15, (), (), (SPORTS,) * 61), "extra", "too_many"),
        (SchoolCalendar(4, 15, (), (), (Span(SPORTS.first, SPORTS.last, "补" * 41),)), "extra", "too_long"),
    ],
)
def test_days_that_cannot_be_are_refused_by_their_place(
    school: SchoolAtWork, calendar: SchoolCalendar, field: str, reason: str
) -> None:
    with pytest.raises(InputRefused) as refused:
        change_days(school.office, school.school_id, school.technician_id, SchoolDays(calendar))
    assert (refused.value.field, refused.value.reason) == (field, reason)
    assert days_of(school.office, school.school_id) == SchoolDays(SchoolCalendar(4, 15))


def test_words_for_the_vacation_are_short(school: SchoolAtWork) -> None:
    long = SchoolDays(SchoolCalendar(4, 15), "假" * (LONGEST_WORDS + 1))
    with pytest.raises(InputRefused):
        change_days(school.office, school.school_id, school.technician_id, long)


def test_somebody_of_another_place_changes_nothing(school: SchoolAtWork) -> None:
    with pytest.raises(NotAllowed):
        change_days(school.office, school.school_id, "nobody", DAYS)


@pytest.mark.parametrize("content", ['{"terms": [["2000-01-01", "2000-01-02", ""]]}', "nonsense"])
def test_a_calendar_written_into_the_database_from_outside_counts_for_nothing(
    school: SchoolAtWork, content: str
) -> None:
    change_days(school.office, school.school_id, school.technician_id, DAYS)
    with school.office.database.work() as work:
        work.session.execute(update(Calendar).values(content=content))
        work.commit()
    assert days_of(school.office, school.school_id).calendar.terms == ()

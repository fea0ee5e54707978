"""A whole term by the calendar: the worker looks a minute early and at the hour, and opens on the days that are due."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from mailbox.openings.opening import open_what_is_due
from mailbox.people.school_calendar import SchoolDays, change_days
from mailbox.rules.school_calendar import SchoolCalendar, Span
from mailbox.store.tables import Opening
from tests.conftest import SchoolAtWork

TERM = Span(date(2026, 3, 2), date(2026, 6, 26), "春季学期")
SPORTS = Span(date(2026, 3, 12), date(2026, 3, 13), "运动会")
# Fridays, but: sports days; Labour Day; the Dragon Boat Festival, a Friday.
EXPECTED = """03-06 03-11 03-20 03-27 04-03 04-10 04-17 04-24 04-30 05-08 05-15 05-22 05-29 06-05 06-12 06-18 06-26"""


def test_a_term_is_opened_on_its_days_and_on_no_other(school: SchoolAtWork) -> None:
    days = SchoolDays(SchoolCalendar(4, 15, (TERM,), (SPORTS,)))
    change_days(school.office, school.school_id, school.technician_id, days)
    begin = datetime(2026, 3, 2, 14, 59, tzinfo=school.office.settings.zone)
    opened = []
    for day in range(140):
        for minute in range(2):
            school.clock.now = (begin + timedelta(days=day, minutes=minute)).astimezone(UTC)
            if open_what_is_due(school.office):
                opened.append(school.office.local_now())
    assert " ".join(f"{moment:%m-%d}" for moment in opened) == EXPECTED
    assert {(moment.hour, moment.minute) for moment in opened} == {(15, 0)}


def test_a_machine_that_was_off_over_a_holiday_makes_the_newest_opening_good_once(school: SchoolAtWork) -> None:
    school.clock.now = datetime(2026, 5, 6, 9, tzinfo=school.office.settings.zone).astimezone(UTC)
    assert open_what_is_due(school.office) == [school.school_id]
    assert open_what_is_due(school.office) == []
    with school.office.database.view() as view:
        assert [opening.due_on for opening in view.session.query(Opening)] == [date(2026, 4, 30)]

"""When somebody looks after a child again: 24 and 72 hours, 7 and 30 days after a case was opened. Pure.

24 and 72 hours by the clock's day, whether there is school or not: a child in danger needs no calendar. 7 and 30 days
go to the next school day, on which somebody can talk with the child.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from mailbox.rules.school_calendar import SchoolCalendar

STEPS = ("24h", "72h", "7d", "30d")
# The steps that fall on any day.
BY_CLOCK = STEPS[:2]
_BY_CLOCK = {"24h": timedelta(hours=24), "72h": timedelta(hours=72)}
_BY_CALENDAR = {"7d": timedelta(days=7), "30d": timedelta(days=30)}


def due_days(opened: datetime, calendar: SchoolCalendar) -> dict[str, date]:
    """Return the day of each step for a case opened at a local time."""
    by_clock = {step: (opened + after).date() for step, after in _BY_CLOCK.items()}
    by_calendar = {
        step: calendar.this_or_next_school_day((opened + after).date()) for step, after in _BY_CALENDAR.items()
    }
    return by_clock | by_calendar

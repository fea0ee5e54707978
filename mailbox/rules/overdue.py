"""From which day of arrival on a letter is late today. Pure; the rule itself is ``policy.read_by``.

Whoever counts late letters in a database needs one day to compare with and not one rule for each letter.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from mailbox.rules.policy import read_by
from mailbox.rules.queue_wish import Shape
from mailbox.rules.school_calendar import SchoolCalendar
from triage.protocol import Cause, Urgency

_DAY = timedelta(days=1)
_LEVELS = {
    Shape.URGENT: (Urgency.URGENT, None),
    Shape.PERSON: (Urgency.UNSCREENED, Cause.NEEDS_PERSON),
    Shape.SOON: (Urgency.SOON, None),
    Shape.ROUTINE: (Urgency.ROUTINE, None),
}


def late_since(today: date, calendar: SchoolCalendar) -> Mapping[Shape, date]:
    """Return, for each shape, the newest day of arrival whose letters are late: those of that day and before it."""
    return {shape: _newest_late(shape, today, calendar) for shape in Shape}


def _newest_late(shape: Shape, today: date, calendar: SchoolCalendar) -> date:
    urgency, cause = _LEVELS[shape]
    day = today - _DAY
    # The later a letter came, the later it must be read, so that all before the first late one are late too.
    while read_by(urgency, cause, day, calendar) >= today:
        day -= _DAY
    return day


def opening_on_eve(today: date, calendar: SchoolCalendar) -> date | None:
    """Return the day of the opening whose last school day before it is today; None on every other day."""
    opening = calendar.opening_day_after(today + _DAY)
    return opening if calendar.is_school_day(today) and calendar.next_school_day(today) == opening else None

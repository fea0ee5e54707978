"""When a school's box is opened next. Owns the question only; the rule is in ``school_calendar``."""

from __future__ import annotations

from datetime import datetime

from mailbox.office import Office
from mailbox.people.school_calendar import days_of


def next_opening_of(office: Office, school_id: str) -> datetime | None:
    """Return the next opening on the school's clock; None if none is due within a year. Raises NotFound."""
    return days_of(office, school_id).calendar.next_opening(office.local_now())

"""Whether somebody at the desk may open the box before its hour. Pure.

Children are told a day; opening on an earlier one would make that untrue for all who come on the day, and would let one
person decide alone when the others' held replies go out. So: on the day itself, before the hour, once.
"""

from __future__ import annotations

from datetime import datetime

from mailbox.rules.school_calendar import SchoolCalendar


def may_open_early(calendar: SchoolCalendar, local_now: datetime, *, opened_today: bool) -> bool:
    """Say whether the box may be opened now by hand: its opening is due later today, and nobody did so yet."""
    due = calendar.next_opening(local_now)
    return due is not None and due.date() == local_now.date() and not opened_today

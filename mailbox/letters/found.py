"""A note out of the wooden box: when it was found, who typed it, and with which half-day it stands in the list.

Owns what may be said of the finding. That a letter was paper lies in its box; nothing in the clear says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from mailbox.errors import InputRefused
from mailbox.letters.recipients import Recipients
from mailbox.office import Office
from mailbox.rules.school_week import HALVES, first_half_of_week, half_day
from mailbox.store.database import Session
from mailbox.store.tables import School

# A box that nobody opened for longer than a month is not a box; an earlier day is a slip of the pen.
LONGEST_AGO = timedelta(days=31)


@dataclass(frozen=True)
class FoundOnPaper:
    """The day and half-day on which a reader found a note, and who typed it.

    ``taken``: who typed it takes it at once, so that it need not ring. That is an act and is not kept with the letter.
    """

    on: date
    half: str
    typed_by: str
    taken: bool = False

    def to_json(self) -> dict[str, Any]:
        return {"on": self.on.isoformat(), "half": self.half, "typed_by": self.typed_by}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> FoundOnPaper:
        return cls(date.fromisoformat(kept["on"]), str(kept["half"]), str(kept["typed_by"]))


def require_found(found: FoundOnPaper, local_now: datetime) -> None:
    """Raise InputRefused(found) for a half-day that there is not, that is to come, or that is more than a month ago."""
    if found.half not in HALVES:
        raise InputRefused("found", "unknown")
    if _place(found.on, found.half) > _place(local_now.date(), half_day(local_now)):
        raise InputRefused("found", "to_come")
    if local_now.date() - found.on > LONGEST_AGO:
        raise InputRefused("found", "long_ago")


def waits_since(office: Office, session: Session, school_id: str, found: FoundOnPaper | None) -> tuple[date, str]:
    """Return from which half-day a letter waits in the list: now, or for a note when it was found.

    But never from before the running week: a note that is typed after the opening is counted once, with this week, and
    not in one that is counted already.
    """
    now = office.local_now()
    school = session.get(School, school_id) if found else None
    if found is None or school is None:
        return now.date(), half_day(now)
    first = first_half_of_week(now, school.opening_weekday, school.opening_hour)
    return max((found.on, found.half), first, key=lambda moment: _place(*moment))


def taker_of(found: FoundOnPaper | None, recipients: Recipients) -> str | None:
    """Return who takes a note at once, if anybody. Whom the child shut out has typed it, and can do nothing more."""
    if found is None or not found.taken:
        return None
    return found.typed_by if not recipients.closed or found.typed_by in recipients.reader_ids else None


def _place(on: date, half: str) -> tuple[date, int]:
    return on, HALVES.index(half)

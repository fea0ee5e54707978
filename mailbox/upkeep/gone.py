"""The school's report of what went: numbers and weeks for each day, added up in the act that removes. Never content.

Letters left to some readers only are counted apart, because a reader whom a child closed out meets them in no number.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from mailbox.office import Office
from mailbox.store.database import Session
from mailbox.store.retention import retention_day, retention_days
from mailbox.store.tables import RetentionDay

# What is counted, in the order in which it is told.
COUNTED = ("conversations", "letters", "parts", "answers", "child_copies", "cases", "talks")
_CLOSED, _WEEKS = "closed", "weeks"
_MOST_WEEKS = 400


@dataclass(frozen=True)
class GoneDay:
    """What went on one day: numbers by word, the same of letters closed to some readers, and the ends of weeks."""

    gone_on: date
    numbers: Mapping[str, int]
    closed: Mapping[str, int] = field(default_factory=dict)
    weeks: tuple[date, ...] = ()

    @property
    def all_numbers(self) -> dict[str, int]:
        """Both together, for who reads no letter."""
        return {word: self.numbers.get(word, 0) + self.closed.get(word, 0) for word in COUNTED}


def count_gone(
    office: Office,
    session: Session,
    school_id: str,
    numbers: Mapping[str, int],
    *,
    closed: bool = False,
    weeks: Iterable[date] = (),
) -> None:
    """Add to today's line, in the transaction that removes. Nothing gone adds no line."""
    ends = sorted({one.isoformat() for one in weeks})
    if not any(numbers.values()) and not ends:
        return
    today = office.local_now().date()
    row = retention_day(session, school_id, today)
    if row is None:
        row = RetentionDay(school_id=school_id, gone_on=today, numbers="{}")
        session.add(row)
    kept = json.loads(row.numbers)
    into = kept.setdefault(_CLOSED, {}) if closed else kept
    for word, number in numbers.items():
        into[word] = into.get(word, 0) + number
    kept[_WEEKS] = sorted({*kept.get(_WEEKS, ()), *ends})[-_MOST_WEEKS:]
    row.numbers = json.dumps(kept)
    session.flush()


def gone_days(office: Office, school_id: str, days: int) -> list[GoneDay]:
    """Return the lines of the last ``days`` days, the newest first; a line that cannot be read is left out."""
    since = office.local_now().date() - timedelta(days=days)
    with office.database.view() as view:
        rows = retention_days(view.session, school_id, since)
    return [line for line in map(_line, rows) if line]


def _line(row: RetentionDay) -> GoneDay | None:
    try:
        kept = json.loads(row.numbers)
        closed = kept.get(_CLOSED, {})
        return GoneDay(
            row.gone_on,
            {word: int(kept.get(word, 0)) for word in COUNTED},
            {word: int(closed.get(word, 0)) for word in COUNTED},
            tuple(date.fromisoformat(one) for one in kept.get(_WEEKS, ())),
        )
    except (ValueError, TypeError, AttributeError):
        return None

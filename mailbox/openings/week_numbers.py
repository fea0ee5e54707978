"""One week's numbers from the clear columns of its letters and replies. Owns what is counted and how; keeps nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from statistics import median, quantiles
from typing import Any

from mailbox.care.entries import EntryKind
from mailbox.rules.letter_kinds import LetterKind
from mailbox.rules.policy import is_raise, lowers_from_urgent, read_by
from mailbox.rules.school_calendar import SchoolCalendar
from mailbox.rules.school_week import HALVES, half_day, half_day_begins
from mailbox.store.database import Session
from mailbox.store.reports import (
    LetterLine,
    ReplyLine,
    acts_between,
    changes_between,
    first_replies_to,
    letters_between,
    replies_between,
)
from triage.protocol import Cause, Urgency

LEVELS = ("urgent", "unscreened", "soon", "routine")
AGAIN = "again"
KINDS = (*(kind.value for kind in LetterKind), AGAIN)
_READ, _ANSWERED, _COLLECTED = ("read", "unread"), ("waiting", "answered", "prank"), ("collected", "not_yet")

# A half-day of the calendar: its day, and which of the three.
Moment = tuple[date, int]


def count_week(
    session: Session, school_id: str, begin: Moment, end: Moment, calendar: SchoolCalendar, zone: tzinfo
) -> dict[str, Any]:
    """Count what came after ``begin`` and up to ``end``, as it stands now. ``zone`` is that of the school's wall."""
    letters = list(within(letters_between(session, school_id, begin[0], end[0]), begin, end))
    written = [line for line in replies_between(session, school_id, begin[0], end[0]) if begin < _written(line) <= end]
    replies = [line for line in written if not line.is_holding]
    first = first_replies_to(session, [line.thread_id for line in letters if line.place == 1])
    known = set(Urgency)
    changes = [
        (Urgency(before), Urgency(after))
        for before, after in changes_between(session, school_id, begin[0] + timedelta(days=1), end[0])
        if {before, after} <= known
    ]
    return {
        "letters": _letters(letters),
        "replies": {
            "total": len(replies),
            "cuts": {"collected": _cut(("collected" if line.collected else "not_yet" for line in replies), _COLLECTED)},
        },
        "singles": {
            "raised": sum(is_raise(before, after) for before, after in changes),
            "lowered": sum(is_raise(after, before) for before, after in changes),
            # Alone with a written reason or with a second person: both are corrections, and both count here.
            "eased": sum(lowers_from_urgent(before, after) for before, after in changes),
            "missed": sum(after == Urgency.URGENT and before != Urgency.URGENT for before, after in changes),
            "holding": len(written) - len(replies),
            "reports": _reports(session, school_id, begin, end, zone),
            "late": sum(_is_late(line, end[0], calendar) for line in letters),
        },
        "waits": {
            "reading": _wait(
                _half_days(line, line.read_on, line.read_half, calendar) for line in letters if line.read_on
            ),
            "reply": _wait(
                _half_days(line, first[line.thread_id].written_on, first[line.thread_id].written_half, calendar)
                for line in letters
                if line.place == 1 and line.thread_id in first
            ),
        },
    }


def within(letters: Iterable[LetterLine], begin: Moment, end: Moment) -> Iterable[LetterLine]:
    """Return the letters that arrived after ``begin`` and up to ``end``."""
    return (line for line in letters if begin < (line.arrived_on, _place(line.arrived_half)) <= end)


def _reports(session: Session, school_id: str, begin: Moment, end: Moment, zone: tzinfo) -> int:
    """Count the reports to the authorities that were recorded, by the audit: what they say lies in the cases' boxes."""
    midnights = [datetime.combine(day, time(), zone) for day in (begin[0], end[0] + timedelta(days=1))]
    first, after = (int(midnight.timestamp()) for midnight in midnights)
    moments = acts_between(session, school_id, f"case.{EntryKind.REPORT}", first, after)
    walls = [datetime.fromtimestamp(moment, zone) for moment in moments]
    return sum(begin < (wall.date(), _place(half_day(wall))) <= end for wall in walls)


def _letters(letters: Sequence[LetterLine]) -> dict[str, Any]:
    return {
        "total": len(letters),
        "cuts": {
            "level": _cut((line.urgency for line in letters), LEVELS),
            "kind": _cut((line.kind if line.place == 1 else AGAIN for line in letters), KINDS),
            "reading": _cut(("read" if line.read else "unread" for line in letters), _READ),
            "answer": _cut((line.thread_state for line in letters), _ANSWERED),
        },
    }


def _cut(values: Iterable[str], parts: Sequence[str]) -> dict[str, int]:
    """Count values by part; a damaged value counts with the gravest, the first, so that the parts sum up."""
    counted = Counter(value if value in parts else parts[0] for value in values)
    return {part: counted[part] for part in parts}


def _is_late(line: LetterLine, today: date, calendar: SchoolCalendar) -> bool:
    """Whether a letter was read after its day, or is unread after it."""
    try:
        due = read_by(Urgency(line.urgency), Cause(line.cause) if line.cause else None, line.arrived_on, calendar)
    except ValueError:
        return True
    return (line.read_on or today) > due if line.read else today > due


def _half_days(line: LetterLine, on: date | None, half: str | None, calendar: SchoolCalendar) -> int:
    if on is None or half not in HALVES or line.arrived_half not in HALVES:
        return 0
    return calendar.half_days_waited(line.arrived_on, line.arrived_half, half_day_begins(on, half))


def _wait(half_days: Iterable[int]) -> list[float]:
    """Return count, median and 90th percentile."""
    waited = sorted(half_days)
    if not waited:
        return [0, 0, 0]
    ninetieth = quantiles(waited, n=10, method="inclusive")[-1] if len(waited) > 1 else waited[0]
    return [len(waited), round(median(waited), 1), round(ninetieth, 1)]


def _written(line: ReplyLine) -> Moment:
    return line.written_on, _place(line.written_half)


def _place(half: str | None) -> int:
    return HALVES.index(half) if half in HALVES else 0

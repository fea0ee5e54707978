"""Which letter comes first, what counts as urgent, and what a level may become. Pure: no clock, no database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol, TypeVar

from mailbox.rules.school_calendar import SchoolCalendar
from triage.protocol import Cause, Urgency

_HALF_ORDER = {"morning": 0, "afternoon": 1, "evening": 2}
_SEVERITY = {Urgency.ROUTINE: 0, Urgency.SOON: 1, Urgency.UNSCREENED: 2, Urgency.URGENT: 3}
_RETRY_WINDOW_SECONDS = 60


class Waiting(Protocol):
    """What the order needs to know of a waiting letter."""

    @property
    def id(self) -> str: ...
    @property
    def urgency(self) -> str: ...
    @property
    def cause(self) -> str | None: ...
    @property
    def arrived_on(self) -> date: ...
    @property
    def arrived_half(self) -> str: ...


AnyWaiting = TypeVar("AnyWaiting", bound=Waiting)


def rings_alarm(urgency: Urgency, cause: Cause | None) -> bool:
    """A letter rings if it is urgent, or if triage failed: then nobody knows that it is not."""
    return urgency is Urgency.URGENT or cause is Cause.FAILED


def order_queue(letters: Iterable[AnyWaiting]) -> list[AnyWaiting]:
    """Urgent first, then what waits for a person to look, then soon, then routine; within a level the longest wait."""
    return sorted(letters, key=_place)


def _place(letter: Waiting) -> tuple[int, date, int, str]:
    urgency = Urgency.URGENT if letter.cause == Cause.FAILED else Urgency(letter.urgency)
    # The random id settles ties, so that the order within a half-day does not tell who came first.
    return -_SEVERITY[urgency], letter.arrived_on, _HALF_ORDER[letter.arrived_half], letter.id


Level = tuple[Urgency, Cause | None]


def raised(before: Level, now: Level) -> Level:
    """Return a thread's level after another letter: a write-back may raise it and never lowers it."""
    return max(before, now, key=_weight)


def with_parts(level: Level, *, has_parts: bool, today: bool) -> Level:
    """Return a letter's level where the child drew, spoke, or says that somebody must look today. Never lower.

    No model reads a drawing or a voice, so a person looks within the school day, without an alarm; it rings where the
    words do, or where the child itself says that it must be today.
    """
    if rings_alarm(*level):
        return level
    if today:
        return Urgency.URGENT, None
    return (Urgency.UNSCREENED, Cause.NEEDS_PERSON) if has_parts else level


def _weight(level: Level) -> tuple[bool, int]:
    # What rings weighs more: a letter that triage failed on must not vanish behind one that only needs a person.
    return rings_alarm(*level), _SEVERITY[level[0]]


def is_raise(before: Urgency, after: Urgency) -> bool:
    """Say whether a person's correction went up; unscreened counts above soon and below urgent."""
    return _SEVERITY[after] > _SEVERITY[before]


def lowers_from_urgent(before: str, after: Urgency) -> bool:
    """Say whether a correction takes back what the machine or a person called urgent."""
    return before == Urgency.URGENT and is_raise(after, Urgency.URGENT)


def read_by(urgency: Urgency, cause: Cause | None, arrived_on: date, calendar: SchoolCalendar) -> date:
    """Return the last day on which a person must have read a letter; routine waits for the opening."""
    if rings_alarm(urgency, cause):
        return arrived_on
    if urgency is Urgency.UNSCREENED:
        return calendar.this_or_next_school_day(arrived_on)
    if urgency is Urgency.SOON:
        return calendar.next_school_day(arrived_on)
    return calendar.opening_day_after(arrived_on)


def retry_windows(now_seconds: int) -> tuple[int, ...]:
    """Return the one-minute windows in which a letter sent at most two minutes ago was kept, newest first."""
    current = now_seconds // _RETRY_WINDOW_SECONDS
    return current, current - 1, current - 2

"""Who is on duty now, and who stands in for whom is away. Pure: callers pass a local time and the school's days.

Hours are those of ``duty``; days without school have no duty. Owns no telephone and no channel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from mailbox.rules.duty import Hours, Shift, on_duty

MOST_TURNS = 20
MOST_AWAY = 20


@dataclass(frozen=True)
class Turn:
    """Stretches of some weekdays (0 is Monday) and who has them; the first person is called first."""

    weekdays: frozenset[int]
    shifts: tuple[Shift, ...]
    people: tuple[str, ...]


@dataclass(frozen=True)
class Away:
    """A person who is away from ``first`` to ``last``, both included, and who stands in, the first one first."""

    person: str
    first: date
    last: date
    deputies: tuple[str, ...] = ()


@dataclass(frozen=True)
class DutyList:
    """The whole list. ``fallback`` is called where no turn is, and after everybody of a turn."""

    turns: tuple[Turn, ...] = ()
    away: tuple[Away, ...] = ()
    fallback: str | None = None
    phones: dict[str, str] = field(default_factory=dict, repr=False)


def called_first(
    local_now: datetime, duty: DutyList, is_school_day: Callable[[date], bool] = lambda _day: True
) -> tuple[str, ...]:
    """Return who is called for an alarm, in order: those on duty, then the fallback; deputies in place of the away."""
    called = [*people_on_duty(local_now, duty, is_school_day), *([duty.fallback] if duty.fallback else [])]
    return present(called, local_now.date(), duty.away)


def people_on_duty(
    local_now: datetime, duty: DutyList, is_school_day: Callable[[date], bool] = lambda _day: True
) -> tuple[str, ...]:
    """Return who is on duty now, deputies in place of those who are away; nobody at night and on days off."""
    now = [
        person
        for turn in duty.turns
        if on_duty(local_now, dict.fromkeys(turn.weekdays, turn.shifts), is_school_day)
        for person in turn.people
    ]
    return present(now, local_now.date(), duty.away)


def is_duty_ahead(local_now: datetime, duty: DutyList) -> bool:
    """Say whether a turn begins later today: what is not urgent waits for it. Callers pass a school day."""
    minute = local_now.hour * 60 + local_now.minute
    return any(
        shift.begins > minute for turn in duty.turns if local_now.weekday() in turn.weekdays for shift in turn.shifts
    )


def present(people: Iterable[str], day: date, away: Iterable[Away]) -> tuple[str, ...]:
    """Return those who are there on ``day``, and the deputies of the others, each once.

    A deputy who is away too is stood in for in turn; where nobody is left, the place stays empty.
    """
    gone = {one.person: one.deputies for one in away if one.first <= day <= one.last}
    found: list[str] = []
    for person in people:
        _add(person, gone, found, frozenset())
    return tuple(found)


def _add(person: str, gone: dict[str, tuple[str, ...]], found: list[str], asked: frozenset[str]) -> None:
    if person in asked:
        # Two who stand in for each other are both away.
        return
    if person not in gone:
        if person not in found:
            found.append(person)
        return
    for deputy in gone[person]:
        _add(deputy, gone, found, asked | {person})


def days_without_turn(promised: Hours, duty: DutyList) -> list[int]:
    """Return the weekdays on which children are told that somebody looks, and for some of that time nobody is named."""
    return [day for day, shifts in sorted(promised.items()) if any(not _is_held(shift, day, duty) for shift in shifts)]


def _is_held(promised: Shift, day: int, duty: DutyList) -> bool:
    held = sorted(shift for turn in duty.turns if day in turn.weekdays and turn.people for shift in turn.shifts)
    reached = promised.begins
    for shift in held:
        if shift.begins <= reached:
            reached = max(reached, shift.ends)
    return reached >= promised.ends

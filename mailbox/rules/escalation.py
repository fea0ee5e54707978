"""Whom an alarm calls while nobody has opened the letter: on duty, the next, the lead, the head, and then everybody.

Pure: no clock, no database. An alarm never falls silent: where everybody was called, all channels ring at a pause.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mailbox.rules.alarm_times import AlarmTimes


class Rung(StrEnum):
    """One rung of the ladder; everybody is the last and is trodden again and again."""

    DUTY = "duty"
    NEXT = "next"
    LEAD = "lead"
    HEAD = "head"
    EVERYBODY = "everybody"


@dataclass(frozen=True)
class Call:
    """Who is called on a rung; nobody is named where all channels ring."""

    rung: Rung
    people: tuple[str, ...] = ()


EVERYBODY = Call(Rung.EVERYBODY)


def ladder(
    called_first: Sequence[str],
    readers: Sequence[str],
    leads: Sequence[str],
    heads: Sequence[str],
    may_be_told: Callable[[str], bool] = lambda _person: True,
) -> list[Call]:
    """Return the calls in order, each person in one of them; a rung without anybody is left out.

    ``called_first``: those on duty and the fallback, one after the other. Where the school names nobody, all readers
    are called at once. ``may_be_told`` keeps those away whom the child named: they must not learn of their letter.
    """
    left_out: set[str] = set()

    def fresh(people: Sequence[str]) -> tuple[str, ...]:
        found = tuple(person for person in dict.fromkeys(people) if person not in left_out and may_be_told(person))
        left_out.update(found)
        return found

    first = fresh(called_first)
    calls = [Call(Rung.NEXT if place else Rung.DUTY, (person,)) for place, person in enumerate(first)]
    if not calls:
        calls.append(Call(Rung.DUTY, fresh(readers)))
    calls += [Call(Rung.LEAD, fresh(leads)), Call(Rung.HEAD, fresh(heads))]
    return [call for call in calls if call.people]


def next_call(calls: Sequence[Call], told: Collection[str]) -> Call:
    """Return the first call with somebody who was not told yet; all channels where there is none.

    Who is on duty may change while an alarm rings, so what counts is who was told and not how many rungs there were.
    """
    for call in calls:
        people = tuple(person for person in call.people if person not in told)
        if people:
            return Call(call.rung, people)
    return EVERYBODY


def wait_minutes(coming: Call, times: AlarmTimes) -> int:
    """Return how long the call before waits for its answer until ``coming`` is made."""
    waits = {Rung.NEXT: times.next_minutes, Rung.LEAD: times.lead_minutes, Rung.HEAD: times.head_minutes}
    # Somebody who came on duty while it rang is the next one too.
    return waits.get(coming.rung, times.again_minutes if coming.rung is Rung.EVERYBODY else times.next_minutes)

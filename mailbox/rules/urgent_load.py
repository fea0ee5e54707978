"""How many urgent letters each of the staff took today, and who could help. Pure; it is shown and hides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Load:
    """One person's day. ``helpers``: who could take the next one, the least laden first; empty below the cap."""

    person: str
    letters: int
    is_full: bool
    helpers: tuple[str, ...] = ()


def loads(taken: Mapping[str, int], cap: int, present: Sequence[str], most_helpers: int = 3) -> list[Load]:
    """Return the loads, the heaviest first. ``present``: readers who are there today, from whom helpers are chosen."""
    free = sorted((person for person in present if taken.get(person, 0) < cap), key=lambda one: taken.get(one, 0))
    return [
        Load(person, letters, letters >= cap, tuple(free[:most_helpers]) if letters >= cap else ())
        for person, letters in sorted(taken.items(), key=lambda one: (-one[1], one[0]))
        if letters
    ]

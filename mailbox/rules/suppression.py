"""Which numbers of a summary may be shown, so that no small one is seen nor follows from the others. Pure.

A total and several ways of cutting it into parts (by level, by kind, read or not …), each of which sums up to it.
Numbers from 1 up to a threshold are hidden, and then as many more as it takes: whoever adds and subtracts what is shown
must find, for every hidden number, that it may as well be no small one. Nothing is a small number: 0 says of nobody
anything, so it is shown unless it must cover for another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SCHOOL_THRESHOLD = 5
BUREAU_THRESHOLD = 10

Parts = Mapping[str, int]


@dataclass(frozen=True)
class Numbers:
    """A total, and its cuts: name of the cut → part → number. The parts of each cut sum up to the total."""

    total: int
    cuts: Mapping[str, Parts]

    def __post_init__(self) -> None:
        if any(sum(parts.values()) != self.total for parts in self.cuts.values()):
            raise ValueError("the parts of a cut sum up to the total")

    def __add__(self, other: Numbers) -> Numbers:
        """Several weeks together; both need the same cuts."""
        cuts = {
            name: {part: count + other.cuts[name][part] for part, count in parts.items()}
            for name, parts in self.cuts.items()
        }
        return Numbers(self.total + other.total, cuts)


@dataclass(frozen=True)
class Shown:
    """The same, with None for what is hidden."""

    total: int | None
    cuts: Mapping[str, Mapping[str, int | None]]

    @property
    def says_nothing(self) -> bool:
        """Whether no number but nothing is shown."""
        return not self.total and not any(count for parts in self.cuts.values() for count in parts.values())


def show(numbers: Numbers, threshold: int, hidden_already: Shown | None = None) -> Shown:
    """Return what may be shown of one week's numbers.

    ``hidden_already`` is what the same numbers show elsewhere, to readers who know less well than nobody how to compare
    two papers: what is hidden there stays hidden here.
    """
    before = hidden_already or Shown(numbers.total, numbers.cuts)
    small = {
        name: {part for part, count in parts.items() if 0 < count < threshold or before.cuts[name][part] is None}
        for name, parts in numbers.cuts.items()
    }
    covered = {name: _covered(parts, small[name], threshold) for name, parts in numbers.cuts.items()}
    if 0 < numbers.total < threshold or before.total is None or None in covered.values():
        # Without the total one hidden part is enough in each cut; with none the cut would tell the total.
        hidden = {name: small[name] or {_next_to_hide(parts, set())} for name, parts in numbers.cuts.items()}
        return _without(numbers, None, hidden)
    return _without(numbers, numbers.total, {name: parts or set() for name, parts in covered.items()})


def show_together(
    weeks: Sequence[Numbers], shown: Sequence[Sequence[Shown]], threshold: int, hidden_already: Shown | None = None
) -> Shown | None:
    """Return what may be shown of several weeks together, or None if they must not be added up.

    ``shown`` holds, for each version of the paper, what was shown of each of these weeks. Only weeks of which nothing
    was shown to anybody may be added: from a sum and some of its summands, a hidden one follows.
    """
    if not all(week.says_nothing for version in shown for week in version):
        return None
    together = weeks[0]
    for week in weeks[1:]:
        together += week
    return show(together, threshold, hidden_already)


def _without(numbers: Numbers, total: int | None, hidden: Mapping[str, set[str]]) -> Shown:
    cuts = {
        name: {part: None if part in hidden[name] else count for part, count in parts.items()}
        for name, parts in numbers.cuts.items()
    }
    return Shown(total, cuts)


def _covered(parts: Parts, small: set[str], threshold: int) -> set[str] | None:
    """Return the small parts and as many more as cover them while the total is shown; None if all of them do not."""
    hidden = set(small)
    while hidden and not _is_covered(parts, hidden, threshold):
        if len(hidden) == len(parts):
            return None
        hidden.add(_next_to_hide(parts, hidden))
    return hidden


def _is_covered(parts: Parts, hidden: set[str], threshold: int) -> bool:
    """Whether each hidden part could be no small number, for who knows their sum and that none of them is nothing."""
    return len(hidden) > 1 and sum(parts[part] for part in hidden) >= threshold + len(hidden) - 1


def _next_to_hide(parts: Parts, hidden: set[str]) -> str:
    """Return the smallest part that is shown and is something; where all are nothing, one of those."""
    return min((part for part in parts if part not in hidden), key=lambda part: (parts[part] == 0, parts[part]))

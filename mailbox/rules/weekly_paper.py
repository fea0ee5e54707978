"""The weekly summary: from a school's counted weeks to what each reader of the paper may see. Pure; numbers only.

Owns the versions of the paper and which weeks stand in it. A week's numbers are frozen when it ends, so that a later
paper never tells, by a changed number, what an earlier one hid. Sums are made of what is shown and of nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mailbox.rules.suppression import (
    BUREAU_THRESHOLD,
    SCHOOL_THRESHOLD,
    Numbers,
    Shown,
    show,
    show_together,
)

# A school so small that all its weeks are hidden shows four of them together, always the same four.
BLOCK_WEEKS = 4
# Single numbers that are a part of another one: of those raised the ones that triage missed, of those lowered the ones
# that stood at urgent.
_PART_OF = {"missed": "raised", "eased": "lowered"}


class Version(StrEnum):
    """For whom a paper is. The bureau's hides more, and hides whatever the school's hides."""

    SCHOOL = "school"
    BUREAU = "bureau"


@dataclass(frozen=True)
class Wait:
    """How long something took, in half-days of school: of ``count`` letters the median and the 90th percentile."""

    count: int
    median: float
    ninetieth: float


@dataclass(frozen=True)
class CountedWeek:
    """One ended week as it was counted. ``topics`` is None until a reader has counted them.

    ``letters`` are cut by level, by kind, read or not, answered or not; ``replies`` collected or not.
    """

    ends_on: date
    letters: Numbers
    replies: Numbers
    singles: Mapping[str, int]
    waits: Mapping[str, Wait]
    topics: Mapping[str, int] | None = None


@dataclass(frozen=True)
class Column:
    """One week, or several together, as a paper shows it; None is a hidden number."""

    first_ends_on: date
    ends_on: date
    letters: Shown
    replies: Shown
    singles: Mapping[str, int | None]
    waits: Mapping[str, Wait | None]

    @property
    def is_block(self) -> bool:
        return self.first_ends_on != self.ends_on


@dataclass(frozen=True)
class TopicBlock:
    """The topics of four weeks together: in a single week most topics are small."""

    first_ends_on: date
    ends_on: date
    topics: Mapping[str, int | None]


@dataclass(frozen=True)
class Paper:
    """What one version shows: its columns, the newest last, and the number under which a number is hidden.

    ``topics`` are the blocks of four ended weeks whose topics a reader has counted.
    """

    version: Version
    threshold: int
    columns: tuple[Column, ...]
    topics: tuple[TopicBlock, ...]

    def total(self, numbers: Sequence[int | None]) -> tuple[int, bool]:
        """Add up what is shown of one row; return the sum and whether something hidden is missing in it."""
        return sum(number or 0 for number in numbers), None in numbers


def paper_of(weeks: Sequence[CountedWeek], version: Version, origin: date) -> Paper:
    """Return a version of the paper on some ended weeks, oldest first.

    ``origin`` is the end of the school's first week: blocks of four are counted from it, so that no week ever stands
    in two of them. Weeks that cannot be shown alone and whose block is not complete are shown as hidden.
    """
    threshold = BUREAU_THRESHOLD if version is Version.BUREAU else SCHOOL_THRESHOLD
    columns: list[Column] = []
    topics: list[TopicBlock] = []
    for block in _blocks(weeks, origin):
        is_whole = len(block) == BLOCK_WEEKS
        together = _together(block, version) if is_whole else None
        columns += [together] if together else [_alone(week, version) for week in block]
        if is_whole and all(week.topics is not None for week in block):
            shown = _topics(_added([week.topics or {} for week in block]), _total(block), version)
            topics.append(TopicBlock(block[0].ends_on, block[-1].ends_on, shown))
    return Paper(version, threshold, tuple(columns), tuple(topics))


def _blocks(weeks: Sequence[CountedWeek], origin: date) -> list[list[CountedWeek]]:
    blocks: dict[int, list[CountedWeek]] = {}
    for week in weeks:
        blocks.setdefault((week.ends_on - origin).days // 7 // BLOCK_WEEKS, []).append(week)
    return [blocks[number] for number in sorted(blocks)]


def _shown(numbers: Numbers, version: Version) -> Shown:
    school = show(numbers, SCHOOL_THRESHOLD)
    return school if version is Version.SCHOOL else show(numbers, BUREAU_THRESHOLD, school)


def _alone(week: CountedWeek, version: Version) -> Column:
    threshold = BUREAU_THRESHOLD if version is Version.BUREAU else SCHOOL_THRESHOLD
    letters, replies = _shown(week.letters, version), _shown(week.replies, version)
    return Column(
        first_ends_on=week.ends_on,
        ends_on=week.ends_on,
        letters=letters,
        replies=replies,
        singles=_singles(week.singles, threshold),
        waits={name: wait if wait.count >= threshold else None for name, wait in week.waits.items()},
    )


def _together(block: Sequence[CountedWeek], version: Version) -> Column | None:
    """Return four weeks as one column if nothing of any of them was shown to anybody, else None."""
    alone = [[_alone(week, known) for week in block] for known in Version]
    if any(count for columns in alone for column in columns for count in column.singles.values()):
        return None
    letters = show_together(
        [week.letters for week in block], [[c.letters for c in cs] for cs in alone], SCHOOL_THRESHOLD
    )
    replies = show_together(
        [week.replies for week in block], [[c.replies for c in cs] for cs in alone], SCHOOL_THRESHOLD
    )
    if letters is None or replies is None or letters.says_nothing:
        return None
    threshold = SCHOOL_THRESHOLD
    if version is Version.BUREAU:
        threshold = BUREAU_THRESHOLD
        letters = show(_sum([week.letters for week in block]), threshold, letters)
        replies = show(_sum([week.replies for week in block]), threshold, replies)
    return Column(
        first_ends_on=block[0].ends_on,
        ends_on=block[-1].ends_on,
        letters=letters,
        replies=replies,
        singles=_singles(_added([week.singles for week in block]), threshold),
        # A median of medians is none.
        waits=dict.fromkeys(block[0].waits),
    )


def _sum(several: Sequence[Numbers]) -> Numbers:
    total = several[0]
    for numbers in several[1:]:
        total += numbers
    return total


def _added(several: Sequence[Mapping[str, int]]) -> dict[str, int]:
    return {name: sum(counts.get(name, 0) for counts in several) for name in several[0]}


def _total(block: Sequence[CountedWeek]) -> int:
    """Return how many letters came in a block, whether that is shown or may be guessed."""
    return sum(week.letters.total for week in block)


def _topics(counted: Mapping[str, int], total: int, version: Version) -> Mapping[str, int | None]:
    """Hide small topics. A letter has one topic or several, so the topics sum up to the total or to more.

    Where so many letters have no shown topic that the hidden ones could only be at their largest, one more is hidden:
    then nobody knows any more that each of them is small. What the school's paper hides, the bureau's hides too.
    """
    threshold = BUREAU_THRESHOLD if version is Version.BUREAU else SCHOOL_THRESHOLD
    known = counted if version is Version.SCHOOL else _topics(counted, total, Version.SCHOOL)
    shown = {name: None if known[name] is None else _large(count, threshold) for name, count in counted.items()}
    hidden = [name for name, count in shown.items() if count is None]
    if hidden and total - sum(count or 0 for count in shown.values()) > len(hidden):
        others = (name for name, count in counted.items() if shown[name] is not None)
        shown[min(others, key=lambda name: (counted[name] == 0, counted[name]), default=hidden[0])] = None
    return shown


def _singles(counts: Mapping[str, int], threshold: int) -> dict[str, int | None]:
    """Hide small numbers, and a part of another number where what remains of that one would be small."""
    shown = {name: _large(count, threshold) for name, count in counts.items()}
    for part, whole in _PART_OF.items():
        if shown.get(part) and shown.get(whole) and _large(counts[whole] - counts[part], threshold) is None:
            shown[part] = None
    return shown


def _large(count: int, threshold: int) -> int | None:
    return count if count == 0 or count >= threshold else None

"""What a reader asks of the list of letters, in words of our own. Pure; any other word asks for nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mailbox.rules.letter_kinds import LetterKind


class Shape(StrEnum):
    """What the list tells apart: what rings, what waits for a person to look, what is soon, and the rest."""

    URGENT = "urgent"
    PERSON = "person"
    SOON = "soon"
    ROUTINE = "routine"


class Mark(StrEnum):
    """What else can be asked of a letter. Among answered letters, mine are those that I answered.

    Asked are those that a colleague asked me to read too, visit those whose case has a visit that is due; answered
    or not.
    """

    MINE = "mine"
    UNREAD = "unread"
    ASKED = "asked"
    LATE = "late"
    VISIT = "visit"


# What is asked of answered and of waiting letters alike.
IN_ANY_STATE = frozenset({Mark.ASKED, Mark.VISIT})


@dataclass(frozen=True)
class QueueWish:
    """Waiting or answered letters; of one level, of one kind, with all of the marks. ``page`` counts from 1."""

    answered: bool = False
    shape: Shape | None = None
    marks: frozenset[Mark] = frozenset()
    kind: LetterKind | None = None
    page: int = 1

    @property
    def is_narrow(self) -> bool:
        """Whether it leaves letters out."""
        return bool(self.shape or self.marks or self.kind)

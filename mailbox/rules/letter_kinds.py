"""What kinds of letters there are, what else each one asks, and the moods a child may tap. Pure; owns the names only.

No kind and no mood says how soon a letter must be read, and triage never sees either.
"""

from __future__ import annotations

from enum import StrEnum

MAX_DETAIL_CHARACTERS = 200


class LetterKind(StrEnum):
    """To whom a child writes: 悄悄话, 替同学说, 两地书, 想见老师."""

    WHISPER = "whisper"
    FOR_CLASSMATE = "for_classmate"
    TO_PARENTS = "to_parents"
    MEET = "meet"


class Mood(StrEnum):
    """How the child says that it feels. Unordered: none of them is better, and 不知道 is one of them."""

    HAPPY = "happy"
    SAD = "sad"
    ANGRY = "angry"
    AFRAID = "afraid"
    WORRIED = "worried"
    UNKNOWN = "unknown"


# What each kind asks beside the words, in the order of its page; every answer may be left out.
DETAILS: dict[LetterKind, tuple[str, ...]] = {
    LetterKind.WHISPER: (),
    LetterKind.FOR_CLASSMATE: ("who", "place"),
    LetterKind.TO_PARENTS: ("to", "place"),
    LetterKind.MEET: ("when", "place", "name"),
}

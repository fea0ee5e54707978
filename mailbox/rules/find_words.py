"""Finding words in a text, whatever its case, its width and its spaces; with the places in the text as it stands. Pure.

A child writes Ｑ Ｑ and qq; who looks for QQ means both.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

MOST_WORDS = 5
LONGEST = 40
# They show nothing and would keep a word from being found.
_UNSEEN = dict.fromkeys([0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), 0xFEFF])


@dataclass(frozen=True)
class Place:
    """A half-open place in a text."""

    start: int
    end: int


def folded(text: str) -> str:
    """Return the text as it is compared: one width, one case, no spaces."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().translate(_UNSEEN).split())


def words_of(asked: str) -> tuple[str, ...]:
    """Return what is looked for: the folded words between spaces, at most five; empty for nothing."""
    words = (folded(word) for word in asked[:LONGEST].split())
    return tuple(dict.fromkeys(word for word in words if word))[:MOST_WORDS]


def places_of(text: str, words: Sequence[str]) -> list[Place]:
    """Return where the words stand in ``text``, in its order.

    A word across signs that only together become another one is found by :func:`folded` and has no place here.
    """
    # For each folded sign, the sign of the text that it comes from.
    signs = [(piece, at) for at, sign in enumerate(text) for piece in folded(sign)]
    whole = "".join(piece for piece, _ in signs)
    found = []
    for word in words:
        at = whole.find(word)
        while at >= 0:
            found.append(Place(signs[at][1], signs[at + len(word) - 1][1] + 1))
            at = whole.find(word, at + len(word))
    return sorted(found, key=lambda place: (place.start, place.end))

"""Classes of words in a note, and which of them stand together: who does what, with what, where, how often.

Owns reading ``lexicon/classes.toml``. Judges nothing: a class raises nothing by itself, the model learns what a pair
of them is worth, and so reads words that no note of the corpus holds. A long note is read in many windows that overlap;
where words of a class may begin is looked up once for all of them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache

from triage.lexicon import load_classes

FARTHEST = 14  # characters between the beginnings of two words that are read together
_SENTENCE_END = re.compile(r"[。!?;\n]")
_NEGATIONS = frozenset("不没别未无")
_LOOK_BACK = 3  # characters before a word in which a negation is looked for

Met = tuple[int, str]


@lru_cache(maxsize=1)
def _classes() -> dict[str, tuple[str, ...]]:
    """Word → its classes."""
    classes: dict[str, list[str]] = {}
    for one in load_classes():
        for word in one.words:
            classes.setdefault(word, []).append(one.name)
    return {word: tuple(names) for word, names in classes.items()}


@lru_cache(maxsize=1)
def _lengths() -> dict[str, tuple[int, ...]]:
    """First character → how long the words are that begin with it, the longest first."""
    lengths: dict[str, set[int]] = {}
    for word in _classes():
        lengths.setdefault(word[0], set()).add(len(word))
    return {first: tuple(sorted(some, reverse=True)) for first, some in lengths.items()}


class Meanings:
    """One text, looked up once; any stretch of it is then read as if it stood alone."""

    def __init__(self, text: str) -> None:
        classes, lengths = _classes(), _lengths()
        self._text = text
        self._places: list[int] = []
        self._words: list[list[tuple[int, tuple[str, ...]]]] = []  # the longest first
        for place, first in enumerate(text):
            found = [
                (length, names)
                for length in lengths.get(first, ())
                if (names := classes.get(text[place : place + length])) is not None
            ]
            if found:
                self._places.append(place)
                self._words.append(found)
        ends = [end.start() for end in _SENTENCE_END.finditer(text)]
        self._sentences = [bisect_left(ends, place) for place in self._places]

    def met(self, start: int, end: int) -> list[Met]:
        """The classes met in ``text[start:end]``, in order: (place in the text, name); denied ones end in ``-``."""
        return [(self._places[at], name) for at, name in self._met(start, end)]

    def _met(self, start: int, end: int) -> list[tuple[int, str]]:
        found: list[tuple[int, str]] = []
        free, text = start, self._text
        for at in range(bisect_left(self._places, start), bisect_left(self._places, end)):
            place = self._places[at]
            if place < free:
                continue
            for length, names in self._words[at]:
                if place + length <= end:
                    denied = text[place] not in _NEGATIONS and not _NEGATIONS.isdisjoint(
                        text[max(start, place - _LOOK_BACK) : place]
                    )
                    found.extend((at, f"{name}-" if denied else name) for name in names)
                    free = place + length
                    break
        return found

    def together(self, start: int, end: int) -> list[str]:
        """Names of the classes of ``text[start:end]``, and of their ordered pairs that stand near in one sentence."""
        some, names = self._met(start, end), set[str]()
        for index, (at, name) in enumerate(some):
            names.add(name)
            names.add(name.removesuffix("-"))
            place, sentence = self._places[at], self._sentences[at]
            for later in range(index + 1, len(some)):
                other_at, other = some[later]
                if self._places[other_at] - place > FARTHEST or self._sentences[other_at] != sentence:
                    break
                if other_at != at:
                    names.add(f"{name}>{other}")
        return sorted(names) or ["none"]


def met(text: str) -> list[Met]:
    """The classes met in a whole text, in order: (place, name); a class that is denied has a ``-`` behind its name."""
    return Meanings(text).met(0, len(text))


def together(text: str) -> list[str]:
    """Names of the classes of a whole text, and of their ordered pairs that stand near within one sentence."""
    return Meanings(text).together(0, len(text))

"""Classes of words in a note, and which of them stand together: who does what, with what, where, how often.

Owns reading ``lexicon/classes.toml``. Judges nothing: a class raises nothing by itself, the model learns what a pair
of them is worth, and so reads words that no note of the corpus holds.
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


def met(text: str) -> list[Met]:
    """The classes met, in order: (place, name); a class that is denied has a ``-`` behind its name."""
    classes, lengths = _classes(), _lengths()
    found: list[Met] = []
    place = 0
    while place < len(text):
        step = 1
        for length in lengths.get(text[place], ()):
            names = classes.get(text[place : place + length])
            if names:
                denied = text[place] not in _NEGATIONS and not _NEGATIONS.isdisjoint(
                    text[max(0, place - _LOOK_BACK) : place]
                )
                found.extend((place, f"{name}-" if denied else name) for name in names)
                step = length
                break
        place += step
    return found


def together(text: str) -> list[str]:
    """Names of the classes of a passage, and of their ordered pairs that stand near within one sentence."""
    some = met(text)
    ends = [found.start() for found in _SENTENCE_END.finditer(text)]
    sentence = [bisect_left(ends, place) for place, _ in some]
    names: set[str] = set()
    for index, (place, name) in enumerate(some):
        names.add(name)
        names.add(name.removesuffix("-"))
        for later in range(index + 1, len(some)):
            other_place, other = some[later]
            if other_place - place > FARTHEST or sentence[later] != sentence[index]:
                break
            if other_place != place:
                names.add(f"{name}>{other}")
    return sorted(names) or ["none"]

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
def _by_first() -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """First character → the words that begin with it, the longest first, each with its classes."""
    classes: dict[str, list[str]] = {}
    for one in load_classes():
        for word in one.words:
            classes.setdefault(word, []).append(one.name)
    first: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for word in sorted(classes, key=len, reverse=True):
        first.setdefault(word[0], []).append((word, tuple(classes[word])))
    return first


def met(text: str) -> list[Met]:
    """The classes met, in order: (place, name); a class that is denied has a ``-`` behind its name."""
    words = _by_first()
    found: list[Met] = []
    place = 0
    while place < len(text):
        step = 1
        for word, names in words.get(text[place], ()):
            if text.startswith(word, place):
                denied = word[0] not in _NEGATIONS and not _NEGATIONS.isdisjoint(
                    text[max(0, place - _LOOK_BACK) : place]
                )
                found.extend((place, f"{name}-" if denied else name) for name in names)
                step = len(word)
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

"""What the statistical model sees of a passage: hashed character runs, hashed words, hashed rule findings.

Owns the shape of the features, nothing learned. Hashing keeps no vocabulary, so no child's word can be read back
from a model. Changing anything here makes every trained model foreign: raise ``VERSION``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import HashingVectorizer  # type: ignore[import-untyped]

from triage import words
from triage.rules import Finding

VERSION = 1
CHARACTER_COLUMNS = 2**16
WORD_COLUMNS = 2**15
RULE_COLUMNS = 2**12
COLUMNS = CHARACTER_COLUMNS + WORD_COLUMNS + RULE_COLUMNS
LONGEST_RUN = 4
WINDOW_CHARACTERS = 48  # about the length of a short note
_DIGITS = re.compile(r"[0-9]{1,20}")
_SPACE = re.compile(r"\s{1,40}")
_PIECE_END = re.compile(r"[^,。!?;:\n]{1,4000}[,。!?;:\n]{0,20}|[,。!?;:\n]{1,20}")


@dataclass(frozen=True)
class Passage:
    """A stretch ``plain[start:end]`` of one note, and the findings that begin in it."""

    text: str
    start: int
    end: int
    findings: tuple[Finding, ...]


def passages(plain: str, findings: Sequence[Finding]) -> list[Passage]:
    """The whole note first, then, where it is long, overlapping windows of a few clauses each.

    One dark line in a long happy note is a small part of the whole and a large part of its window.
    """
    whole = Passage(plain, 0, len(plain), tuple(findings))
    if len(plain) <= WINDOW_CHARACTERS * 3 // 2:
        return [whole]
    windows: list[Passage] = []
    pieces = [found.span() for found in _PIECE_END.finditer(plain)]
    first = 0
    while first < len(pieces):
        last = first
        while last + 1 < len(pieces) and pieces[last + 1][1] - pieces[first][0] <= WINDOW_CHARACTERS:
            last += 1
        start, end = pieces[first][0], pieces[last][1]
        windows.append(_passage(plain, start, end, findings))
        if last + 1 >= len(pieces):
            break
        # The next window begins half way, so that a sentence cut here is whole there.
        first = max(first + 1, first + (last - first + 1) // 2)
    return [whole, *windows]


def _passage(plain: str, start: int, end: int, findings: Sequence[Finding]) -> Passage:
    return Passage(plain[start:end], start, end, tuple(found for found in findings if start <= found.start < end))


def _character_runs(passage: Passage) -> list[str]:
    text = "^" + _SPACE.sub(" ", _DIGITS.sub("0", passage.text)) + "$"
    runs = list(text)
    for length in range(2, LONGEST_RUN + 1):
        runs.extend(text[start : start + length] for start in range(len(text) - length + 1))
    return runs


def _word_runs(passage: Passage) -> list[str]:
    singles = [word for word in words.cut(_DIGITS.sub("0", passage.text)) if not word.isspace()]
    return singles + [first + " " + second for first, second in zip(singles, singles[1:], strict=False)]


def _rule_marks(passage: Passage) -> list[str]:
    marks = {f"{found.phrase.name}:{'counts' if found.counts else 'cancelled'}" for found in passage.findings}
    marks |= {f"scope:{found.scope.value}" for found in passage.findings}
    marks |= {f"level:{found.urgency.value}" for found in passage.findings if found.counts}
    marks |= {f"topic:{topic.value}" for found in passage.findings if found.counts for topic in found.topics}
    return sorted(marks) or ["none"]


_CHARACTERS = HashingVectorizer(analyzer=_character_runs, n_features=CHARACTER_COLUMNS, norm="l2")
_WORDS = HashingVectorizer(analyzer=_word_runs, n_features=WORD_COLUMNS, norm="l2")
_RULES = HashingVectorizer(analyzer=_rule_marks, n_features=RULE_COLUMNS, norm="l2", binary=True)


def matrix(some: Sequence[Passage]) -> csr_matrix:
    """n passages → a sparse matrix of n rows and ``COLUMNS`` columns."""
    blocks = [vectorizer.transform(some) for vectorizer in (_CHARACTERS, _WORDS, _RULES)]
    return hstack(blocks, format="csr")

"""What the statistical model sees of a passage: hashed character runs, words, rule findings, meanings, sounds.

Owns the shape of the features, nothing learned. Hashing keeps no vocabulary, so no child's word can be read back
from a model. Changing anything here makes every trained model foreign: raise ``VERSION``.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from triage import words
from triage.hashing import Block, Rows, hash_rows, listed, runs_of
from triage.meanings import Meanings
from triage.rules import Finding
from triage.sounds import heard

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

VERSION = 3
CHARACTER_COLUMNS = 2**17
WORD_COLUMNS = 2**16
RULE_COLUMNS = 2**12
MEANING_COLUMNS = 2**13
SOUND_COLUMNS = 2**16
BLOCK_COLUMNS = (CHARACTER_COLUMNS, WORD_COLUMNS, RULE_COLUMNS, MEANING_COLUMNS, SOUND_COLUMNS)
COLUMNS = sum(BLOCK_COLUMNS)
# How long each block of a row is once it is weighed; found by cross-validation.
BLOCK_LENGTHS = (1.2, 1.1, 0.4, 0.4, 0.8)
LONGEST_RUN = 4
FEWEST_NOTES = 2  # a run that only one note holds teaches that note, and nothing else
WINDOW_CHARACTERS = 60  # about the length of a short note
_ONE_DIGIT = str.maketrans("123456789", "000000000")
_AROUND = ",。!?;:~ \n"
# Children often write without punctuation, so a clause also ends after thirty characters.
_PIECE = re.compile(r"[^,。!?;:\n]{1,30}[,。!?;:\n]{0,20}|[,。!?;:\n]{1,20}")


@dataclass(frozen=True)
class Passage:
    """A stretch ``plain[start:end]`` of one note, with the words and findings that begin in it and its meanings."""

    text: str
    start: int
    end: int
    words: tuple[bytes, ...]  # in UTF-8, as they are hashed
    pairs: tuple[bytes, ...]  # of words that follow each other
    findings: tuple[Finding, ...]
    meanings: tuple[str, ...]


class _Cutter:
    """Cuts passages out of one note, whose words and classes of words are found only once.

    ``text`` is the note, or the stretch of it that begins at ``origin``. The findings come in the order of the text.
    """

    def __init__(self, text: str, findings: Sequence[Finding], origin: int = 0) -> None:
        self.text, self.origin = text.translate(_ONE_DIGIT), origin
        self.findings = findings
        cut = words.cut(self.text)
        starts = accumulate(map(len, cut), initial=origin)
        placed = [(start, word) for start, word in zip(starts, cut, strict=False) if not word.isspace()]
        self.starts = [start for start, _ in placed]
        self.words = tuple(word.encode() for _, word in placed)
        self.pairs = tuple(b"%b %b" % pair for pair in pairwise(self.words))
        self.found_at = [found.start for found in findings]
        self.meanings = Meanings(self.text)

    def passage(self, start: int, end: int) -> Passage:
        first, last = bisect_left(self.starts, start), bisect_left(self.starts, end)
        own = start - self.origin, end - self.origin
        return Passage(
            self.text[slice(*own)],
            start,
            end,
            self.words[first:last],
            self.pairs[first : max(first, last - 1)],
            tuple(self.findings[bisect_left(self.found_at, start) : bisect_left(self.found_at, end)]),
            tuple(self.meanings.together(*own)),
        )


def passages(plain: str, findings: Sequence[Finding]) -> list[Passage]:
    """The whole note first, then, where it is long, overlapping windows of a few clauses each.

    One dark line in a long happy note is a small part of the whole and a large part of its window.
    """
    cutter = _Cutter(plain, findings)
    whole = cutter.passage(0, len(plain))
    if len(plain) <= WINDOW_CHARACTERS * 3 // 2:
        return [whole]
    windows: list[Passage] = []
    pieces = [found.span() for found in _PIECE.finditer(plain)]
    first = 0
    while first < len(pieces):
        last = first
        while last + 1 < len(pieces) and pieces[last + 1][1] - pieces[first][0] <= WINDOW_CHARACTERS:
            last += 1
        windows.append(cutter.passage(pieces[first][0], pieces[last][1]))
        if last + 1 >= len(pieces):
            break
        # The next window begins a clause early, so that a thought cut here is whole there.
        first = max(first + 1, last)
    return [whole, *windows]


def clauses(plain: str, within: Passage) -> list[Passage]:
    """The clauses of a passage that hold a word, as passages of their own, without the punctuation around them."""
    cutter = _Cutter(plain[within.start : within.end], within.findings, within.start)
    found: list[Passage] = []
    for piece in _PIECE.finditer(plain, within.start, within.end):
        text = piece.group().strip(_AROUND)
        if text:
            start = piece.start() + piece.group().index(text)
            found.append(cutter.passage(start, start + len(text)))
    return found


def _rule_marks(passage: Passage) -> list[str]:
    marks = {f"{found.phrase.name}:{'counts' if found.counts else 'cancelled'}" for found in passage.findings}
    marks |= {f"scope:{found.scope.value}" for found in passage.findings}
    marks |= {f"level:{found.urgency.value}" for found in passage.findings if found.counts}
    marks |= {f"topic:{topic.value}" for found in passage.findings if found.counts for topic in found.topics}
    return sorted(marks) or ["none"]


def rows(some: Sequence[Passage]) -> Rows:
    """n passages → n sparse rows of ``COLUMNS`` columns: character runs, words and pairs, findings, meanings,
    sounds."""
    blocks = (
        Block(runs_of([f"^{passage.text}$" for passage in some], LONGEST_RUN), CHARACTER_COLUMNS, only_marks=True),
        Block(
            listed([(*passage.words, *passage.pairs) or ("none",) for passage in some]), WORD_COLUMNS, only_marks=True
        ),
        Block(listed([_rule_marks(passage) for passage in some]), RULE_COLUMNS, only_marks=True),
        Block(listed([passage.meanings for passage in some]), MEANING_COLUMNS, only_marks=True),
        Block(runs_of([f"^{heard(passage.text)}$" for passage in some], LONGEST_RUN), SOUND_COLUMNS, only_marks=True),
    )
    return hash_rows(blocks, len(some))


_BLOCK_OF = np.repeat(np.arange(len(BLOCK_COLUMNS), dtype=np.int8), BLOCK_COLUMNS)


def rarity(holding: npt.NDArray[Any], count: int) -> npt.NDArray[np.float32]:
    """How much each column is worth: ``holding[i]`` of ``count`` notes hold it; what only one note holds is worth 0.

    Findings are worth the same whether rare or not.
    """
    worth = np.log((1 + count) / (1 + holding)) + 1
    worth[BLOCK_COLUMNS.index(RULE_COLUMNS) == _BLOCK_OF] = 1.0
    worth[holding < FEWEST_NOTES] = 0.0
    return worth.astype(np.float32)


def weigh(kept: Rows, worth: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """The values of some rows with each column's worth, every block of a row brought to its length."""
    values = kept.values * worth[kept.columns]
    count = len(kept.starts) - 1
    row = np.repeat(np.arange(count), np.diff(kept.starts))
    group = row * len(BLOCK_COLUMNS) + _BLOCK_OF[kept.columns]
    lengths = np.sqrt(np.bincount(group, values * values, count * len(BLOCK_COLUMNS)))
    lengths[lengths == 0] = 1.0
    scale = np.tile(BLOCK_LENGTHS, count) / lengths
    weighed: npt.NDArray[np.float32] = (values * scale[group]).astype(np.float32)
    return weighed


def matrix(some: Sequence[Passage]) -> csr_matrix:
    """The same rows as one sparse matrix, for training."""
    # Serving needs no scipy: it would take a tenth of a second and 20 MB in every process.
    from scipy.sparse import csr_matrix

    kept = rows(some)
    return csr_matrix((kept.values, kept.columns, kept.starts), shape=(len(some), COLUMNS))

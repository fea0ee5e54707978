"""拼音 without tones, read as the words it spells, where a known word is spelled.

Owns the cutting of Latin letters into syllables and the search for the words of ``lexicon/pinyin.toml``.
Leaves everything else as it was written: a run that isn't 拼音 through and through (English) is not touched.
"""

from __future__ import annotations

import re

from triage.lexicon import load_pinyin_words, load_syllables

LONGEST_WORD = 6  # syllables
_RUN = re.compile(r"[a-z]{1,400}(?:[ '-]{1,2}[a-z]{1,400}){0,400}")
_LETTERS = re.compile(r"[a-z]{1,400}")


def cut(letters: str) -> list[tuple[int, int]] | None:
    """Cut letters into the fewest syllables, as spans; None where they cannot be cut. Linear in the length."""
    known = load_syllables()
    best: list[int | None] = [None] * (len(letters) + 1)
    came: list[int] = [0] * (len(letters) + 1)
    best[0] = 0
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - 6), end):
            count = best[start]
            if count is None or letters[start:end] not in known:
                continue
            shortest = best[end]
            if shortest is None or count + 1 < shortest:
                best[end], came[end] = count + 1, start
    if best[-1] is None:
        return None
    spans: list[tuple[int, int]] = []
    end = len(letters)
    while end:
        spans.append((came[end], end))
        end = came[end]
    return spans[::-1]


def spell_out(plain: str) -> list[tuple[int, int, str]]:
    """Where known words stand in 拼音: (start, end, the word), in order and never overlapping.

    Short words (我, 你) are only read inside a run that also holds a longer one, so that ``he`` or ``women``
    in an English sentence stays what it is.
    """
    words = load_pinyin_words()
    pieces: list[tuple[int, int, str]] = []
    for run in _RUN.finditer(plain):
        syllables = _syllables_of(run.group(), run.start())
        if syllables is not None:
            pieces.extend(_words_in(syllables, plain, words))
    return pieces


def _syllables_of(run: str, offset: int) -> list[tuple[int, int]] | None:
    spans: list[tuple[int, int]] = []
    for letters in _LETTERS.finditer(run):
        cut_here = cut(letters.group())
        if cut_here is None:
            return None
        spans.extend((offset + letters.start() + start, offset + letters.start() + end) for start, end in cut_here)
    return spans


def _words_in(syllables: list[tuple[int, int]], plain: str, words: dict[str, str]) -> list[tuple[int, int, str]]:
    pieces: list[tuple[int, int, str]] = []
    sure = False
    at = 0
    while at < len(syllables):
        for length in range(min(LONGEST_WORD, len(syllables) - at), 0, -1):
            spelled = " ".join(plain[start:end] for start, end in syllables[at : at + length])
            if spelled in words:
                start = syllables[at][0]
                # The spaces between two words spelled out are 拼音's own; Chinese has none.
                if pieces and not plain[pieces[-1][1] : start].strip(" '-"):
                    start = pieces[-1][1]
                pieces.append((start, syllables[at + length - 1][1], words[spelled]))
                sure = sure or length > 1
                at += length
                break
        else:
            at += 1
    beside_chinese = _chinese_beside(plain, syllables[0][0], syllables[-1][1])
    return pieces if sure or beside_chinese else []


def _chinese_beside(plain: str, start: int, end: int) -> bool:
    """Whether the run touches a Chinese character, as when a child writes 拼音 for one it can't write yet."""
    before = plain[start - 1 : start]
    after = plain[end : end + 1]
    return any("\u4e00" <= character <= "\u9fff" for character in (before, after) if character)

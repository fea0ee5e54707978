"""拼音 for each character of a text, as primary-school textbooks print it. Pure: no Flask, no HTML.

Owns which of three readers is believed: our own words (``pinyin.toml``, checked by hand) before our own rules for
single characters, and both before the library's dictionary. Names and rare sentences are the library's best guess.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, TypeAlias

from pypinyin import Style, pinyin

# Read once, when the program starts: while a letter is on its way no file is opened.
_OWN = tomllib.loads(Path(__file__).with_name("pinyin.toml").read_text("utf-8"))
_WORDS: dict[str, str] = _OWN["words"]
_LONGEST_WORD = max(map(len, _WORDS))
_RULES = [(re.compile(rule["where"]), str(rule["reading"])) for rule in _OWN["rules"]]
# Characters that have a 拼音: 〇 and the Unicode blocks of Chinese characters.
_CHINESE = re.compile("[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]+")
# The two that change their sound before others and are printed with their own tone (GB/T 16159-2012, 标调法).
_UNCHANGED = {"一": "yī", "不": "bù"}

Reading: TypeAlias = tuple[str, str | None]


def read_aloud(text: str) -> list[Reading]:
    """Return ``text`` cut into pieces, each with its 拼音, or with None where it has none (marks, digits, letters).

    A piece with 拼音 is one character, or two where 儿 only curls the tongue: 会儿 is one piece, huìr.
    """
    pieces: list[Reading] = []
    end = 0
    for found in _CHINESE.finditer(text):
        if found.start() > end:
            pieces.append((text[end : found.start()], None))
        pieces += _read_run(found[0])
        end = found.end()
    if end < len(text):
        pieces.append((text[end:], None))
    return pieces


def _read_run(run: str) -> list[Reading]:
    """Read characters that stand together without a mark between them."""
    readings = [_UNCHANGED.get(sign, reading) for sign, reading in zip(run, _by_library(run), strict=True)]
    for where, reading in _RULES:
        for found in where.finditer(run):
            readings[found.end() - 1] = reading
    pieces: list[Reading] = []
    place = 0
    while place < len(run):
        word = _own_word_at(run, place)
        spoken = _WORDS[word].split() if word else []
        if not word:
            pieces.append((run[place], readings[place]))
        elif len(spoken) == len(word):
            pieces += zip(word, spoken, strict=True)
        else:
            # The last two characters are one sound.
            pieces += [*zip(word[:-2], spoken[:-1], strict=True), (word[-2:], spoken[-1])]
        place += max(1, len(word))
    return pieces


def _by_library(run: str) -> list[str | None]:
    # The library's own types know only one of the forms that it takes here.
    unread: Any = lambda signs: [[""]] * len(signs)  # noqa: E731
    read = pinyin(run, style=Style.TONE, heteronym=False, errors=unread)
    return [readings[0] or None for readings in read]


def _own_word_at(run: str, place: int) -> str:
    """Return the longest of our own words that begins at ``place``, or an empty text."""
    for length in range(min(_LONGEST_WORD, len(run) - place), 0, -1):
        if run[place : place + length] in _WORDS:
            return run[place : place + length]
    return ""

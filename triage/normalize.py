"""What was meant: full width, zero width, split characters, 拼音, homophones and abbreviations undone.

Owns ``Reading``: a plain text with, for every character, the place in the original it stands for, so that
whatever is found can be shown where the child wrote it. Changes a word only where ``lexicon/spellings.toml``
says so; judges nothing. Every pattern repeats a bounded number of times, so the time is linear.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from triage.lexicon import Spelling, load_letters, load_spellings
from triage.pinyin import spell_out

Place = tuple[int, int]


@dataclass(frozen=True)
class Reading:
    """A plain text and where each of its characters stands in the original.

    ``places[i]`` is the half-open span of the original that ``plain[i]`` was read from; spans never go
    backwards and always hold at least one character of the original.
    """

    plain: str
    places: tuple[Place, ...]
    original_length: int
    respelled: int = 0

    def place(self, start: int, end: int) -> Place:
        """The span of the original that ``plain[start:end]`` was read from. Raises IndexError outside the text."""
        if not 0 <= start < end <= len(self.plain):
            raise IndexError("no such place in the plain text")
        return self.places[start][0], max(span[1] for span in self.places[start:end])


def read(text: str) -> Reading:
    """Read a text of any length; an empty text gives an empty reading."""
    plain, places = _plain_characters(text)
    plain, places, _ = _replace_all(plain, places, load_letters())
    plain, places, spelled = _spell_pinyin(plain, places)
    plain, places, respelled = _respell(plain, places, load_spellings())
    return Reading(plain, tuple(places), len(text), spelled + respelled)


def _plain_characters(text: str) -> tuple[str, list[Place]]:
    """Compatibility forms folded, letters lowered and stripped of tones, invisible characters dropped."""
    characters: list[str] = []
    places: list[Place] = []
    for run in _RUN.finditer(text):
        start, end = run.span()
        if run.lastgroup == "plain":
            characters.append(run.group())
            places.extend(zip(range(start, end), range(start + 1, end + 1), strict=True))
            continue
        for folded in _folded(run.group()):
            characters.append(folded)
            places.append((start, end))
    return "".join(characters), places


# What is plain already comes in long runs; all else is looked at character by character.
_RUN = re.compile("(?P<plain>[\u4e00-\u9fffa-z0-9,.!? \n]+)|.", re.DOTALL)


def _folded(character: str) -> str:
    if character in "\r\t\u00a0\u3000":
        return " "
    if character in "\n\u2028\u2029":
        return "\n"
    decomposed = unicodedata.normalize("NFKD", character).lower()
    kept = "".join(part for part in decomposed if unicodedata.category(part) not in _INVISIBLE)
    return kept[:8]


# Format and control characters, combining marks (tones, variation selectors) and lone surrogates carry no word.
_INVISIBLE = frozenset({"Cf", "Cc", "Mn", "Me", "Cs"})


def _spell_pinyin(plain: str, places: list[Place]) -> tuple[str, list[Place], int]:
    """拼音 that spells known words, read as those words."""
    pieces = spell_out(plain)
    return _splice(plain, places, pieces)


def _respell(plain: str, places: list[Place], spellings: tuple[Spelling, ...]) -> tuple[str, list[Place], int]:
    pieces: list[tuple[int, int, str]] = []
    for spelling in spellings:
        if not spelling.may_occur(plain):
            continue
        for found in spelling.pattern.finditer(plain):
            if found.group() != spelling.means:
                pieces.append((found.start(), found.end(), spelling.means))
    pieces.sort(key=lambda piece: (piece[0], -piece[1]))
    apart: list[tuple[int, int, str]] = []
    for piece in pieces:
        if not apart or piece[0] >= apart[-1][1]:
            apart.append(piece)
    return _splice(plain, places, apart)


def _replace_all(plain: str, places: list[Place], letters: dict[str, str]) -> tuple[str, list[Place], int]:
    """One character for another, or one for a split pair; the pairs are matched first."""
    pattern = _letters_pattern(tuple(sorted(letters, key=len, reverse=True)))
    pieces = [(found.start(), found.end(), letters[found.group()]) for found in pattern.finditer(plain)]
    return _splice(plain, places, pieces)


_compiled: dict[tuple[str, ...], re.Pattern[str]] = {}


def _letters_pattern(letters: tuple[str, ...]) -> re.Pattern[str]:
    if letters not in _compiled:
        _compiled[letters] = re.compile("|".join(re.escape(letter) for letter in letters))
    return _compiled[letters]


def _splice(plain: str, places: list[Place], pieces: list[tuple[int, int, str]]) -> tuple[str, list[Place], int]:
    """Put each new word in its piece's place; all its characters stand for the whole piece."""
    if not pieces:
        return plain, places, 0
    text: list[str] = []
    spans: list[Place] = []
    done = 0
    for start, end, word in pieces:
        text.append(plain[done:start])
        spans.extend(places[done:start])
        whole = (places[start][0], max(span[1] for span in places[start:end]))
        text.append(word)
        spans.extend([whole] * len(word))
        done = end
    text.append(plain[done:])
    spans.extend(places[done:])
    return "".join(text), spans, len(pieces)

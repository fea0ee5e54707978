"""From which grade a child can probably read a reply alone: long sentences, and characters not yet learned. Pure.

A help for the eye and no measurement. Textbooks differ in which characters they teach when; the bands of
``learned_characters.txt`` are frequencies cut at the numbers of the curriculum (tools/rank_characters.py says how).
Meaning, irony and long words are not seen. Names of people are as hard as their characters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

# After which grade a child knows a band, by the stages of the curriculum.
BAND_GRADES = (2, 4, 6, 9)
BEYOND = 10
# How long a sentence may be for a grade, in characters: textbooks of grades 1 and 2 keep to about a dozen.
_SENTENCE_GRADES = ((20, 2), (32, 3), (45, 5), (60, 7))
LONG_SENTENCE = 32
MOST_NAMED = 12
# So many of a hundred different characters may be new: children read over one they do not know.
_NEW_ALLOWED_PERCENT = 4
_SENTENCE_END = re.compile("[。！？!?…；;\n]+")
_CHINESE = re.compile("[\u4e00-\u9fff]")
_BANDS = Path(__file__).with_name("learned_characters.txt").read_text("utf-8").split()
GRADE_OF = {sign: grade for band, grade in zip(_BANDS, BAND_GRADES, strict=True) for sign in band}


@dataclass(frozen=True)
class ReadingLevel:
    """``grade``: from which a child probably reads it alone, 2 to 9, or ``BEYOND``; None without Chinese characters.

    ``hard``: characters of it that are learned later than in grade 2, the latest first, at most ``MOST_NAMED``.
    ``longest_sentence``: in Chinese characters.
    """

    grade: int | None
    hard: tuple[str, ...]
    longest_sentence: int

    @property
    def has_long_sentence(self) -> bool:
        return self.longest_sentence > LONG_SENTENCE


def reading_level(text: str) -> ReadingLevel:
    """Return how hard a text is to read for a child."""
    signs = list(dict.fromkeys(_CHINESE.findall(text)))
    if not signs:
        return ReadingLevel(None, (), 0)
    longest = max(len(_CHINESE.findall(sentence)) for sentence in _SENTENCE_END.split(text))
    hard = sorted((sign for sign in signs if _grade(sign) > BAND_GRADES[0]), key=lambda sign: -_grade(sign))
    grade = max(_grade_of_characters(signs), _grade_of_sentence(longest))
    return ReadingLevel(grade, tuple(hard[:MOST_NAMED]), longest)


def _grade(sign: str) -> int:
    return GRADE_OF.get(sign, BEYOND)


def _grade_of_characters(signs: list[str]) -> int:
    """Return the first grade for which nearly all characters are known."""
    allowed = max(1, len(signs) * _NEW_ALLOWED_PERCENT // 100)
    for grade in BAND_GRADES:
        if sum(_grade(sign) > grade for sign in signs) <= allowed:
            return grade
    return BEYOND


def _grade_of_sentence(length: int) -> int:
    return next((grade for most, grade in _SENTENCE_GRADES if length <= most), BAND_GRADES[-1])

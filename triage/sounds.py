"""The sound of a note: one sign for each syllable, whether it was written as a character or in 拼音.

Owns ``lexicon/sounds.toml``. Children write by ear: 自己, 字己 and zi ji sound alike, so the model learns from
runs of sounds beside runs of characters. Tones are left out, and what many dialects do not tell apart (zh and z, ch and
c, sh and s, ing and in, eng and en) sounds the same. Judges nothing.
"""

from __future__ import annotations

import re
from functools import lru_cache

from triage.lexicon import load_sounds
from triage.pinyin import cut

_FIRST_SIGN = 0xE000  # Unicode's private area, where no writing has its characters
_RUN = re.compile(r"[a-z]{2,400}")
_MERGED = (("zh", "z"), ("ch", "c"), ("sh", "s"))


def _merged(syllable: str) -> str:
    for told_apart, alike in _MERGED:
        if syllable.startswith(told_apart):
            syllable = alike + syllable[len(told_apart) :]
    if syllable.endswith(("ing", "eng")):
        syllable = syllable[:-1]
    return syllable


@lru_cache(maxsize=1)
def _signs() -> dict[str, str]:
    """Syllable → its sign."""
    alike = sorted({_merged(syllable) for syllable in load_sounds()})
    sign_of = {syllable: chr(_FIRST_SIGN + place) for place, syllable in enumerate(alike)}
    return {syllable: sign_of[_merged(syllable)] for syllable in load_sounds()}


@lru_cache(maxsize=1)
def _table() -> dict[int, str]:
    signs = _signs()
    return {ord(character): signs[syllable] for syllable, some in load_sounds().items() for character in some}


def heard(plain: str) -> str:
    """The plain text with every Chinese character, and every run that is 拼音, as signs of its sounds."""
    return _RUN.sub(_spoken, plain).translate(_table())


def _spoken(run: re.Match[str]) -> str:
    letters = run.group()
    spans = cut(letters)
    signs = _signs()
    if spans is None or any(letters[start:end] not in signs for start, end in spans):
        return letters
    return "".join(signs[letters[start:end]] for start, end in spans)

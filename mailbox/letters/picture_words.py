"""The 256 pictures of the receipt code, their words, and how a child's typing is read back into six of them.

Owns the list (``pictures.toml``) and the reading. Pure: no Flask, no clock, no database. Refuses to guess: what can
be read in two ways is not read, and no error repeats what was typed, because what was typed opens a letter.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from mailbox.errors import MailboxError

CODE_WORDS = 6
LONGEST_INPUT = 400

_LIST = Path(__file__).with_name("pictures.toml")
# Letters that Chinese keyboards and textbooks put in 拼音 and that Unicode does not fold by itself. All forms of ü
# become u: no two words of the list differ only in that.
_FOLDED = str.maketrans({"ɑ": "a", "ɡ": "g", "v": "u"})
# Pairs that many children do not tell apart when they speak: curled tongue or not, front or back nose, n or l.
_OPENINGS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"))
_ENDINGS = (("ang", "an"), ("eng", "en"), ("ing", "in"))


class CodeNotRead(MailboxError):
    """The typed words are not a code. ``reason``: too_few, too_many, unknown. Never says what was typed."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Picture:
    """One picture: ``index`` is its byte in the code, ``pinyin`` has tones and a space.

    ``toneless`` has neither and writes ü as u; ``file`` lies in ``static/pictures``.
    """

    index: int
    word: str
    pinyin: str
    toneless: str
    file: str
    group: str


def _load() -> tuple[Picture, ...]:
    groups = tomllib.loads(_LIST.read_text("utf-8"))["group"]
    rows = [(group["name"], row) for group in groups for row in group["pictures"]]
    return tuple(
        Picture(index, row["word"], row["pinyin"], _letters(row["pinyin"]), row["file"], group)
        for index, (group, row) in enumerate(rows)
    )


def _letters(text: str) -> str:
    """Keep what is spelled: small letters without tones, and characters; drop tones, digits and separators.

    A symbol that is neither (an emoji, say) stays, so that it counts as something unknown and not as nothing.
    """
    plain = unicodedata.normalize("NFKD", text).casefold().translate(_FOLDED)
    return "".join(sign for sign in plain if not _is_silent(sign))


def _is_silent(sign: str) -> bool:
    kind = unicodedata.category(sign)
    return kind[0] in "MNPZ" or kind in ("Cc", "Cf", "Lm", "Sk", "Sm")


def _said(syllable: str) -> set[str]:
    """Return the ways in which children of any region may spell this syllable, itself among them."""
    heads, tails = {syllable}, set[str]()
    for pair in _OPENINGS:
        for this, other in (pair, pair[::-1]):
            rest = syllable.removeprefix(this)
            if rest != syllable and rest[0] in "aeiou":
                heads.add(other + rest)
    for head in heads:
        for pair in _ENDINGS:
            for this, other in (pair, pair[::-1]):
                if head.endswith(this):
                    tails.add(head.removesuffix(this) + other)
    return heads | tails


def _forms(pictures: Iterable[Picture], *, loose: bool) -> Mapping[str, frozenset[int]]:
    """Map every spelling to the pictures it may mean; each half of a word is a character or its 拼音."""
    found: dict[str, set[int]] = {}
    for picture in pictures:
        spelled = [_letters(syllable) for syllable in picture.pinyin.split()]
        halves = [{sign} | (_said(said) if loose else {said}) for sign, said in zip(picture.word, spelled, strict=True)]
        for form in product(*halves):
            found.setdefault("".join(form), set()).add(picture.index)
    return {form: frozenset(indexes) for form, indexes in found.items()}


PICTURES: tuple[Picture, ...] = _load()
GROUPS: Mapping[str, tuple[Picture, ...]] = {
    name: tuple(picture for picture in PICTURES if picture.group == name)
    for name in dict.fromkeys(picture.group for picture in PICTURES)
}
_EXACT = _forms(PICTURES, loose=False)
_LOOSE = _forms(PICTURES, loose=True)


def read_code(text: str) -> tuple[int, ...]:
    """Read six words or their 拼音, in order, as a child types them; return six different indexes 0..255.

    Separators, capitals, full width, tones and tone digits do not matter, right or wrong; a word may be half
    character, half 拼音. What is not spelled as in the list is tried once more with the sounds that regions mix.
    Raises CodeNotRead: too_few, too_many, or unknown (a word not in the list, two ways to read it, a word twice).
    """
    if len(text) > LONGEST_INPUT:
        raise CodeNotRead("too_many")
    typed = _letters(text)
    if not typed:
        raise CodeNotRead("too_few")
    readings = _readings(typed, _EXACT) or _readings(typed, _LOOSE)
    codes = [reading for reading in readings if len(reading) == CODE_WORDS]
    if len(codes) == 1 and len(set(codes[0])) == CODE_WORDS:
        return codes[0]
    if codes or not readings:
        raise CodeNotRead("unknown")
    raise CodeNotRead("too_few" if len(readings[0]) < CODE_WORDS else "too_many")


def _readings(typed: str, forms: Mapping[str, frozenset[int]]) -> list[tuple[int, ...]]:
    """Return the ways to read all of ``typed``: for each number of words at most two, which is enough to refuse."""
    longest = max(map(len, forms))
    reached: list[dict[int, list[tuple[int, ...]]]] = [{} for _ in range(len(typed) + 1)]
    reached[0][0] = [()]
    for start in range(len(typed)):
        for end in range(start + 2, min(start + longest, len(typed)) + 1):
            for index in forms.get(typed[start:end], ()):
                for count, readings in reached[start].items():
                    kept = reached[end].setdefault(count + 1, [])
                    kept.extend((*reading, index) for reading in readings[: 2 - len(kept)])
    return [reading for readings in reached[-1].values() for reading in readings]

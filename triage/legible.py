"""Whether a note can be read here at all: readable, a matter for a person, or plain nonsense.

Owns the abstentions. Another language, an unreadable text and pictures that are not plainly cheerful wait for a
person; so does a note wholly in 拼音, unless its sounds are grave. Nonsense and cheerful pictures are routine.
Decides nothing about harm.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from triage.lexicon import load_english
from triage.normalize import Reading
from triage.pinyin import cut

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002fa1f]")
_LATIN_WORD = re.compile(r"[a-z]{1,60}")
_MOJIBAKE = re.compile(r"锟斤拷|烫烫烫|屯屯屯|ï¿½|â€|Ã.|[æåçèé][^\sa-z,.!?]")  # å, è and é in a 拼音 word are its tones
_CHEERFUL = frozenset("😀😃😄😁😆😊🙂😉😍🥰😘😎🤗🤩🥳👍👏🎉🎂🎈❤💕💖🌈🌸🌻🌞🍭🍬🍎⭐🌟✨🐱🐶🐰🎮⚽🏀😂🤣😋😜✌👌🎁🎄💯")
_LAUGHTER = frozenset("哈嘿呵嘻啊啦呀嗯哦噢嘎咕噜略喵汪哼咦哇吼么嘛呢吧滴嗒屁")  # not 呜: that is crying
_FOREIGN_SHARE = 0.3
_UNREADABLE_SHARE = 0.2
_RARE_SHARE = 0.4


class Legibility(StrEnum):
    READABLE = "readable"
    ONLY_HEARD = "only_heard"
    NEEDS_PERSON = "needs_person"
    NONSENSE = "nonsense"


def judge(text: str, reading: Reading) -> Legibility:
    """Judge one note: the text as it was written, and as ``normalize`` read it."""
    shown = [character for character in text if not character.isspace()]
    if not shown:
        return Legibility.NONSENSE
    # Almost every character is a common Chinese one or punctuation; only the rest is looked up.
    common = [character for character in shown if "\u4e00" <= character <= "\u9fff"]
    rest = [character for character in shown if not "\u4e00" <= character <= "\u9fff"]
    kinds = [unicodedata.category(character) for character in rest]
    broken = sum(kind in {"Co", "Cn", "Cs"} for kind in kinds) + rest.count("\ufffd")
    if broken > len(shown) * _UNREADABLE_SHARE or len(_MOJIBAKE.findall(text)) >= 3:
        return Legibility.NEEDS_PERSON
    other_letters = [character for character, kind in zip(rest, kinds, strict=True) if kind.startswith("L")]
    if not common and not other_letters:
        return _without_letters(shown)
    if _other_scripts(other_letters, len(common)) or _rare_characters(reading.plain):
        return Legibility.NEEDS_PERSON
    han = _HAN.findall(reading.plain)
    latin = _LATIN_WORD.findall(reading.plain)
    latin_letters = sum(map(len, latin))
    if latin_letters > 2 * len(han):
        return _latin(latin, latin_letters)
    if len(han) >= 3 and _LAUGHTER.issuperset(han) and not latin and not _pictures_to_ask_about(shown):
        return Legibility.NONSENSE
    return Legibility.READABLE


def _without_letters(shown: list[str]) -> Legibility:
    return Legibility.NEEDS_PERSON if _pictures_to_ask_about(shown) else Legibility.NONSENSE


def _pictures_to_ask_about(shown: list[str]) -> bool:
    return any(character not in _CHEERFUL for character in shown if unicodedata.category(character) == "So")


def _other_scripts(letters: list[str], chinese: int) -> bool:
    """Letters, beside so many Chinese ones, that are neither Chinese nor Latin with tones: Uyghur, Tibetan, Mongolian,
    Korean, kana, Cyrillic."""
    foreign = [
        character
        for character in letters
        if not _HAN.match(character) and not unicodedata.name(character, "").startswith(("LATIN", "FULLWIDTH LATIN"))
    ]
    return len(foreign) >= 3 and len(foreign) > (len(letters) + chinese) * _FOREIGN_SHARE


def _rare_characters(plain: str) -> bool:
    """Mostly characters outside the national set GB 2312: a broken encoding, or traditional script."""
    han = _HAN.findall(plain)
    known = len("".join(han).encode("gb2312", errors="ignore")) // 2
    return len(han) >= 4 and len(han) - known > len(han) * _RARE_SHARE


def _latin(latin: list[str], latin_letters: int) -> Legibility:
    if latin_letters < 2 or len(set("".join(latin))) == 1:
        return Legibility.NONSENSE
    # Before English: he, me, can, die, so and like are syllables too.
    if len(latin) >= 2 and all(len(word) > 1 and cut(word) is not None for word in latin):
        return Legibility.ONLY_HEARD
    english = load_english()
    known = sum(word in english for word in latin)
    if known >= 2 or (known * 2 >= len(latin) and known):
        return Legibility.NEEDS_PERSON
    spoken = sum(cut(word) is not None and len(word) > 1 for word in latin)
    if spoken >= 2 and spoken * 2 >= len(latin):
        # 拼音 of words that are not in the lexicon: its sounds can be told apart, its words hardly.
        return Legibility.ONLY_HEARD
    voiced = sum(bool(re.search(r"[aeiou]", word)) and 2 <= len(word) <= 12 for word in latin)
    if len(latin) >= 3 and voiced * 5 >= len(latin) * 4:
        return Legibility.NEEDS_PERSON
    return Legibility.NONSENSE

"""A gentle second look at a reply before a child reads it: finds, with advice. Pure; forbids nothing.

Owns the patterns (``gentle_check.toml``), and two finds that need the letter: the child's own words quoted back, and a
name or a class that the letter told. Whoever holds a code may read a reply: it must not tell who wrote.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_FILE = Path(__file__).with_name("gentle_check.toml")
# Eight characters that stand in a row in both are no chance; the counselor's own greeting is shorter.
LONGEST_QUOTE = 8
QUOTE, IDENTITY = "quote", "identity"
QUOTE_ADVICE = "这里重复了孩子的原话。回信可能被别人看到，请换成自己的话。"
IDENTITY_ADVICE = "这里提到了班级或名字。回信可能被别人看到，请不要写出是谁。"
_CLASS = re.compile(
    r"[一二三四五六七八九初高]年?级?[（(]?[0-9一二三四五六七八九十]{1,2}[)）]?班|[0-9]{1,2}[.．][0-9]{1,2}班|[0-9]{3}班"
)
_NAMED = re.compile(r"(?:我叫|我是|我的名字叫|我名字是)(?P<name>[\u4e00-\u9fff]{2,4}?)(?=[，。！？,.!?\s在，]|$)")
# What children say after 我是 and 我叫 that names nobody.
_NO_NAMES = frozenset(
    re.findall(
        r"\w+",
        "女生 男生 女孩 男孩 学生 小学生 转学生 住校生 新同学 真的 认真的 独生子 哥哥 姐姐 弟弟 妹妹 妈妈 爸爸 奶奶"
        " 爷爷 老师 他们 她们 你们 大家 同学 谁 不出 不动 不醒 不敢 一个人 故意的 被逼的",
    )
)
_NAME_LENGTHS = range(2, 9)
_SKIPPED = re.compile(r"[\s，。！？、,.!?:：;；“”\"'‘’（）()…—~～]+")


@dataclass(frozen=True)
class Find:
    """One place ``text[start:end]`` of a reply worth a second look; ``advice`` says why, for the catalogue."""

    kind: str
    start: int
    end: int
    advice: str


@dataclass(frozen=True)
class Check:
    """One kind of find with its patterns, and the examples that hold them."""

    kind: str
    advice: str
    patterns: tuple[re.Pattern[str], ...]
    fits: tuple[str, ...] = field(repr=False)
    fits_not: tuple[str, ...] = field(repr=False)


def _load() -> tuple[Check, ...]:
    rows = tomllib.loads(_FILE.read_text("utf-8"))["check"]
    return tuple(
        Check(
            row["kind"],
            row["advice"],
            tuple(re.compile(pattern) for pattern in row["patterns"]),
            tuple(row["fits"]),
            tuple(row["fits_not"]),
        )
        for row in rows
    )


CHECKS: tuple[Check, ...] = _load()


def look_again(reply: str, letters: tuple[str, ...] = (), names: tuple[str, ...] = ()) -> list[Find]:
    """Return the finds of a reply in the order of their places, at most one of a kind at a place.

    ``letters`` are the child's own, so that quoting and naming are found; ``names``: what it wrote where it was asked
    for a name.
    """
    finds = [*_phrases(reply), *_quotes(reply, letters), *_identities(reply, letters, names)]
    return sorted(set(finds), key=lambda find: (find.start, find.end, find.kind))


def _phrases(reply: str) -> Iterator[Find]:
    for check in CHECKS:
        last_end = 0
        places = sorted(found.span() for pattern in check.patterns for found in pattern.finditer(reply))
        for start, end in places:
            if start >= last_end:
                yield Find(check.kind, start, end, check.advice)
                last_end = end


def _quotes(reply: str, letters: tuple[str, ...]) -> Iterator[Find]:
    bare, places = _bare(reply)
    runs = {
        written[at : at + LONGEST_QUOTE]
        for letter in letters
        for written in [_bare(letter)[0]]
        for at in range(len(written) - LONGEST_QUOTE + 1)
    }
    at = 0
    while at + LONGEST_QUOTE <= len(bare):
        end = at + LONGEST_QUOTE
        if bare[at:end] not in runs:
            at += 1
            continue
        while end < len(bare) and bare[end - LONGEST_QUOTE + 1 : end + 1] in runs:
            end += 1
        yield Find(QUOTE, places[at], places[end - 1] + 1, QUOTE_ADVICE)
        at = end


def _identities(reply: str, letters: tuple[str, ...], given: tuple[str, ...]) -> Iterator[Find]:
    for found in _CLASS.finditer(reply):
        yield Find(IDENTITY, *found.span(), IDENTITY_ADVICE)
    told = {found["name"] for letter in letters for found in _NAMED.finditer(letter)}
    names = (told | {name for name in map(_bare_name, given) if len(name) in _NAME_LENGTHS}) - _NO_NAMES
    for name in sorted(names):
        for found in re.finditer(re.escape(name), reply):
            yield Find(IDENTITY, *found.span(), IDENTITY_ADVICE)


def _bare_name(answer: str) -> str:
    """Return what stands after the class: 三班的小雨 is 小雨."""
    return answer.rpartition("的")[2].strip()


def _bare(text: str) -> tuple[str, list[int]]:
    """Return a text without spaces and punctuation, and where each of its characters stood."""
    kept = [(sign, at) for at, sign in enumerate(text) if not _SKIPPED.match(sign)]
    return "".join(sign for sign, _ in kept), [at for _, at in kept]

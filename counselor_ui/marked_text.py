"""A letter's text cut where phrases were found, with every sign made visible. Pure: knows no page, makes no HTML."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

_CONTROL_PICTURES = 0x2400
_DELETE = 0x7F
_DELETE_PICTURE = "\u2421"
_LAST_C0 = 0x1F
_KEPT = {"\n", "\t", "\u200c", "\u200d"}


class Found(Protocol):
    """What is needed of a reason: half-open places in the text."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


@dataclass(frozen=True)
class Segment:
    """A piece of the text; ``numbers`` (from 1) are the reasons that were found in it, none for plain text."""

    text: str
    numbers: tuple[int, ...]


def segments(text: str, reasons: Iterable[Found]) -> list[Segment]:
    """Cut ``text`` into plain and found pieces, in order; places that overlap are one piece.

    Places outside the text are cut to it: a changed or older finding must not hide the letter.
    """
    pieces: list[Segment] = []
    at = 0
    for start, end, numbers in _merged(len(text), reasons):
        if at < start:
            pieces.append(Segment(visible(text[at:start]), ()))
        pieces.append(Segment(visible(text[start:end]), numbers))
        at = end
    if at < len(text):
        pieces.append(Segment(visible(text[at:]), ()))
    return pieces


def visible(text: str) -> str:
    """Return ``text`` with signs that would hide or turn it round shown as signs; line ends and joiners stay.

    A browser would obey U+202E and show what follows backwards; here the reader sees that it is there.
    """
    return "".join(_shown(sign) for sign in text.replace("\r\n", "\n").replace("\r", "\n"))


def _shown(sign: str) -> str:
    if sign in _KEPT or unicodedata.category(sign) not in {"Cc", "Cf"}:
        return sign
    code = ord(sign)
    if code <= _LAST_C0:
        return chr(_CONTROL_PICTURES + code)
    return _DELETE_PICTURE if code == _DELETE else f"‹U+{code:04X}›"


def _merged(length: int, reasons: Iterable[Found]) -> list[tuple[int, int, tuple[int, ...]]]:
    inside = sorted(
        (max(0, reason.start), min(length, reason.end), number)
        for number, reason in enumerate(reasons, start=1)
        if max(0, reason.start) < min(length, reason.end)
    )
    merged: list[tuple[int, int, tuple[int, ...]]] = []
    for start, end, number in inside:
        if merged and start < merged[-1][1]:
            first, last, numbers = merged.pop()
            merged.append((first, max(last, end), (*numbers, number)))
        else:
            merged.append((start, end, (number,)))
    return merged

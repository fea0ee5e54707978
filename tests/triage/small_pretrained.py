"""A pretrained encoder's file of a few hundred bytes, in the format that ``triage.pretrained`` reads."""

from __future__ import annotations

import struct
from collections.abc import Mapping

import numpy as np

BEGIN, PADDING, END, UNKNOWN = range(4)
PIECES = {
    "▁": -2.0,
    "▁我": -3.0,
    "我": -3.5,
    "不": -3.0,
    "想": -3.2,
    "不想": -4.0,
    "上学": -5.0,
    "上": -4.5,
    "学": -4.5,
}
READ_AS = {ord("！"): "!", ord("\n"): " ", ord("\0"): ""}
WIDTH = 32


def small_file(arrays: Mapping[str, np.ndarray] | None = None, halves: np.ndarray | None = None) -> bytes:
    """``arrays`` are kept whole; ``halves``, sixteenths from -0.5 below 0.5, as a matrix of 4 bits named emb.word."""
    names = ["<s>", "<pad>", "</s>", "<unk>", *PIECES]
    letters = [name.encode() for name in names]
    starts = np.cumsum([0, *map(len, letters)])
    head = b"E5S1" + struct.pack("<I7ifi", 1, WIDTH, 1, 2, 64, len(names), 8, 1, 1e-5, 32)
    head += struct.pack("<5i", len(names), BEGIN, END, PADDING, UNKNOWN) + struct.pack("<Q", starts[-1])
    head += starts.astype("<u4").tobytes() + np.array([0, 0, 0, 0, *PIECES.values()], "<f4").tobytes()
    head += b"".join(letters)
    table = b"".join(
        struct.pack(f"<IB{len(seen)}I", point, len(seen), *map(ord, seen)) for point, seen in READ_AS.items()
    )
    head += struct.pack("<iI", len(READ_AS), len(table)) + table
    kept = {name: (array.size, array.astype("<f4").tobytes()) for name, array in (arrays or {}).items()}
    if halves is not None:
        kept["emb.word"] = (halves.size, _in_four_bits(halves))
    directory = struct.pack("<i", len(kept))
    at = len(head) + len(directory) + sum(2 + len(name) + 21 for name in kept)
    for name, (count, content) in kept.items():
        directory += struct.pack(f"<H{len(name)}sBIQQ", len(name), name.encode(), 0, count, at, len(content))
        at += len(content)
    return head + directory + b"".join(content for _, content in kept.values())


def _in_four_bits(halves: np.ndarray) -> bytes:
    blocks = (halves.reshape(-1, 32) * 16 + 8).astype(np.uint8)
    scale = np.full((len(blocks), 1), 1 / 16, "<f2").view("u1").reshape(-1, 2)
    return np.hstack([scale, blocks[:, :16] | blocks[:, 16:] << 4]).astype(np.uint8).tobytes()

"""A drawing for the demonstration, made of pixels here: a house, a sun, and somebody small at a window."""

from __future__ import annotations

import struct
import zlib

WIDTH, HEIGHT = 640, 400
_PAPER, _INK, _SUN, _ROOF, _GRASS = (255, 253, 247), (31, 26, 23), (242, 194, 0), (123, 74, 33), (46, 139, 61)


def house_and_sun() -> bytes:
    """Return a PNG of 640 by 400 pixels."""
    rows = b"".join(b"\0" + b"".join(bytes(_colour(x, y)) for x in range(WIDTH)) for y in range(HEIGHT))
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in chunks)


def _colour(x: int, y: int) -> tuple[int, int, int]:
    from_sun = (x - 540) ** 2 + (y - 80) ** 2
    if from_sun < 42**2:
        return _SUN
    if y > 330 + (x % 23) // 4:
        return _GRASS
    is_roof = 90 <= y < 180 and abs(x - 250) < (y - 90) * 1.6
    if is_roof:
        return _ROOF
    is_wall = 110 < x < 390 and 180 <= y <= 332
    is_window = 160 < x < 230 and 215 < y < 275
    if is_window:
        is_head = (x - 195) ** 2 + (y - 250) ** 2 < 14**2
        return _INK if is_head or (x in range(194, 197) and y > 262) else (190, 215, 235)
    near_edge = is_wall and (x < 116 or x > 384 or y > 326)
    return _INK if near_edge else _PAPER


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

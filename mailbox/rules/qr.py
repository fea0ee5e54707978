"""An address as a QR code: squares for a page's drawing, or half blocks for a terminal. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import segno

# Four squares of white on every side belong to the code; without them cameras do not find it.
_BORDER = 4
_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


@dataclass(frozen=True)
class QrPicture:
    """``size`` squares wide and high, border included; ``path`` draws the dark ones, as SVG's attribute ``d``."""

    size: int
    path: str


def qr_picture(text: str) -> QrPicture:
    """Return the QR code of an address of up to about 1,000 characters, readable with 15% of it damaged."""
    rows = _rows(text)
    path = "".join(
        f"M{left} {top}h{right - left}v1h-{right - left}z" for top, row in enumerate(rows) for left, right in _runs(row)
    )
    return QrPicture(len(rows), path)


def qr_lines(text: str) -> list[str]:
    """Return the QR code as lines of half blocks, for black on white."""
    rows = _rows(text)
    rows += [[False] * len(rows)] * (len(rows) % 2)
    return ["".join(_HALVES[pair] for pair in zip(*rows[top : top + 2], strict=True)) for top in range(0, len(rows), 2)]


def _rows(text: str) -> list[list[bool]]:
    code = segno.make(text, error="m", micro=False)
    return [[bool(square) for square in row] for row in code.matrix_iter(border=_BORDER)]


def _runs(row: list[bool]) -> list[tuple[int, int]]:
    """Return where the dark stretches of a row begin and end."""
    framed = [False, *row, False]
    edges = [place for place in range(len(row) + 1) if framed[place] != framed[place + 1]]
    return list(zip(edges[::2], edges[1::2], strict=True))

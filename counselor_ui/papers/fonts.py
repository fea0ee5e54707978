"""The font of the papers: the 楷体 of the pages as TrueType, since a PDF carries its letters with it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont

CHART_FONT = PAPER_FONT = "QiaoqiaohuaKai"
_FILE = Path(__file__).with_name("kai.ttf")


@cache
def ensure_fonts() -> frozenset[str]:
    """Register the font once in this process; return the characters it has."""
    font = TTFont(PAPER_FONT, str(_FILE))
    registerFont(font)
    return frozenset(map(chr, font.face.charToGlyph))


def writable(text: str) -> str:
    """Return a text with a mark in place of each character that the font lacks, so that none vanishes in silence."""
    known = ensure_fonts()
    return "".join(sign if sign in known or sign.isspace() else "□" for sign in text)

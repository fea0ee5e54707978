"""What can be measured of the look: contrast in both variants, and that 楷体 has every character of the pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mailbox.letters.picture_words import PICTURES

MAILBOX = Path(__file__).resolve().parents[3] / "mailbox"
STATIC = MAILBOX / "web" / "static"
# Text on ground, at least 7:1 (WCAG AAA); edges of what can be touched, at least 3:1.
TEXT = [
    *((text, ground) for text in ("ink", "ink-soft") for ground in ("paper", "sheet")),
    *(("accent", ground) for ground in ("paper", "sheet", "accent-soft")),
    *((("ink", "accent-soft"), ("on-accent", "accent"), ("on-accent", "accent-pressed"), ("tile-ink", "tile"))),
]
EDGES = [("edge", "sheet"), ("edge", "paper"), ("accent", "sheet"), ("tile-edge", "tile")]


def colours(variant: str) -> dict[str, str]:
    css = (STATIC / "tokens.css").read_text("utf-8")
    light, dark = (re.findall(r"--([\w-]+): (#[0-9a-f]{6})", part) for part in css.split("prefers-color-scheme: dark"))
    return dict(light) | (dict(dark) if variant == "dark" else {})


def contrast(one: str, other: str) -> float:
    """WCAG 2.2: relative luminance of sRGB."""

    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    brighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def test_contrast_is_measured_as_the_standard_says() -> None:
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize("variant", ["light", "dark"])
def test_text_has_seven_to_one_and_edges_three_to_one(variant: str) -> None:
    known = colours(variant)
    weak = [(*pair, contrast(known[pair[0]], known[pair[1]])) for pair in TEXT]
    assert [row for row in weak if row[2] < 7] == []
    weak = [(*pair, contrast(known[pair[0]], known[pair[1]])) for pair in EDGES]
    assert [row for row in weak if row[2] < 3] == []


def test_the_font_has_every_character_that_the_pages_say() -> None:
    held = set((STATIC / "fonts" / "characters.txt").read_text("utf-8"))
    pages = [*(MAILBOX / "kiosk" / "templates").rglob("*.html"), MAILBOX / "web" / "problems.py"]
    said = "".join(page.read_text("utf-8") for page in pages) + "".join(
        picture.word + picture.group for picture in PICTURES
    )
    assert sorted({sign for sign in said if "\u2010" <= sign <= "\uffef"} - held) == []


def test_every_class_of_the_pages_has_a_style() -> None:
    styles = (STATIC / "paper.css").read_text("utf-8") + (STATIC / "tokens.css").read_text("utf-8")
    pages = "".join(page.read_text("utf-8") for page in (MAILBOX / "kiosk" / "templates").rglob("*.html"))
    used = {name for found in re.findall(r'class="([^"{]+)"', pages) for name in found.split()}
    assert sorted(name for name in used if f".{name}" not in styles) == []

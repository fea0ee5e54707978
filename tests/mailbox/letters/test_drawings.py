"""The 256 drawings as a child sees them: rendered by a browser on their tile, no two alike."""

from __future__ import annotations

from base64 import b64decode, b64encode
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser

from mailbox.letters.picture_words import PICTURES

FOLDER = Path(__file__).parents[3] / "mailbox" / "web" / "static" / "pictures"
PX = 64
# Mean difference of a colour, 0..255, both blurred to 16 by 16. The nearest two, a swan and a cloud, have 9.5.
LEAST_DIFFERENCE = 9
TILE = "#f1e5cd"
# The colours come as one text: four million numbers of their own would take ten times as long to cross.
DRAW = """async ([drawings, px, tile]) => {
  const seen = new Uint8Array(drawings.length * px * px * 4);
  let filled = 0;
  for (const drawing of drawings) {
    const image = new Image();
    image.src = "data:image/svg+xml;base64," + drawing;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: px, height: px });
    const paper = canvas.getContext("2d");
    paper.fillStyle = tile;
    paper.fillRect(0, 0, px, px);
    paper.drawImage(image, 0, 0, px, px);
    seen.set(paper.getImageData(0, 0, px, px).data, filled);
    filled += px * px * 4;
  }
  let text = "";
  for (let at = 0; at < filled; at += 8192) text += String.fromCharCode(...seen.subarray(at, at + 8192));
  return btoa(text);
}"""


@pytest.fixture(scope="module")
def seen(browser: Browser) -> np.ndarray:
    """Return 256 pictures of 64 by 64 colours."""
    page = browser.new_page()
    sized = [
        (FOLDER / p.file).read_text("utf-8").replace("<svg ", '<svg width="256" height="256" ', 1) for p in PICTURES
    ]
    drawings = [b64encode(drawing.encode()).decode() for drawing in sized]
    pixels = b64decode(page.evaluate(DRAW, [drawings, PX, TILE]))
    page.close()
    return np.frombuffer(pixels, dtype=np.uint8).astype(float).reshape(256, PX, PX, 4)[..., :3]


def test_every_drawing_is_seen_on_its_tile(seen: np.ndarray) -> None:
    paper = np.array([int(TILE[place : place + 2], 16) for place in (1, 3, 5)])
    inked = (np.abs(seen - paper).sum(axis=-1) > 20).mean(axis=(1, 2))
    assert [picture.word for picture, share in zip(PICTURES, inked, strict=True) if share < 0.1] == []


def test_no_two_drawings_look_alike(seen: np.ndarray) -> None:
    blurred = seen.reshape(256, 16, 4, 16, 4, 3).mean(axis=(2, 4)).reshape(256, -1)
    alike = [
        (PICTURES[one].word, PICTURES[other].word)
        for one, other in combinations(range(256), 2)
        if np.abs(blurred[one] - blurred[other]).mean() < LEAST_DIFFERENCE
    ]
    assert alike == []

"""Write static/pictures/sprite.svg from the single drawings. Run by hand; a test compares the result."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "mailbox" / "web" / "static" / "pictures"
_DRAWING = re.compile(
    r'<svg xmlns="http://www\.w3\.org/2000/svg"[^>]* viewBox="0 0 36 36"[^>]*>(.*)</svg>\s*', re.DOTALL
)


def sprite() -> str:
    """Return the sprite: one symbol a picture, in the order of the code. Raises ValueError for an odd drawing."""
    sys.path.insert(0, str(ROOT))
    from mailbox.letters.picture_words import PICTURES

    symbols = []
    for picture in PICTURES:
        drawing = _DRAWING.fullmatch((FOLDER / picture.file).read_text("utf-8"))
        if drawing is None:
            raise ValueError(f"{picture.file} is not drawn on 36 by 36")
        symbols.append(f'<symbol id="p{picture.index}" viewBox="0 0 36 36">{drawing[1]}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


if __name__ == "__main__":
    (FOLDER / "sprite.svg").write_text(sprite(), "utf-8")

"""Make static/pictures anew from pictures.toml: the drawings of @twemoji/svg, made small by svgo, and the sprite.

Run by hand after a change of the list or of a drawing; needs Node and the npm registry, nothing else of ours does:
`.venv/bin/python tools/make_pictures.py`. A test compares the sprite with the single drawings.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "mailbox" / "web" / "static" / "pictures"
PACKAGES = ("@twemoji/svg@15.0.0", "svgo@3.3.5")
# One decimal of 36 units is a fifth of a pixel where a picture is drawn largest (96 px and a sharp screen).
PRECISION = 1
# The view box stays: the sprite and the pages lay drawings of one size beside each other.
_SETTINGS = {
    "multipass": True,
    "floatPrecision": PRECISION,
    "plugins": [
        {
            "name": "preset-default",
            "params": {"overrides": {"removeViewBox": False, "convertPathData": {"floatPrecision": PRECISION}}},
        },
        "convertShapeToPath",
        {"name": "mergePaths", "params": {"force": False}},
    ],
}
_DRAWING = re.compile(r'<svg xmlns="http://www\.w3\.org/2000/svg" viewBox="0 0 36 36">(.*)</svg>\s*', re.DOTALL)


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


def drawings() -> None:
    """Write 000.svg to 255.svg from the package that pictures.toml names the drawings of."""
    import tomllib

    groups = tomllib.loads((ROOT / "mailbox" / "letters" / "pictures.toml").read_text("utf-8"))["group"]
    rows = [row for group in groups for row in group["pictures"]]
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        subprocess.run(["npm", "install", "--silent", "--prefix", name, *PACKAGES], check=True)
        (place / "svgo.config.js").write_text(f"module.exports = {json.dumps(_SETTINGS)}", "utf-8")
        (place / "in").mkdir()
        for row in rows:
            drawn = place / "node_modules" / "@twemoji" / "svg" / f"{row['emoji']}.svg"
            (place / "in" / row["file"]).write_bytes(drawn.read_bytes())
        svgo = [str(place / "node_modules" / ".bin" / "svgo"), "--config", str(place / "svgo.config.js")]
        subprocess.run([*svgo, "--quiet", "-f", str(place / "in"), "-o", str(place / "out")], check=True)
        for row in rows:
            small = (place / "out" / row["file"]).read_text("utf-8")
            (FOLDER / row["file"]).write_text(small.replace(' xml:space="preserve"', ""), "utf-8")


if __name__ == "__main__":
    drawings()
    (FOLDER / "sprite.svg").write_text(sprite(), "utf-8")

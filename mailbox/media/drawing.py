"""Pixels out of a PNG, JPEG or WebP, and a new PNG from them. Runs in the decoder's process only."""

from __future__ import annotations

from io import BytesIO
from typing import cast

from PIL import Image, ImagePalette, TiffImagePlugin
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from mailbox.errors import MediaRefused
from mailbox.media.forms import DRAWING, MAX_CLEAN_BYTES, MAX_SIDE, PAPER

# Each format's own reader, so that no file can choose another of Pillow's forty by what it says.
_READERS: dict[str, type[ImageFile]] = {"png": PngImageFile, "jpeg": JpegImageFile, "webp": WebPImageFile}
# The largest iPad's whole screen has 5.6 million. Four bytes each, and a few copies of them, fit an old PC.
_MOST_PIXELS = 8_000_000
_LONGEST_SIDE = 8_192
# A canvas is written in one scan and a camera's picture in ten. Each costs a walk over every pixel for a few bytes.
_MOST_SCANS = 64
_SCAN = b"\xff\xda"
# Pillow unpacks up to a megabyte for each of these, of which nothing is kept; a good file has one or two.
_MOST_PACKED = 64
_PACKED = (b"iCCP", b"zTXt", b"iTXt")
_MODES = ("1", "L", "LA", "P", "RGB", "RGBA")
# A sheet that holds one light colour only was left as it was; one that is black all over was not.
_LIGHT = 225

# Pillow would look for these at the first picture that needs them, when nothing can be opened any more: for a palette,
# for a camera's notes in a JPEG, for the list of formats.
_LOADED = (ImagePalette, TiffImagePlugin)
Image.preinit()


def draw_anew(form: str, content: bytes) -> bytes:
    """Return a PNG of the picture's pixels on paper. ``form``: png, jpeg, webp.

    Raises MediaRefused: too_large, not_a_drawing, empty; anything else that is raised means a broken file.
    """
    _require_quick(form, content)
    with _READERS[form](BytesIO(content)) as picture:
        width, height = picture.size
        if width * height > _MOST_PIXELS or max(width, height) > _LONGEST_SIDE:
            raise MediaRefused("too_large")
        if picture.mode not in _MODES or getattr(picture, "n_frames", 1) != 1:
            raise MediaRefused("not_a_drawing")
        picture.load()
        sheet = _on_paper(picture)
    if _is_bare(sheet):
        raise MediaRefused("empty")
    # Sharper ways leave rings around every stroke, and a file three times as large.
    sheet.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.BOX)
    while len(made := _as_png(sheet)) > MAX_CLEAN_BYTES[DRAWING]:
        # Strokes of a finger stay far below; this is for noise, and ends.
        sheet = sheet.reduce(2)
    return made


def _require_quick(form: str, content: bytes) -> None:
    """Refuse what keeps the reader busy for minutes with little. Among pixels such names stand by chance at most."""
    scans = content.count(_SCAN) if form == "jpeg" else 0
    packed = sum(content.count(name) for name in _PACKED) if form == "png" else 0
    if scans > _MOST_SCANS or packed > _MOST_PACKED:
        raise MediaRefused("not_a_drawing")


def _as_png(sheet: Image.Image) -> bytes:
    out = BytesIO()
    sheet.save(out, "PNG", compress_level=6)
    return out.getvalue()


def _on_paper(picture: Image.Image) -> Image.Image:
    """Return a new image that shares nothing with the file but its colours."""
    sheet = Image.new("RGB", picture.size, PAPER)
    if picture.mode in ("RGB", "L", "1") and "transparency" not in picture.info:
        sheet.paste(picture)
    else:
        coloured = picture.convert("RGBA")
        sheet.paste(coloured, mask=coloured.getchannel("A"))
    return sheet


def _is_bare(sheet: Image.Image) -> bool:
    extremes = cast(tuple[tuple[int, int], ...], sheet.getextrema())
    return all(high - low <= 2 and low >= _LIGHT for low, high in extremes)

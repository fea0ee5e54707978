"""A drawing becomes a PNG of its pixels on paper, and nothing else comes along."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, PngImagePlugin

from mailbox.errors import MediaRefused
from mailbox.media.clean import MAX_DRAWING_BYTES, MEDIA_TYPES, clean_drawing
from tests.mailbox.media.samples import GREEN, MARK, PAPER, RED, as_file, picture, scribble


def shown(made: bytes) -> Image.Image:
    with Image.open(BytesIO(made), formats=("PNG",)) as image:
        image.load()
    return image


def pixel(image: Image.Image, x: int, y: int) -> tuple[int, int, int]:
    red, green, blue = image.getpixel((x, y))  # type: ignore[misc]
    return red, green, blue


def refusal(content: bytes) -> str:
    with pytest.raises(MediaRefused) as refused:
        clean_drawing(content)
    return refused.value.reason


def with_chunk(png: bytes, name: bytes, content: bytes) -> bytes:
    """Put a chunk behind the header, which is the first one and 25 bytes long."""
    chunk = struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
    return png[:33] + chunk + png[33:]


def location() -> Image.Exif:
    """What a camera writes into a photograph: where it was taken, when and with what."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0132], exif[0x010E] = MARK, "2026:03:02 10:00:00", MARK
    exif[0x8825] = {1: "N", 2: (39.0, 54.0, 15.0), 3: "E", 4: (116.0, 23.0, 50.0)}
    return exif


def told() -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", MARK)
    info.add_text("Comment", MARK * 50, zip=True)
    info.add_itxt("Title", MARK, lang="zh", tkey=MARK)
    return info


METADATA: dict[str, Callable[[], bytes]] = {
    "png text": lambda: as_file(picture(), "PNG", pnginfo=told()),
    "png exif": lambda: as_file(picture(), "PNG", exif=location()),
    "png profile": lambda: as_file(picture(), "PNG", icc_profile=MARK.encode() * 10),
    "png time": lambda: with_chunk(as_file(picture(), "PNG"), b"tIME", bytes((7, 234, 3, 2, 10, 0, 0))),
    "png own chunk": lambda: with_chunk(as_file(picture(), "PNG"), b"prVt", MARK.encode()),
    "png behind the end": lambda: as_file(picture(), "PNG") + MARK.encode(),
    "jpeg": lambda: as_file(picture(mode="RGB"), "JPEG", exif=location(), comment=MARK, icc_profile=MARK.encode() * 10),
    "webp": lambda: as_file(
        picture(), "WEBP", exif=location(), xmp=f"<x>{MARK}</x>".encode(), icc_profile=MARK.encode()
    ),
}


@pytest.mark.parametrize("kind", METADATA)
def test_no_metadata_stays(kind: str) -> None:
    content = METADATA[kind]()
    made = clean_drawing(content).content
    # A profile is compressed, a time is six bytes.
    assert kind in {"png profile", "png time"} or MARK.encode() in content
    assert all(MARK.encode(spelling) not in made for spelling in ("ascii", "utf-16-le", "utf-16-be"))
    image = shown(made)
    assert dict(image.info) == {} and dict(image.getexif()) == {}
    assert chunks(made) == ["IHDR", "IDAT", "IEND"]


def chunks(made: bytes) -> list[str]:
    """The names of all chunks, each once, in their order."""
    at, names = 8, []
    while at < len(made):
        length, name = struct.unpack_from(">I4s", made, at)
        names.append(name.decode())
        at += 12 + length
    return list(dict.fromkeys(names))


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_strokes_lie_on_paper_where_the_canvas_is_clear(form: str) -> None:
    part = clean_drawing(as_file(picture(), form, lossless=True))
    assert (part.kind, part.seconds, MEDIA_TYPES[part.kind]) == ("drawing", None, "image/png")
    image = shown(part.content)
    assert (image.mode, image.size) == ("RGB", (800, 600))
    assert [pixel(image, 400, y) for y in (150, 300, 500)] == [RED, GREEN, PAPER]


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA"])
def test_every_kind_of_pixels_is_read(mode: str) -> None:
    image = shown(clean_drawing(as_file(picture(mode=mode), "PNG")).content)
    assert image.size == (800, 600) and len(image.getcolors() or []) > 1


def test_half_clear_ink_is_mixed_with_the_paper() -> None:
    ink = Image.new("RGBA", (40, 40), (0, 0, 0, 128))
    ink.paste((0, 0, 0, 255), (0, 0, 20, 40))
    image = shown(clean_drawing(as_file(ink, "PNG")).content)
    assert pixel(image, 10, 10) == (0, 0, 0)
    assert all(110 <= channel <= 130 for channel in pixel(image, 30, 30))


def test_a_jpeg_is_read_too() -> None:
    image = shown(clean_drawing(as_file(picture(mode="RGB"), "JPEG", quality=95)).content)
    assert all(abs(got - meant) < 12 for got, meant in zip(pixel(image, 400, 150), RED, strict=True))


def test_a_lossy_webp_of_a_large_canvas_is_read_by_several_threads_behind_closed_doors() -> None:
    image = shown(clean_drawing(as_file(picture(1_600, 1_200, "RGB"), "WEBP", quality=80)).content)
    assert image.size == (1_600, 1_200)


def test_a_large_canvas_becomes_smaller_and_keeps_its_shape() -> None:
    image = shown(clean_drawing(as_file(picture(2_732, 2_048), "PNG")).content)
    assert image.size == (2_048, 1_535)
    assert pixel(image, 1_000, 384) == RED


def test_a_drawing_full_of_strokes_stays_far_below_what_is_kept() -> None:
    content = as_file(scribble(1_600, 1_000), "PNG")
    assert len(clean_drawing(content).content) < MAX_DRAWING_BYTES / 4


@pytest.mark.slow
def test_noise_that_would_be_too_large_is_kept_with_fewer_pixels() -> None:
    noise = Image.effect_noise((2_800, 2_800), 90).convert("RGB")
    made = clean_drawing(as_file(noise, "JPEG", quality=30)).content
    assert len(made) <= MAX_DRAWING_BYTES and shown(made).size == (1_024, 1_024)


BARE: list[Any] = [
    Image.new("RGBA", (300, 200), (0, 0, 0, 0)),
    Image.new("RGB", (300, 200), PAPER),
    Image.new("RGB", (300, 200), "white"),
]


@pytest.mark.parametrize("image", BARE, ids=["clear", "paper", "white"])
def test_a_sheet_without_a_stroke_is_empty(image: Image.Image) -> None:
    assert refusal(as_file(image, "PNG")) == "empty"
    assert refusal(b"") == "empty"


def test_a_sheet_painted_all_over_in_one_colour_is_a_drawing() -> None:
    assert shown(clean_drawing(as_file(Image.new("RGB", (300, 200), "black"), "PNG")).content).size == (300, 200)


def test_one_dot_is_a_drawing() -> None:
    dot = Image.new("RGBA", (300, 200), (0, 0, 0, 0))
    dot.putpixel((150, 100), (0, 0, 0, 255))
    assert pixel(shown(clean_drawing(as_file(dot, "PNG")).content), 150, 100) == (0, 0, 0)


def moving(form: str) -> bytes:
    return as_file(picture(64, 64), form, save_all=True, append_images=[picture(64, 64).rotate(90)], duration=100)


NOT_DRAWINGS: dict[str, Callable[[], bytes]] = {
    "gif": lambda: as_file(picture(64, 64), "GIF"),
    "tiff": lambda: as_file(picture(64, 64), "TIFF"),
    "bmp": lambda: as_file(picture(64, 64, "RGB"), "BMP"),
    "svg": lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html": lambda: b"<!doctype html><p>hello",
    "zip": lambda: b"PK\x03\x04" + bytes(100),
    "pdf": lambda: b"%PDF-1.7\n",
    "moving png": lambda: moving("PNG"),
    "moving webp": lambda: moving("WEBP"),
    "jpeg of four inks": lambda: as_file(Image.new("CMYK", (64, 64), (90, 10, 10, 0)), "JPEG"),
}


@pytest.mark.parametrize("kind", NOT_DRAWINGS)
def test_what_no_canvas_gives_is_not_a_drawing(kind: str) -> None:
    assert refusal(NOT_DRAWINGS[kind]()) == "not_a_drawing"


def test_the_part_shows_nothing_of_its_content_when_printed() -> None:
    assert "PNG" not in repr(clean_drawing(as_file(picture(64, 64), "PNG")))

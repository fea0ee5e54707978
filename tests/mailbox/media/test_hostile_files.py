"""Broken and hostile files: always an answer or a reason, never anything else, and never more than the limits allow."""

from __future__ import annotations

import random
import struct
import zlib
from ast import literal_eval
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from mailbox.errors import MediaRefused
from mailbox.media import process
from mailbox.media.clean import CleanPart, clean_drawing, clean_voice
from mailbox.media.forms import MAX_CLEAN_BYTES
from tests.mailbox.media.samples import as_file, picture, recording
from tests.mailbox.media.test_drawings import with_chunk

REFUSED = {"broken", "not_a_drawing", "not_a_recording", "too_large", "too_long", "empty"}


def outcome(act: Callable[[bytes], CleanPart], content: bytes) -> str:
    try:
        part = act(content)
    except MediaRefused as refused:
        return refused.reason
    assert part.content
    return "kept"


# --- pictures that unfold -------------------------------------------------------------------------


def png_of(width: int, height: int, rows: bytes) -> bytes:
    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def jpeg_that_says(width: int, height: int) -> bytes:
    content = as_file(picture(64, 64, "RGB"), "JPEG")
    at = content.index(b"\xff\xc0") + 5
    return content[:at] + struct.pack(">HH", height, width) + content[at + 4 :]


def told_at_length() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "x" * 60_000_000, zip=True)
    return as_file(picture(64, 64), "PNG", pnginfo=info)


def in_many_scans() -> bytes:
    """A picture in scans, whose last one comes 500 times more: each is 20 bytes, and a walk over every pixel."""
    content = as_file(picture(64, 64, "RGB"), "JPEG", progressive=True)
    end = content.rindex(b"\xff\xd9")
    return content[:end] + content[content.rindex(b"\xff\xda") : end] * 500 + content[end:]


def with_many(name: bytes, packed: bytes) -> bytes:
    """A picture with 500 pieces beside its pixels, each of which would be unpacked to most of a megabyte."""
    content = as_file(picture(64, 64), "PNG")
    for _ in range(500):
        content = with_chunk(content, name, packed)
    return content


BOMBS: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    "60,000 by 60,000": (lambda: png_of(60_000, 60_000, bytes(1_000_000)), {"too_large"}),
    "one very long line": (lambda: png_of(7_900_000, 1, bytes(31_600_001)), {"too_large"}),
    "2,147,483,647 wide": (lambda: png_of(2**31 - 1, 2**31 - 1, b""), {"too_large", "broken"}),
    "no pixels": (lambda: png_of(0, 0, b""), {"broken"}),
    "fewer pixels than said": (lambda: png_of(2_000, 2_000, bytes(100)), {"broken"}),
    "more pixels than said": (lambda: png_of(8, 8, bytes(50_000_000)), {"kept", "empty", "broken"}),
    "jpeg of 65,500": (lambda: jpeg_that_says(65_500, 65_500), {"too_large"}),
    "webp of 16,383": (lambda: as_file(Image.new("L", (16_383, 600)), "WEBP", lossless=True), {"too_large"}),
    "a text of 60 million letters": (told_at_length, {"broken"}),
    "a chunk that is half of all": (
        lambda: with_chunk(as_file(picture(64, 64), "PNG"), b"tEXt", b"a\0" + bytes(3_000_000)),
        {"kept", "broken"},
    ),
    "a jpeg of 500 scans": (in_many_scans, {"not_a_drawing"}),
    "500 colour profiles": (lambda: with_many(b"iCCP", b"a\0\0" + zlib.compress(bytes(900_000))), {"not_a_drawing"}),
    "500 packed texts": (
        lambda: with_many(b"iTXt", b"a\0\1\0\0\0" + zlib.compress(bytes(1_000))),
        {"not_a_drawing"},
    ),
    "a chunk longer than the file": (
        lambda: as_file(picture(64, 64), "PNG")[:33] + b"\x7f\xff\xff\xfftEXtabc",
        {"broken"},
    ),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_a_picture_that_would_fill_the_memory_is_refused(kind: str) -> None:
    make, expected = BOMBS[kind]
    content = make()
    assert len(content) < 4 * 2**20
    assert outcome(clean_drawing, content) in expected


# --- files that are cut or damaged ----------------------------------------------------------------

# The real reader, behind the real doors, again and again, on files that follow each other behind their lengths: a
# crash or an exception that is none of the ordinary ones would end the process. Tells how often each thing happened.
_AGAIN = """import sys
sys.path[:] = [sys.argv[3], *sys.path, *sys.argv[4:]]
from collections import Counter
from importlib import import_module
from mailbox.errors import MediaRefused
from mailbox.media import decoder
kind, form = sys.argv[1:3]
module, name = decoder.WORKS[kind]
once = getattr(import_module(module), name)
class Again:
    @staticmethod
    def work(_form, content):
        found, at = Counter(), 0
        while at < len(content):
            length = int.from_bytes(content[at : at + 4], "big")
            wrong, at = content[at + 4 : at + 4 + length], at + 4 + length
            try:
                once(form, wrong)
                found["kept"] += 1
            except MediaRefused as refused:
                found[refused.reason] += 1
            except ImportError:
                raise
            except Exception:
                found["broken"] += 1
        return repr(dict(found)).encode()
sys.modules["again"] = Again
decoder.WORKS = {kind: ("again", "work")}
decoder.main(kind, form)
"""

SMALL: dict[str, Callable[[], bytes]] = {
    "drawing png": lambda: as_file(picture(200, 150), "PNG"),
    "drawing jpeg": lambda: as_file(picture(200, 150, "RGB"), "JPEG"),
    "drawing webp": lambda: as_file(picture(200, 150), "WEBP"),
    "voice webm": lambda: recording("chromium", 0.5, bits=16_000),
    "voice ogg": lambda: recording("firefox", 0.5, bits=16_000),
    "voice mp4": lambda: recording("ipad", 0.5, bits=16_000),
}


def found_in(kind: str, wrongs: list[bytes]) -> dict[str, int]:
    content = b"".join(struct.pack(">I", len(wrong)) + wrong for wrong in wrongs)
    answer = process.run_closed(process.command(_AGAIN, *kind.split()), content, 2**16)
    found: dict[str, int] = literal_eval(process.understood(answer).decode())
    assert sum(found.values()) == len(wrongs)
    assert set(found) <= REFUSED | {"kept"}
    return found


@pytest.mark.slow
@pytest.mark.parametrize("kind", SMALL)
def test_a_file_cut_at_every_tenth_byte_is_kept_or_refused(kind: str) -> None:
    content = SMALL[kind]()
    found = found_in(kind, [content[:end] for end in range(0, len(content), 10)])
    assert sum(found.values()) - found.get("kept", 0) > 0


@pytest.mark.slow
@pytest.mark.parametrize("kind", SMALL)
def test_a_damaged_file_is_kept_or_refused(kind: str) -> None:
    content = SMALL[kind]()
    dice = random.Random(11)
    wrongs = []
    for _ in range(200):
        wrong = bytearray(content)
        for _ in range(dice.choice([1, 3, 30])):
            wrong[dice.randrange(len(wrong))] = dice.randrange(256)
        at = dice.randrange(len(wrong))
        wrong = wrong if dice.random() < 0.7 else wrong[:at] + wrong[at + dice.randrange(50) :]
        # A reader that stops at a wrong checksum would never meet the damage.
        wrongs.append({"drawing png": png_with_right_sums, "voice ogg": ogg_with_right_sums}.get(kind, bytes)(wrong))
    found = found_in(kind, wrongs)
    assert found["kept"] > 0 and found["kept"] < len(wrongs)


def png_with_right_sums(png: bytes) -> bytes:
    made, at = bytearray(png), 8
    while at + 12 <= len(made):
        length = int.from_bytes(made[at : at + 4], "big")
        end = at + 8 + length
        made[end : end + 4] = struct.pack(">I", zlib.crc32(made[at + 4 : end]))
        at = end + 4
    return bytes(made)


@pytest.mark.parametrize("kind", SMALL)
def test_half_a_file_is_kept_or_refused(kind: str) -> None:
    content = SMALL[kind]()
    act = clean_drawing if kind.startswith("drawing") else clean_voice
    assert outcome(act, content[: len(content) // 2]) in REFUSED | {"kept"}


# --- any bytes at all -----------------------------------------------------------------------------

STARTS = [
    b"",
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    b"\xff\xd8\xff\xe1",
    b"RIFF\xff\xff\0\0WEBPVP8 ",
    b"\x1a\x45\xdf\xa3",
    b"OggS\0\2",
    b"\0\0\0\x18ftypmp42",
    b"\0\0\0\x18ftypheic",
]


@given(start=st.sampled_from(STARTS), rest=st.binary(max_size=3_000))
@example(start=b"\0\0\0\x18ftypheic", rest=b"")
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_bytes_are_an_answer_or_a_reason(start: bytes, rest: bytes) -> None:
    for act in (clean_drawing, clean_voice):
        assert outcome(act, start + rest) in REFUSED | {"kept"}


def test_megabytes_of_noise_behind_every_beginning_are_refused() -> None:
    noise = random.Random(5).randbytes(3_000_000)
    for start in STARTS:
        for act in (clean_drawing, clean_voice):
            assert outcome(act, start + noise) in REFUSED


# --- sound that unfolds ---------------------------------------------------------------------------


def test_a_recording_that_speaks_of_a_gap_of_hours_is_not_filled_with_silence() -> None:
    """Two recordings in one Ogg file, of which the second says that it begins a week later."""
    content = recording("firefox", 1)
    pages = content.split(b"OggS")[1:]
    last = pages[-1]
    late = last[:2] + struct.pack("<q", 48_000 * 3_600 * 24 * 7) + last[10:]
    wrong = b"".join(b"OggS" + page for page in [*pages[:-1], late])
    part = clean_voice(ogg_with_right_sums(wrong))
    assert part.seconds in {1, 2}
    assert len(part.content) < MAX_CLEAN_BYTES["voice"] / 50


def test_a_recording_of_more_pieces_than_three_minutes_can_have_is_too_long() -> None:
    """None of them sounds, so the recording never gets longer; each costs the time of its refusal."""
    content = recording("firefox", 1)
    page = content[content.rindex(b"OggS") :]
    wrong = page[:5] + b"\0" + page[6:26] + bytes([255]) + bytes([2]) * 255 + b"\xff\xfe" * 255
    assert outcome(clean_voice, content + ogg_with_right_sums(wrong) * 300) == "too_long"


def ogg_with_right_sums(ogg: bytes) -> bytes:
    """Put the checksum of each page right, so that the demuxer believes it."""
    made = []
    for page in ogg.split(b"OggS")[1:]:
        bare = bytearray(b"OggS" + page)
        bare[22:26] = bytes(4)
        bare[22:26] = struct.pack("<I", _ogg_sum(bytes(bare)))
        made.append(bytes(bare))
    return b"".join(made)


def _ogg_sum(page: bytes) -> int:
    total = 0
    for byte in page:
        total = (total << 8 & 0xFFFF_FFFF) ^ _OGG_SUMS[total >> 24 ^ byte]
    return total


def _ogg_sum_of(byte: int) -> int:
    total = byte << 24
    for _ in range(8):
        total = ((total << 1) ^ 0x04C11DB7 if total & 0x8000_0000 else total << 1) & 0xFFFF_FFFF
    return total


_OGG_SUMS = [_ogg_sum_of(byte) for byte in range(256)]


def test_an_mp4_that_leads_to_another_file_leads_nowhere() -> None:
    """A `url ` entry without its flag says that the sound lies in another file; it is never looked for."""
    content = recording("ipad", 1)
    at = content.index(b"url \0\0\0\1")
    wrong = content[:at] + b"url \0\0\0\0" + content[at + 8 :]
    assert outcome(clean_voice, wrong) in REFUSED | {"kept"}

"""The forms in which drawings and recordings come and are kept. Pure: looks at bytes, decodes nothing.

Owns the shape of what we keep, and holds every answer of the decoder against it: a PNG of size and pixels only, an MP3
of equal frames only. So there is no place for metadata, whatever the decoder was made to do.
"""

from __future__ import annotations

import struct

from mailbox.errors import MediaRefused

DRAWING = "drawing"
VOICE = "voice"

# What lies under a clear canvas: the paper on which children draw, also where the tablet is dark (drawing.js).
PAPER = (0xFF, 0xFD, 0xF7)
MAX_SIDE = 2_048
RATE = 24_000
BITS_A_SECOND = 48_000
# MPEG-2 layer III: a frame is 576 samples, and at this rate exactly 144 bytes, without padding.
FRAME_SAMPLES = 576
FRAME_BYTES = 144
# Sync word, MPEG-2, layer III, no checksum; then 48 kbit/s at 24 kHz.
_FRAME_START = bytes((0xFF, 0xF3, 0x64))
# The two seconds that recorders stop late, and what the encoder puts around.
LONGEST_SECONDS = 182
MAX_CLEAN_BYTES = {DRAWING: 4 * 2**20, VOICE: (LONGEST_SECONDS + 1) * BITS_A_SECOND // 8}

_PNG = b"\x89PNG\r\n\x1a\n"
_RGB = b"\x08\x02\x00\x00\x00"


def drawing_format(content: bytes) -> str:
    """Return png, jpeg or webp by the first bytes. Raises MediaRefused: not_a_drawing."""
    if content.startswith(_PNG):
        return "png"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    raise MediaRefused("not_a_drawing")


def voice_format(content: bytes) -> str:
    """Return webm, ogg or mp4 by the first bytes. Raises MediaRefused: not_a_recording."""
    if content.startswith(b"\x1a\x45\xdf\xa3"):
        return "webm"
    if content.startswith(b"OggS"):
        return "ogg"
    if content[4:8] == b"ftyp":
        return "mp4"
    raise MediaRefused("not_a_recording")


def seconds_of(voice: bytes) -> float:
    """Return how long a voice of ours sounds."""
    return len(voice) // FRAME_BYTES * FRAME_SAMPLES / RATE


def require_plain(kind: str, made: bytes) -> None:
    """Hold what the decoder made against the shape that we keep. Raises MediaRefused: unavailable."""
    plain = _is_plain_png(made) if kind == DRAWING else _is_plain_mp3(made)
    if not plain or len(made) > MAX_CLEAN_BYTES[kind]:
        raise MediaRefused("unavailable")


def _is_plain_png(made: bytes) -> bool:
    at, names = len(_PNG), []
    while at + 12 <= len(made):
        length, name = struct.unpack_from(">I4s", made, at)
        names.append((name, length))
        at += 12 + length
    if not made.startswith(_PNG) or at != len(made) or names[:1] != [(b"IHDR", 13)] or names[-1:] != [(b"IEND", 0)]:
        return False
    width, height = struct.unpack_from(">II", made, 16)
    return (
        {name for name, _ in names[1:-1]} == {b"IDAT"}
        and made[24:29] == _RGB
        and 1 <= width <= MAX_SIDE
        and 1 <= height <= MAX_SIDE
    )


def _is_plain_mp3(made: bytes) -> bool:
    starts = [made[at : at + 3] for at in range(0, len(made), FRAME_BYTES)]
    return len(made) % FRAME_BYTES == 0 and set(starts) == {_FRAME_START}

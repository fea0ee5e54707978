"""What a child drew or said, made anew from its pixels or its sound alone. Owns what is taken and what is given.

Nothing here decodes: that happens in a process of its own (``decoder``), which is not trusted with its answer either.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mailbox.errors import MediaRefused
from mailbox.media.forms import DRAWING, MAX_CLEAN_BYTES, VOICE, drawing_format, require_plain, seconds_of, voice_format
from mailbox.media.process import ask_decoder

__all__ = [
    "DRAWING",
    "MAX_DRAWING_BYTES",
    "MAX_VOICE_BYTES",
    "MAX_VOICE_SECONDS",
    "MEDIA_TYPES",
    "VOICE",
    "CleanPart",
    "MediaRefused",
    "clean_drawing",
    "clean_voice",
]

MEDIA_TYPES = {DRAWING: "image/png", VOICE: "audio/mpeg"}
# What may be sent. A canvas of a large tablet full of strokes is a tenth of the first; three minutes at the highest
# rate that a browser chooses by itself (iPad, 192 kbit/s) are 4.3 MB.
MAX_DRAWING_BYTES = 4 * 2**20
MAX_VOICE_BYTES = 6 * 2**20
# The page stops the recorder here; two seconds more are taken, since recorders stop a little late.
MAX_VOICE_SECONDS = 180


@dataclass(frozen=True)
class CleanPart:
    """A drawing or a recording that may be kept. ``kind``: drawing, voice; ``seconds`` of a voice, at least 1."""

    kind: str
    content: bytes = field(repr=False)
    seconds: int | None


def clean_drawing(content: bytes) -> CleanPart:
    """Decode a PNG, JPEG or WebP as a browser's canvas gives it, and return a PNG of its pixels alone.

    At most 2,048 pixels wide and high, on the paper's colour, no alpha, no metadata.
    Raises MediaRefused: empty, too_large, not_a_drawing, broken, unavailable.
    """
    return CleanPart(DRAWING, _made_anew(DRAWING, content), None)


def clean_voice(content: bytes) -> CleanPart:
    """Decode WebM, Ogg or MP4 as a browser's recorder gives it, and return an MP3 of its sound alone.

    One voice, 24,000 samples and 48 kbit a second, no metadata; 360,000 bytes a minute.
    Raises MediaRefused: empty, too_large, too_long, not_a_recording, broken, unavailable.
    """
    made = _made_anew(VOICE, content)
    return CleanPart(VOICE, made, max(1, round(seconds_of(made))))


def _made_anew(kind: str, content: bytes) -> bytes:
    if not content:
        raise MediaRefused("empty")
    if len(content) > (MAX_DRAWING_BYTES if kind == DRAWING else MAX_VOICE_BYTES):
        raise MediaRefused("too_large")
    form = drawing_format(content) if kind == DRAWING else voice_format(content)
    made = ask_decoder(kind, form, content, MAX_CLEAN_BYTES[kind])
    require_plain(kind, made)
    return made

"""Drawings and recordings for the tests, made by the same libraries: no files are kept, nobody's voice is in them."""

from __future__ import annotations

import math
import random
from array import array
from functools import cache
from io import BytesIO
from itertools import pairwise
from typing import Any

import av
from PIL import Image, ImageDraw

PAPER = (0xFF, 0xFD, 0xF7)
RED, GREEN = (200, 30, 30), (18, 87, 74)
# Stands in every piece of metadata; no output may hold it.
MARK = "mark-of-mine-4711"
PITCH = 440


def picture(width: int = 800, height: int = 600, mode: str = "RGBA") -> Image.Image:
    """A red stroke and a green one on nothing, as a canvas has them."""
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.line((0, height // 4, width, height // 4), fill=RED, width=20)
    draw.line((0, height // 2, width, height // 2), fill=GREEN, width=20)
    if mode == "RGBA":
        return image
    flat = Image.new("RGB", image.size, PAPER)
    flat.paste(image, mask=image.getchannel("A"))
    return flat.convert(mode)


def as_file(image: Image.Image, form: str, **wishes: Any) -> bytes:
    out = BytesIO()
    image.save(out, form, **wishes)
    return out.getvalue()


def scribble(width: int, height: int) -> Image.Image:
    """Sixty long strokes in eight colours, always the same ones, drawn smoothly: a child that took its time."""
    dice = random.Random(7)
    colours = ["#222222", "#c01818", "#1858c0", "#12574a", "#e09000", "#7a3ea0", "#6b4a2a", "#d870a0"]
    sheet = Image.new("RGB", (width * 2, height * 2), PAPER)
    draw = ImageDraw.Draw(sheet)
    for _ in range(60):
        x, y = dice.randrange(width * 2), dice.randrange(height * 2)
        points = []
        for _ in range(60):
            x, y = x + dice.randrange(-90, 91), y + dice.randrange(-90, 91)
            points.append((x, y))
        draw.line(points, fill=dice.choice(colours), width=dice.choice([12, 28, 60]), joint="curve")
    return sheet.resize((width, height), Image.Resampling.BOX)


class _Pipe:
    """A file that cannot be sought in: what a recorder writes to."""

    def __init__(self) -> None:
        self.content = bytearray()

    def write(self, piece: bytes) -> int:
        self.content += piece
        return len(piece)


# What MediaRecorder writes, by browser: the container, the codec, its rate, and how the container is laid out.
_FRAGMENTS = {"movflags": "empty_moov+default_base_moof+frag_keyframe", "frag_duration": "250000"}
RECORDERS: dict[str, tuple[str, str, int, dict[str, str]]] = {
    "chromium": ("webm", "libopus", 48_000, {"live": "1"}),
    "firefox": ("ogg", "libopus", 48_000, {}),
    "ipad": ("mp4", "aac", 44_100, _FRAGMENTS),
    "chromium-mp4": ("mp4", "libopus", 48_000, _FRAGMENTS),
}


@cache
def recording(recorder: str, seconds: float = 2, *, channels: str = "mono", bits: int = 64_000) -> bytes:
    """A tone of PITCH, as the recorder of that browser writes it, with MARK in all metadata that the container has."""
    container, codec, rate, layout = RECORDERS[recorder]
    return made_sound(container, codec, rate, seconds, layout, channels=channels, bits=bits)


def made_sound(
    container: str,
    codec: str,
    rate: int,
    seconds: float,
    layout: dict[str, str] | None = None,
    *,
    channels: str = "mono",
    bits: int = 64_000,
) -> bytes:
    pipe: Any = BytesIO() if layout is None else _Pipe()
    with av.open(pipe, "w", format=container, container_options=layout or {}) as out:
        out.metadata.update({"title": MARK, "comment": MARK, "location": MARK, "creation_time": "2026-03-02T02:00:00Z"})
        stream: Any = out.add_stream(codec, rate=rate)
        stream.layout = channels
        if bits:
            stream.bit_rate = bits
        stream.metadata.update({"title": MARK, "handler_name": MARK})
        # A tenth of a second holds whole waves, so it can be repeated.
        tenth = array("h", (int(9_000 * math.sin(2 * math.pi * PITCH * n / rate)) for n in range(rate // 10))).tobytes()
        for number in range(round(seconds * 10)):
            frame = av.AudioFrame(format="s16", layout="mono", samples=rate // 10)
            frame.sample_rate, frame.pts = rate, number * (rate // 10)
            frame.planes[0].update(tenth)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return pipe.getvalue() if layout is None else bytes(pipe.content)


@cache
def video(*, with_voice: bool) -> bytes:
    """Half a second of a moving picture in WebM."""
    out = BytesIO()
    with av.open(out, "w", format="webm") as container:
        moving: Any = container.add_stream("libvpx", rate=10)
        moving.width, moving.height, moving.pix_fmt = 64, 64, "yuv420p"
        voice: Any = container.add_stream("libopus", rate=48_000) if with_voice else None
        if voice:
            voice.layout = "mono"
        for number in range(5):
            frame = av.VideoFrame(64, 64, "yuv420p")
            frame.pts = number
            container.mux(moving.encode(frame))
        container.mux(moving.encode(None))
        if voice:
            sound = av.AudioFrame(format="s16", layout="mono", samples=24_000)
            sound.sample_rate, sound.pts = 48_000, 0
            sound.planes[0].update(bytes(48_000))
            container.mux(voice.encode(sound))
            container.mux(voice.encode(None))
    return out.getvalue()


def heard(voice: bytes) -> tuple[float, float]:
    """Decode a voice of ours; return how many seconds it sounds, and how high, in waves a second."""
    samples = array("h")
    with av.open(BytesIO(voice), "r", format="mp3") as container:
        turner = av.AudioResampler(format="s16", layout="mono")
        for frame in container.decode(audio=0):
            frame.pts = None
            for turned in turner.resample(frame):
                samples.frombytes(bytes(turned.planes[0])[: turned.samples * 2])
        rate = container.streams.audio[0].sample_rate
    # Counted in the middle, where no encoder begins or ends.
    middle = samples[len(samples) // 4 : -len(samples) // 4]
    waves = sum(1 for one, other in pairwise(middle) if one < 0 <= other)
    return len(samples) / rate, waves / (len(middle) / rate)

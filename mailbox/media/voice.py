"""Sound out of WebM, Ogg or MP4, and a new MP3 from it. Runs in the decoder's process only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from fractions import Fraction
from io import BytesIO
from typing import Any, cast

import av

# PyAV would look for these two at the first file, when nothing can be opened any more.
import av.subtitles.stream
import av.video.stream
from av.audio.codeccontext import AudioCodecContext
from av.audio.fifo import AudioFifo
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.filter import Graph

from mailbox.errors import MediaRefused
from mailbox.media.forms import BITS_A_SECOND, FRAME_SAMPLES, LONGEST_SECONDS, RATE

# Which demuxer reads a form, and what may be in it: Chromium and Firefox record Opus, Safari AAC.
_DEMUXERS = {"webm": "matroska", "ogg": "ogg", "mp4": "mp4"}
_CODECS = {"webm": ("opus",), "ogg": ("opus",), "mp4": ("aac", "opus")}
_MOST_CHANNELS = 2
_RATES = range(8_000, 96_001)
# Of LAME's 0 (careful) to 9: two to four times as quick as its own choice. The rate is generous enough for speech.
_QUICKNESS = "7"
# Opus has no shorter ones than of 2.5 ms. Pieces that do not sound are refused one by one, and make nothing longer.
_MOST_PIECES = LONGEST_SECONDS * 400
# Shorter is a slip of the finger.
_SHORTEST_SECONDS = 0.2


def say_anew(form: str, content: bytes) -> bytes:
    """Return an MP3 of the recording's sound. ``form``: webm, ogg, mp4.

    A piece that cannot be decoded is passed over, so that what can be heard is kept; times in the file are not
    believed, so that no gap of an hour is filled with silence.
    Raises MediaRefused: not_a_recording, too_long, empty; anything else that is raised means a broken file.
    """
    sound = _Sound()
    with _opened(form, content) as container:
        stream = _only_voice(form, container)
        for frame in _frames(container, stream):
            sound.add(frame)
    return sound.finished()


def _opened(form: str, content: bytes) -> Any:
    limits = {
        "format_whitelist": _DEMUXERS[form],
        "codec_whitelist": ",".join(_CODECS[form]),
        # No file of any kind leads to another one, by name or by address.
        "protocol_whitelist": "none",
    }
    return av.open(BytesIO(content), "r", format=_DEMUXERS[form], container_options=limits, io_open=_open_nothing)


def _open_nothing(*_: object) -> None:
    raise PermissionError


def _only_voice(form: str, container: Any) -> AudioStream:
    streams = list(container.streams)
    if len(streams) != 1 or not isinstance(streams[0], AudioStream):
        raise MediaRefused("not_a_recording")
    context = streams[0].codec_context
    if context.name not in _CODECS[form] or context.channels > _MOST_CHANNELS or context.sample_rate not in _RATES:
        raise MediaRefused("not_a_recording")
    return streams[0]


def _frames(container: Any, stream: AudioStream) -> Iterator[AudioFrame]:
    stream.codec_context.thread_count = 1
    # A file that ends in the midst of a piece ends there.
    with suppress(av.FFmpegError):
        for number, packet in enumerate(container.demux(stream)):
            if number > _MOST_PIECES:
                raise MediaRefused("too_long")
            decoded: list[Any] = []
            with suppress(av.FFmpegError):
                decoded = packet.decode()
            yield from decoded


class _Sound:
    """Takes decoded sound of any rate and makes frames of ours; holds one frame of sound, never the whole recording."""

    def __init__(self) -> None:
        encoder = AudioCodecContext.create("libmp3lame", "w")
        encoder.sample_rate, encoder.layout, encoder.format = RATE, "mono", "s16p"
        encoder.bit_rate = BITS_A_SECOND
        encoder.options = {"compression_level": _QUICKNESS}
        self._encoder = encoder
        self._fifo = AudioFifo()
        self._turner: _Turner | None = None
        self._made: list[bytes] = []
        self._samples = 0

    def add(self, frame: AudioFrame) -> None:
        frame.pts = None
        if self._turner is None or not self._turner.takes(frame):
            # The recording begins, or goes on with another rate or number of channels.
            self._empty_turner()
            self._turner = _Turner(frame)
        self._keep(self._turner.turned(frame))

    def finished(self) -> bytes:
        self._empty_turner()
        if self._samples < _SHORTEST_SECONDS * RATE:
            raise MediaRefused("empty")
        rest = self._fifo.read(0, True)
        if rest is not None:
            self._encode(rest)
        self._encode(None)
        return b"".join(self._made)

    def _empty_turner(self) -> None:
        if self._turner is not None:
            self._keep(self._turner.turned(None))

    def _keep(self, turned: Iterable[AudioFrame]) -> None:
        for frame in turned:
            self._samples += frame.samples
            if self._samples > LONGEST_SECONDS * RATE:
                raise MediaRefused("too_long")
            frame.pts = None
            self._fifo.write(frame)
        for ready in self._fifo.read_many(FRAME_SAMPLES):
            self._encode(ready)

    def _encode(self, frame: AudioFrame | None) -> None:
        self._made += [bytes(packet) for packet in self._encoder.encode(frame)]


class _Turner:
    """Turns sound of one rate and number of channels into ours; PyAV's own would start a thread for every processor."""

    def __init__(self, template: AudioFrame) -> None:
        self._form = _form_of(template)
        name, layout, rate = self._form
        self._graph = Graph()
        self._graph.threads = 1
        source = self._graph.add_abuffer(sample_rate=rate, format=name, layout=layout, time_base=Fraction(1, rate))
        ours = self._graph.add("aformat", sample_rates=str(RATE), sample_fmts="s16p", channel_layouts="mono")
        self._graph.link_nodes(source, ours, self._graph.add("abuffersink")).configure()

    def takes(self, frame: AudioFrame) -> bool:
        return _form_of(frame) == self._form

    def turned(self, frame: AudioFrame | None) -> Iterator[AudioFrame]:
        """Take a frame, or None at the end; give what is ready."""
        self._graph.push(frame)
        # Nothing more is ready, or nothing more comes.
        with suppress(av.BlockingIOError, EOFError):
            while True:
                yield cast(AudioFrame, self._graph.pull())


def _form_of(frame: AudioFrame) -> tuple[str, str, int]:
    return frame.format.name, frame.layout.name, frame.sample_rate

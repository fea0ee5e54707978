"""A recording of any browser becomes an MP3 of its sound, and nothing else comes along."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mailbox.errors import MediaRefused
from mailbox.media.clean import MAX_VOICE_BYTES, MAX_VOICE_SECONDS, MEDIA_TYPES, clean_voice
from tests.mailbox.media.samples import MARK, PITCH, RECORDERS, as_file, heard, made_sound, picture, recording, video


def refusal(content: bytes) -> str:
    with pytest.raises(MediaRefused) as refused:
        clean_voice(content)
    return refused.value.reason


@pytest.mark.parametrize("recorder", RECORDERS)
def test_what_a_browser_records_sounds_the_same_afterwards(recorder: str) -> None:
    part = clean_voice(recording(recorder))
    assert (part.kind, part.seconds, MEDIA_TYPES[part.kind]) == ("voice", 2, "audio/mpeg")
    seconds, pitch = heard(part.content)
    assert seconds == pytest.approx(2, abs=0.2)
    assert pitch == pytest.approx(PITCH, rel=0.01)


@pytest.mark.parametrize("recorder", RECORDERS)
def test_no_metadata_stays(recorder: str) -> None:
    content = recording(recorder)
    made = clean_voice(content).content
    assert MARK.encode() in content
    assert all(mark not in made for mark in (MARK.encode(), b"Lavf", b"Lavc", b"ID3", b"TAG", b"Xing", b"Info"))
    # Frames of one length from the first byte to the last: there is no room for anything between or behind them.
    assert len(made) % 144 == 0
    assert {made[at : at + 3] for at in range(0, len(made), 144)} == {bytes.fromhex("fff364")}


def test_two_channels_become_one() -> None:
    seconds, pitch = heard(clean_voice(recording("ipad", channels="stereo")).content)
    assert seconds == pytest.approx(2, abs=0.2) and pitch == pytest.approx(PITCH, rel=0.01)


@pytest.mark.parametrize("rate", [8_000, 16_000, 48_000])
def test_every_rate_of_a_microphone_is_read(rate: int) -> None:
    seconds, pitch = heard(clean_voice(made_sound("mp4", "aac", rate, 2, bits=24_000)).content)
    assert seconds == pytest.approx(2, abs=0.3) and pitch == pytest.approx(PITCH, rel=0.01)


@pytest.mark.slow
@pytest.mark.parametrize("recorder", ["chromium", "ipad"])
def test_three_minutes_are_kept_whole(recorder: str) -> None:
    part = clean_voice(recording(recorder, MAX_VOICE_SECONDS))
    assert part.seconds == MAX_VOICE_SECONDS
    assert heard(part.content)[0] == pytest.approx(MAX_VOICE_SECONDS, abs=0.3)
    assert len(part.content) < 1_100_000


@pytest.mark.slow
def test_a_recorder_that_stops_a_little_late_is_not_refused_and_a_longer_recording_is() -> None:
    assert clean_voice(recording("ipad", MAX_VOICE_SECONDS + 1.5)).seconds in {181, 182}
    assert refusal(recording("ipad", MAX_VOICE_SECONDS + 3)) == "too_long"


def test_three_minutes_at_the_highest_rate_of_an_ipad_may_be_sent() -> None:
    assert MAX_VOICE_SECONDS * 192_000 / 8 < MAX_VOICE_BYTES
    assert refusal(b"OggS" + bytes(MAX_VOICE_BYTES)) == "too_large"


def test_silence_of_some_length_is_a_recording_and_a_slip_of_the_finger_is_none() -> None:
    assert refusal(b"") == "empty"
    assert refusal(recording("chromium", 0.1)) == "empty"
    assert clean_voice(recording("chromium", 0.5)).seconds == 1


NOT_RECORDINGS: dict[str, Callable[[], bytes]] = {
    "mp3": lambda: made_sound("mp3", "libmp3lame", 24_000, 1),
    "wav": lambda: made_sound("wav", "pcm_s16le", 24_000, 1, bits=0),
    "flac": lambda: made_sound("flac", "flac", 24_000, 1, bits=0),
    "ogg with flac": lambda: made_sound("ogg", "flac", 24_000, 1, bits=0),
    "mkv with mp3": lambda: made_sound("matroska", "libmp3lame", 24_000, 1),
    "mp4 with mp3": lambda: made_sound("mp4", "libmp3lame", 24_000, 1),
    "video": lambda: video(with_voice=False),
    "video with a voice": lambda: video(with_voice=True),
    "png": lambda: as_file(picture(64, 64), "PNG"),
    "gif": lambda: as_file(picture(64, 64), "GIF"),
    "tiff": lambda: as_file(picture(64, 64), "TIFF"),
    "svg": lambda: b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "html": lambda: b"<!doctype html><p>hello",
    "zip": lambda: b"PK\x03\x04" + bytes(100),
    "playlist": lambda: b"#EXTM3U\n#EXTINF:10,\nfile:///etc/hostname\n",
    "list of files": lambda: b"ffconcat version 1.0\nfile /etc/hostname\n",
}


@pytest.mark.parametrize("kind", NOT_RECORDINGS)
def test_what_no_recorder_gives_is_not_a_recording(kind: str) -> None:
    assert refusal(NOT_RECORDINGS[kind]()) == "not_a_recording"


def test_a_recording_of_which_the_end_is_missing_is_kept_as_far_as_it_goes() -> None:
    content = recording("ipad", 4)
    assert clean_voice(content[: len(content) // 2]).seconds in {1, 2, 3}

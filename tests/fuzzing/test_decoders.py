"""Broken drawings and recordings through the real decoder: a reason or a clean result, and nothing left behind.

By chance and by hypothesis; what is built by hand stands in tests/mailbox/media/test_hostile_files.py.
"""

from __future__ import annotations

import os
import resource
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox.errors import MediaRefused
from mailbox.media.clean import clean_drawing, clean_voice
from mailbox.media.process import REASONS
from tests.fuzzing.broken_media import CHANGES, Change, broken
from tests.fuzzing.decoded_again import FORMS, Answers, decode_again
from tests.fuzzing.extent import examples, tell
from tests.mailbox.media.samples import as_file, made_sound, picture, recording
from tests.mailbox.media.test_drawings import location

# What children send: as browsers write it, and as other programs do. The first two words are the kind and the form.
SAMPLES: dict[str, Callable[[], bytes]] = {
    "drawing png": lambda: as_file(picture(120, 90), "PNG"),
    "drawing png of a palette": lambda: as_file(picture(120, 90, "P"), "PNG", transparency=0, exif=location()),
    "drawing jpeg": lambda: as_file(picture(120, 90, "RGB"), "JPEG", exif=location()),
    "drawing jpeg in scans": lambda: as_file(picture(120, 90, "RGB"), "JPEG", progressive=True),
    "drawing webp": lambda: as_file(picture(120, 90), "WEBP", lossless=True, exif=location()),
    "drawing webp with loss": lambda: as_file(picture(120, 90), "WEBP", quality=60),
    "voice webm": lambda: recording("chromium", 0.5, bits=16_000),
    "voice ogg": lambda: recording("firefox", 0.5, bits=16_000),
    "voice mp4 in pieces": lambda: recording("ipad", 0.5, bits=16_000),
    "voice mp4 with its index at the end": lambda: made_sound("mp4", "aac", 44_100, 0.5, bits=16_000),
    "voice mp4 of opus": lambda: recording("chromium-mp4", 0.5, bits=16_000),
}


_CHANGE: st.SearchStrategy[Change] = st.tuples(
    st.sampled_from(list(CHANGES)), st.integers(0, 65_535), st.integers(0, 255)
)


def recipes(kind: str) -> st.SearchStrategy[list[tuple[str, list[Change], bool]]]:
    """Return which file is changed, how, and whether its checksums are put right afterwards; for some files at once."""
    names = [name for name in SAMPLES if name.startswith(kind)]
    one = st.tuples(st.sampled_from(names), st.lists(_CHANGE, min_size=1, max_size=3), st.booleans())
    return st.lists(one, min_size=15, max_size=30)


def decoders_left() -> list[int]:
    """Return the decoders that this process started and has not seen end."""
    found = []
    for entry in Path("/proc").iterdir() if sys.platform == "linux" else ():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                is_ours = parent == os.getpid() and b"mailbox.media" in (entry / "cmdline").read_bytes()
            except (OSError, IndexError):
                continue
            found += [int(entry.name)] if is_ours else []
    return found


def outcome(kind: str, content: bytes) -> str:
    """Send one file the way that a child's file goes."""
    try:
        part = clean_drawing(content) if kind == "drawing" else clean_voice(content)
    except MediaRefused as refused:
        return refused.reason
    assert part.content
    return "kept"


@pytest.mark.parametrize("kind", FORMS)
def test_a_broken_file_is_refused_or_clean_within_the_limits_and_leaves_nothing(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = {name: make() for name, make in SAMPLES.items() if name.startswith(kind)}
    answers, sent = Answers(), Counter[str]()
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    written = resource.getrusage(resource.RUSAGE_CHILDREN).ru_oublock
    assert set(decode_again(kind, [(_form(name), content) for name, content in whole.items()], answers)) == {"kept"}

    @examples(3, 400, steps=1)
    @given(recipes(kind))
    def try_all(given_: list[tuple[str, list[Change], bool]]) -> None:
        wrongs = [(_form(name), broken(_form(name), whole[name], changes, sums)) for name, changes, sums in given_]
        assert set(decode_again(kind, wrongs, answers)) <= REASONS | {"kept"}
        # One of them once more, alone and from the door, where its first bytes say of which form it is.
        alone = outcome(kind, wrongs[-1][1])
        assert alone in REASONS | {"kept"}
        sent.update([alone])
        assert decoders_left() == []

    try_all()
    assert {word for _, word in answers.found} >= {"kept", "broken"}
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_oublock == written
    assert list(tmp_path.iterdir()) == []
    tell(f"{kind}: {answers}; {sent.total()} of them again, alone: {dict(sent.most_common())}")


def _form(name: str) -> str:
    return name.split()[1]

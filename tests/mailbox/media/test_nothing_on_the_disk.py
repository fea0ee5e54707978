"""While three minutes are recorded anew, neither we nor the decoder open a file that is not the program's own.

Python's own opening is watched in both processes. Whatever a library would open by itself in the decoder is stopped by
the system (``test_closed_process``), and the system's own count of what was written is looked at here.
"""

from __future__ import annotations

import resource
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mailbox.media import process
from mailbox.media.clean import CleanPart, clean_drawing, clean_voice
from mailbox.media.forms import MAX_CLEAN_BYTES, drawing_format, voice_format
from tests.mailbox.media.samples import as_file, recording, scribble

# The real decoder, watched from its first line; in place of what it made it tells which files were opened.
_WATCHED = """import sys
opened = []
def note(event, args):
    if event == "open":
        opened.append(str(args[0]))
    elif event.startswith(("tempfile.", "socket.", "subprocess.", "os.posix_spawn", "os.fork", "shutil.")):
        opened.append(event)
sys.addaudithook(note)
sys.path[:] = [sys.argv[3], *sys.path, *sys.argv[4:]]
from importlib import import_module
from mailbox.media import decoder
kind, form = sys.argv[1:3]
module, name = decoder.WORKS[kind]
def work(form, content):
    before = len(opened)
    made = getattr(sys.modules[module], name)(form, content)
    return f"{len(made)}\\n{before}\\n".encode() + "\\n".join(opened).encode()
class Watched:
    pass
def load(module):
    import_module(module)
    setattr(Watched, name, staticmethod(work))
    return Watched
decoder.import_module = load
decoder.main(kind, form)
"""


class Watch:
    """Notes each file that this process opens while it is on. A hook of Python's cannot be taken off again."""

    def __init__(self) -> None:
        self.on = False
        self.opened: list[str] = []
        sys.addaudithook(self._note)

    def _note(self, event: str, args: tuple[object, ...]) -> None:
        # A number is a pipe to the decoder, which no name leads to.
        if self.on and (event == "open" or event.startswith("tempfile.")) and not isinstance(args[0], int):
            self.opened.append(str(args[0]))


_watch: list[Watch] = []


@pytest.fixture
def watch() -> Iterator[Watch]:
    if not _watch:
        _watch.append(Watch())
    _watch[0].opened.clear()
    _watch[0].on = True
    yield _watch[0]
    _watch[0].on = False


PARTS: dict[str, tuple[Callable[[bytes], CleanPart], Callable[[], bytes]]] = {
    "three minutes of Chromium": (clean_voice, lambda: recording("chromium", 180)),
    "three minutes of an iPad": (clean_voice, lambda: recording("ipad", 180)),
    "a drawing": (clean_drawing, lambda: as_file(scribble(1_600, 1_000), "PNG")),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", PARTS)
def test_we_open_nothing_and_nothing_is_written(
    kind: str, watch: Watch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    act, make = PARTS[kind]
    content = make()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    watch.opened.clear()
    written = resource.getrusage(resource.RUSAGE_CHILDREN).ru_oublock
    assert len(act(content).content) > 100_000
    # The decoder's errors go to the null device.
    assert set(watch.opened) <= {"/dev/null"}
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_oublock == written
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("kind", PARTS)
def test_the_decoder_opens_the_program_own_files_first_and_then_none(kind: str) -> None:
    act, make = PARTS[kind]
    content = make()
    part, form = ("voice", voice_format) if act is clean_voice else ("drawing", drawing_format)
    command = process.command(_WATCHED, part, form(content))
    answer = process.understood(process.run_closed(command, content, MAX_CLEAN_BYTES[part]))
    made, before, *opened = answer.decode().split("\n")
    assert int(made) > 100_000
    assert int(before) == len(opened) > 5
    places = tuple(
        Path(place).resolve() for place in (sys.base_prefix, sys.prefix, process.__file__.rpartition("mailbox")[0])
    )
    strange = [name for name in opened if not any(Path(name).resolve().is_relative_to(place) for place in places)]
    assert strange == []
    assert all(name.endswith((".py", ".pyc", ".so", ".pyd")) for name in opened)


def test_the_watch_sees_what_is_opened(watch: Watch, tmp_path: Path) -> None:
    """One that sees nothing would prove nothing."""
    (tmp_path / "seen").write_text("x")
    with tempfile.TemporaryFile(dir=tmp_path):
        pass
    assert str(tmp_path / "seen") in watch.opened and len(watch.opened) > 1

"""Starts the decoder as a fresh process for one file, and ends it. Owns pipes, time and how many run at once.

A fork of the serving process would hold its keys. This one is a new program with an empty environment, no file of ours
open, and the folders of our code and of the libraries as its only arguments.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import IO, cast

from mailbox.errors import MediaRefused
from mailbox.media.lockdown import SECONDS, environment

REASONS = frozenset({"broken", "not_a_drawing", "not_a_recording", "too_large", "too_long", "empty"})
# Fewer than a worker's threads, and not for long: who asks for the help page must not wait behind recordings.
AT_ONCE = 2
WAIT_SECONDS = 10.0
_LIBRARIES = ("av", "PIL")
# Isolated, without site-packages and their start-up files, leaving no bytecode. Our folder comes first, since Python
# has a module `mailbox` of its own; the libraries come last.
_FLAGS = ("-I", "-S", "-B")
_START = """import sys
sys.path[:] = [sys.argv[3], *sys.path, *sys.argv[4:]]
from mailbox.media.decoder import main
main(*sys.argv[1:3])
"""
_slots = threading.BoundedSemaphore(AT_ONCE)


def ask_decoder(kind: str, form: str, content: bytes, most_bytes: int) -> bytes:
    """Have ``content`` decoded and return what was made of it, at most ``most_bytes``.

    Waits for its turn up to WAIT_SECONDS, then for the work up to ``lockdown.SECONDS``.
    Raises MediaRefused with the decoder's reason, or unavailable.
    """
    return understood(run_closed(command(_START, kind, form), content, most_bytes))


def command(start: str, *words: str) -> list[str]:
    """Return the command that runs ``start`` with our code and the libraries on its path, behind ``words``."""
    return [sys.executable, *_FLAGS, "-c", start, *words, str(Path(__file__).resolve().parents[2]), *_folders()]


def run_closed(command: Sequence[str], content: bytes, most_bytes: int, seconds: float = SECONDS) -> bytes:
    """Run a program of ours with ``content`` as its input; return what it wrote.

    Raises MediaRefused: unavailable, when it could not start, died, wrote too much or took more than ``seconds``.
    """
    with _turn(), _started(command) as program:
        stdin, stdout = cast(IO[bytes], program.stdin), cast(IO[bytes], program.stdout)
        # Whoever hangs is ended from beside; then both pipes break, and nobody waits for them any longer.
        end = threading.Timer(seconds, program.kill)
        end.daemon = True
        try:
            end.start()
            with suppress(OSError), stdin:
                stdin.write(content)
            # Room for the word before the content.
            answer = stdout.read(most_bytes + 16)
            if len(answer) < most_bytes + 16 and program.wait(seconds) == 0:
                return answer
        except (OSError, RuntimeError, subprocess.TimeoutExpired):
            pass
        finally:
            end.cancel()
    raise MediaRefused("unavailable")


def understood(answer: bytes) -> bytes:
    """Return what was made. Raises MediaRefused with the reason that was given, or unavailable if there is none."""
    word, _, rest = answer.partition(b"\n")
    if word == b"made":
        return rest
    reason = rest.decode("ascii", "replace")
    raise MediaRefused(reason if word == b"refused" and reason in REASONS else "unavailable")


@contextmanager
def _turn() -> Iterator[None]:
    if not _slots.acquire(timeout=WAIT_SECONDS):
        raise MediaRefused("unavailable")
    try:
        yield
    finally:
        _slots.release()


@contextmanager
def _started(command: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    try:
        program = subprocess.Popen(  # noqa: S603 — our own Python and our own words, nothing of a child's
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            close_fds=True,
            env=environment(),
            cwd=Path(sys.executable).anchor,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, ValueError, MemoryError):
        raise MediaRefused("unavailable") from None
    try:
        yield program
    finally:
        program.kill()
        for pipe in (program.stdin, program.stdout):
            with suppress(OSError):
                pipe and pipe.close()
        program.wait()


@cache
def _folders() -> tuple[str, ...]:
    """Return the folders that hold the libraries, found without loading them. Raises MediaRefused: unavailable."""
    specs = [find_spec(name) for name in _LIBRARIES]
    origins = [Path(spec.origin) for spec in specs if spec and spec.origin]
    if len(origins) != len(_LIBRARIES):
        raise MediaRefused("unavailable")
    return tuple(dict.fromkeys(str(origin.parents[1]) for origin in origins))

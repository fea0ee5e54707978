"""One at a time on this computer, and whether a mailbox runs here: locks that the system takes back when a holder dies.

Owns the two lock files.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from mailbox.errors import UpkeepRefused

_NAME = "upkeep.lock"
_RUNNING = "running.lock"
# Kept open until the process ends.
_held: list[IO[bytes]] = []


@contextmanager
def alone(data_dir: Path) -> Iterator[None]:
    """Do upkeep while nobody else does it. Raises UpkeepRefused: busy, not_written."""
    try:
        file = (data_dir / _NAME).open("ab")
    except OSError as broken:
        raise UpkeepRefused("not_written", f"{data_dir} ({broken.strerror})") from None
    with file:
        try:
            _lock(file)
        except OSError:
            raise UpkeepRefused("busy") from None
        # Closing the file gives the lock back.
        yield


def tell_that_it_runs(data_dir: Path) -> None:
    """Tell, as long as this process lives, that a mailbox runs on this data; several processes of it may."""
    with suppress(OSError):
        file = (data_dir / _RUNNING).open("ab")
        _held.append(file)
        _lock(file, shared=True)


def runs_here(data_dir: Path) -> bool:
    """Whether some process told that a mailbox runs on this data."""
    if not (data_dir / _RUNNING).exists():
        return False
    try:
        with (data_dir / _RUNNING).open("ab") as file:
            _lock(file)
    except OSError:
        return True
    return False


def _lock(file: IO[bytes], *, shared: bool = False) -> None:
    if sys.platform == "win32":
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file.fileno(), (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)

"""The log's files beside the data: turned over by size, a few kept, for this account only, shared by all processes.

Owns the files and nothing of what stands in them. A log that cannot be written stops nothing.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from mailbox.config import Settings

NAME = "events.log"
_LOCK = "events.lock"


def folder_of(settings: Settings) -> Path:
    """Return the folder of the log's files; none of them need be there."""
    return settings.data_dir / "logs"


class LogFile(logging.Handler):
    """Writes events into ``folder``: ``events.log``, and behind it ``events.log.1`` (younger) to the oldest.

    ``most_bytes`` is what one file holds, ``files`` how many there are. Every event opens the file anew: events are
    rare, and what another process turned over must not be written on.
    """

    def __init__(self, folder: Path, most_bytes: int, files: int) -> None:
        super().__init__()
        self._folder, self._most_bytes, self._files = folder, most_bytes, files

    def emit(self, record: logging.LogRecord) -> None:
        """Write one event; a full or vanished disk loses it here, and standard error still has it."""
        line = f"{self.format(record)}\n".encode("utf-8", "replace")
        with suppress(OSError), self._alone():
            newest = self._folder / NAME
            if newest.exists() and newest.stat().st_size + len(line) > self._most_bytes:
                self._turn_over()
            with _private(newest) as descriptor:
                os.write(descriptor, line)
            # The time of the last change would tell the minute that the lines leave out.
            today = time.mktime(time.strptime(time.strftime("%Y-%m-%d"), "%Y-%m-%d"))
            os.utime(newest, (today, today))

    def _turn_over(self) -> None:
        names = [self._folder / NAME, *(self._folder / f"{NAME}.{age}" for age in range(1, self._files))]
        for older, younger in zip(names[:0:-1], names[-2::-1], strict=True):
            if younger.exists():
                younger.replace(older)
        names[0].unlink(missing_ok=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        # Without its parents: where there is no data folder, nothing of ours is to appear.
        self._folder.mkdir(mode=0o700, exist_ok=True)
        with _private(self._folder / _LOCK) as descriptor:
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
            else:
                import fcntl

                fcntl.flock(descriptor, fcntl.LOCK_EX)
            # Closing gives the lock back.
            yield


@contextmanager
def _private(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)

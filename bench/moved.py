"""``python -m bench.moved``: the program as ``flask serve`` serves it, with a clock that the measurement moves on.

Weeks pass within an hour so, and with them openings, reminders, backups and what has had its days. Owns the clock only.
"""

from __future__ import annotations

import mmap
import os
import struct
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from app import open_office, serve_office
from mailbox.office import utc_now

CLOCK_FILE = "BENCH_CLOCK_FILE"
_SECONDS = struct.Struct("d")


class MovedClock:
    """The true time and as many seconds more as ``file`` says, for every process that looks at it."""

    def __init__(self, file: Path) -> None:
        if not file.exists():
            file.write_bytes(_SECONDS.pack(0.0))
        with file.open("r+b") as opened:
            self._memory = mmap.mmap(opened.fileno(), _SECONDS.size)

    def __call__(self) -> datetime:
        return utc_now() + timedelta(seconds=_SECONDS.unpack_from(self._memory)[0])

    def move_to(self, moment: datetime) -> None:
        """Let it be ``moment`` now, for everybody."""
        _SECONDS.pack_into(self._memory, 0, (moment - utc_now()).total_seconds())


def clock_of(environment: dict[str, str]) -> Callable[[], datetime]:
    """Return the clock that the environment names."""
    return MovedClock(Path(environment[CLOCK_FILE]))


if __name__ == "__main__":
    serve_office(replace(open_office(), clock=clock_of(dict(os.environ))))

"""``python -m bench.moved serve`` or ``worker``: the real program with a clock that a soak or a crash test moves.

Weeks pass within an hour so, or a day within a moment, while pages are served. Owns the clock only; everything else is
what ``flask serve`` and ``flask worker`` do.
"""

from __future__ import annotations

import mmap
import os
import struct
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from mailbox.office import utc_now

CLOCK_FILE = "BENCH_CLOCK_FILE"
_SECONDS = struct.Struct("d")


class MovedClock:
    """The computer's time and as many seconds more as ``file`` says, for every process that looks at it."""

    def __init__(self, file: Path) -> None:
        if not file.exists():
            file.write_bytes(_SECONDS.pack(0.0))
        with file.open("r+b") as opened:
            self._memory = mmap.mmap(opened.fileno(), _SECONDS.size)
        self.file = file

    def __call__(self) -> datetime:
        return utc_now() + timedelta(seconds=self._ahead_s())

    def move_to(self, moment: datetime) -> None:
        """Let it be ``moment`` now, for everybody."""
        self._move((moment - utc_now()).total_seconds())

    def jump(self, **by: float) -> None:
        """Move on or back by what ``timedelta`` understands."""
        self._move(self._ahead_s() + timedelta(**by).total_seconds())

    def _ahead_s(self) -> float:
        ahead_s: float = _SECONDS.unpack_from(self._memory)[0]
        return ahead_s

    def _move(self, ahead_s: float) -> None:
        # Eight bytes at once: a process that looks meanwhile finds the old number or the new one.
        _SECONDS.pack_into(self._memory, 0, ahead_s)


def main() -> None:
    # Whoever only needs the clock need not load the program.
    from app import open_office, serve_office, work_forever
    from mailbox.web import event_log

    office = replace(open_office(), clock=MovedClock(Path(os.environ[CLOCK_FILE])))
    if sys.argv[1] == "worker":
        event_log.install(office.settings)
        work_forever(office)
    else:
        serve_office(office)


if __name__ == "__main__":
    main()

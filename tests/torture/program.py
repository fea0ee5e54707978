"""The real program with a clock that a test moves: ``python -m tests.torture.program serve`` or ``worker``.

The clock is the computer's, moved by the seconds that a small file names; the file is read at every look, so that a
jump comes while pages are served. Everything else is what ``flask serve`` and ``flask worker`` do.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from mailbox.office import utc_now

VARIABLE = "TORTURE_CLOCK"


@dataclass(frozen=True)
class MovedClock:
    """The computer's time and the seconds that ``file`` holds."""

    file: Path

    def __call__(self) -> datetime:
        return utc_now() + timedelta(seconds=self.ahead_s())

    def ahead_s(self) -> float:
        return float(self.file.read_text("ascii"))

    def set_to(self, now: datetime) -> None:
        self._write((now - utc_now()).total_seconds())

    def jump(self, **by: float) -> None:
        """Move on or back by what ``timedelta`` understands."""
        self._write(self.ahead_s() + timedelta(**by).total_seconds())

    def _write(self, ahead_s: float) -> None:
        # In one step: a program that reads meanwhile must not find an empty file.
        made = self.file.with_suffix(".new")
        made.write_text(f"{ahead_s:.3f}", "ascii")
        made.replace(self.file)


def main() -> None:
    from dataclasses import replace

    from app import open_office, serve_office, work_forever
    from mailbox.web import event_log

    office = replace(open_office(), clock=MovedClock(Path(os.environ[VARIABLE])))
    if sys.argv[1] == "worker":
        event_log.install(office.settings)
        work_forever(office)
    else:
        serve_office(office)


if __name__ == "__main__":
    main()

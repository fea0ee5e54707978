"""The worker's sign of life: the time of an empty file. It says that the worker looked, never what it found."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime

from mailbox.config import Settings
from mailbox.office import Office

_NAME = "worker.sign"
# The worker looks every few seconds; a computer that is busy may keep it waiting.
LATE_SECONDS = 180
_OFTEN_ENOUGH_SECONDS = 30


def beat(office: Office) -> None:
    """Tell that the worker looked just now; a disk that is full must not stop it."""
    now = office.clock().timestamp()
    path = office.settings.data_dir / _NAME
    with suppress(OSError):
        if not path.exists() or abs(now - path.stat().st_mtime) >= _OFTEN_ENOUGH_SECONDS:
            path.touch(mode=0o600)
            os.utime(path, (now, now))


def last_beat(settings: Settings) -> datetime | None:
    """Return when the worker last looked, None if it never did."""
    with suppress(OSError):
        return datetime.fromtimestamp((settings.data_dir / _NAME).stat().st_mtime, UTC)
    return None


def is_alive(settings: Settings, now: datetime) -> bool:
    """Whether the worker looked within the last minutes; a look of a clock that ran ahead is none."""
    last = last_beat(settings)
    return last is not None and abs((now - last).total_seconds()) < LATE_SECONDS

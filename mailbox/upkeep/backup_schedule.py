"""When a backup is due, how the last one went, and what is wrong with it. Keeps that beside the data, in one file.

Not in the database: a database brought back from a backup must not believe what its own past says of backups.
"""

from __future__ import annotations

import json
import logging
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from mailbox.config import Settings
from mailbox.errors import NotKept, UpkeepRefused
from mailbox.office import Office
from mailbox.private_files import exchange
from mailbox.upkeep.backup import MadeBackup, make_backup, own_folder, remove_old, sealed_to_now

TOO_OLD = timedelta(days=2)
_AGAIN_AFTER = timedelta(hours=1)
_NAME = "backups.json"
_log = logging.getLogger("mailbox.upkeep")


class BackupTrouble(StrEnum):
    """What is wrong with the backups."""

    NONE = ""
    FAILED = "failed"
    OLD = "old"


@dataclass(frozen=True)
class Result:
    """How backups went: seconds since 1970 of the last try and the last good one, its file, and the last problem.

    ``reason`` and ``place`` are those of the UpkeepRefused that the last try ended with; "" when it was good.
    ``told_on``: the day, from year 1, on which the school's channels were last told of trouble.
    ``sealed_to``: names the recovery keys that open the last good one.
    """

    tried_at: int | None = None
    good_at: int | None = None
    file: str = ""
    reason: str = ""
    place: str = ""
    told_on: int = 0
    sealed_to: str = ""

    def trouble(self, now: datetime) -> BackupTrouble:
        """Return what to tell somebody; a failed try weighs more than the age of the last good one."""
        if self.reason:
            return BackupTrouble.FAILED
        if self.tried_at is not None and (self.good_at is None or now - _moment(self.good_at) > TOO_OLD):
            return BackupTrouble.OLD
        return BackupTrouble.NONE

    def good_on(self, settings: Settings) -> date | None:
        """Return the school's day of the last good backup."""
        return None if self.good_at is None else _moment(self.good_at).astimezone(settings.zone).date()


def last_result(settings: Settings) -> Result:
    """Return how backups went; nothing where nothing was kept or what was kept cannot be read."""
    try:
        return Result(**json.loads((settings.data_dir / _NAME).read_text("ascii")))
    except (OSError, ValueError, TypeError):
        return Result()


def keep_result(settings: Settings, result: Result) -> None:
    """Exchange the kept result whole; a disk that is full loses it, and the next try finds that."""
    with suppress(OSError):
        exchange(settings.data_dir / _NAME, json.dumps(asdict(result)).encode("ascii"))


def usual_folder(settings: Settings) -> Path:
    """Return where backups of every day lie: what the settings name, such as a stick, or beside the data."""
    return settings.data_dir / settings.backup_dir


def back_up(office: Office, folder: Path | None = None, label: str = "") -> MadeBackup:
    """Make a backup, keep how it went, and remove old ones where they are made every day. Raises UpkeepRefused."""
    settings, before, tried_at = office.settings, last_result(office.settings), int(office.clock().timestamp())
    try:
        made = make_backup(office, folder or usual_folder(settings), label)
    except UpkeepRefused as refused:
        # Somebody else makes one just now, or there is nothing yet to keep: neither is trouble.
        is_trouble = refused.reason not in {"busy", "no_recovery"}
        if refused.reason != "busy":
            told = (refused.reason, refused.place) if is_trouble else ("", "")
            keep_result(
                settings, replace(before, tried_at=tried_at if is_trouble else None, reason=told[0], place=told[1])
            )
        raise
    keep_result(settings, Result(tried_at, tried_at, str(made.path), told_on=before.told_on, sealed_to=made.sealed_to))
    remove_old_backups(office)
    return made


def remove_old_backups(office: Office) -> int:
    """Remove what is older than its days wherever backups are made every day; return how many went.

    Also where no new one could be made: what was forgotten must not wait in an old file for a stick to come back.
    """
    places = {usual_folder(office.settings), own_folder(office.settings)}
    return sum(remove_old(office, place) for place in places if place.is_dir())


def back_up_if_due(office: Office) -> MadeBackup | None:
    """Make the day's backup once its hour has come; a missed one is made good, a failed one tried again in an hour."""
    result = last_result(office.settings)
    if not _is_due(office, result):
        return None
    try:
        return back_up(office)
    except UpkeepRefused as refused:
        if refused.reason not in {"busy", "no_recovery"}:
            _log.error("a backup could not be made", extra={"error_class": refused.reason})
        return None


def _is_due(office: Office, result: Result) -> bool:
    now = office.local_now()
    hour = now.replace(hour=office.settings.backup_hour, minute=0, second=0, microsecond=0)
    last_due = hour if hour <= now else hour - timedelta(days=1)
    is_made = result.good_at is not None and last_due <= _moment(result.good_at) <= now
    if is_made and _is_sealed_to_these_slips(office, result):
        return False
    if not result.reason or result.tried_at is None:
        return True
    # One tried by a clock that ran ahead keeps nobody waiting for that day.
    return not timedelta(0) <= now - _moment(result.tried_at) < _AGAIN_AFTER


def _is_sealed_to_these_slips(office: Office, result: Result) -> bool:
    # Whoever has new slips may have torn the old ones up: the backup that they open must not wait until tomorrow.
    try:
        return result.sealed_to == sealed_to_now(office)
    except NotKept:
        return True


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)

"""Backups: made while the service runs, read once more before they count, and removed when they are old.

Owns what goes into one and where it lies. The database's boxes and wrapped keys go in as they are; the key file, the
certificates and the settings beside them; all of it sealed. A login in progress is left out.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import IO, Any

from mailbox.config import PLACES, Settings
from mailbox.errors import BoxNotOpened, NotAuthentic, NotKept, UpkeepRefused
from mailbox.office import Office
from mailbox.private_files import keep_names, new_private_file
from mailbox.sealing.box import PublicKey
from mailbox.store.dump import Snapshot, Value, size_bytes, snapshot
from mailbox.store.marked import check_mark
from mailbox.store.tables import School
from mailbox.upkeep.alone import alone
from mailbox.upkeep.backup_file import BackupWriter, lines, new_head, read_head, require_whole
from mailbox.upkeep.tls.keeping import Folder

_ROOM_BYTES = 64 * 1_024 * 1_024
_PART = ".part"
_NAME = re.compile(r"mailbox-(\d{8})-\d{6}(?:-[a-z0-9-]+)?\.backup")


@dataclass(frozen=True)
class MadeBackup:
    """A backup that was read once more after it was written: its file, its rows, and to which keys it is sealed."""

    path: Path
    rows: int
    sealed_to: str


def own_folder(settings: Settings) -> Path:
    """Return the folder beside the data, which is always there."""
    return settings.data_dir / "backups"


def make_backup(office: Office, folder: Path, label: str = "") -> MadeBackup:
    """Write one backup into ``folder``; other acts go on meanwhile.

    Raises UpkeepRefused: no_recovery before the first reader has made the keys, no_folder, no_room, not_written,
    busy, database.
    """
    with alone(office.settings.data_dir):
        _require_room(office, folder)
        _remove_unfinished(folder)
        path = _free_name(folder, office.local_now(), label)
        part = path.with_name(path.name + _PART)
        try:
            with snapshot(office.database) as seen, new_private_file(part) as file:
                recovery = recovery_keys(office, seen.schools())
                key, counts = _write(office, seen, recovery, file)
            _read_again(part, key, counts)
            part.replace(path)
            keep_names(folder)
        except NotKept as broken:
            raise UpkeepRefused("database", str(broken)) from None
        except OSError as broken:
            raise UpkeepRefused("not_written", f"{folder} ({broken.strerror or type(broken).__name__})") from None
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
    return MadeBackup(path, sum(counts.values()), _digest(recovery))


def backups_in(folder: Path) -> list[tuple[date, Path]]:
    """Return the finished backups of a folder with the days of their names, the oldest first."""
    found = []
    with suppress(OSError):
        for path in folder.iterdir():
            if named := _NAME.fullmatch(path.name):
                with suppress(ValueError):
                    found.append((datetime.strptime(named[1], "%Y%m%d").date(), path))  # noqa: DTZ007 - a day.
    return sorted(found, key=lambda one: one[1].name)


def remove_old(office: Office, folder: Path) -> int:
    """Remove what is older than ``settings.backup_days``, but never the newest; return how many went.

    Another installation's backups on the same stick stay: they are not ours to remove.
    """
    oldest_kept = office.local_now().date() - timedelta(days=office.settings.backup_days)
    ours = [one for one in backups_in(folder) if _is_ours(office, one[1])]
    removed = 0
    for made_on, path in ours[:-1]:
        if made_on < oldest_kept:
            with suppress(OSError):
                path.unlink()
                removed += 1
    return removed


def sealed_to_now(office: Office) -> str:
    """Return what a backup would be sealed to now; it differs when somebody made new slips. Raises NotKept."""
    with snapshot(office.database) as seen:
        return _digest(recovery_keys(office, seen.schools()))


def recovery_keys(office: Office, schools: list[dict[str, Value]]) -> dict[str, PublicKey]:
    """Return each school's recovery key by its id. One that is not ours is left out: nothing is sealed to it."""
    keys = {}
    for row in schools:
        # The table may be of an older version than the program.
        school = School(**{name: value for name, value in row.items() if name in School.__table__.columns})
        with suppress(NotAuthentic, ValueError):
            check_mark(school, office.marks.check)
            if school.recovery_public is not None:
                keys[school.id] = PublicKey.from_bytes(school.recovery_public)
    return keys


def settings_told(settings: Settings) -> dict[str, Any]:
    """Return what somebody decided otherwise than it comes, without the places of this one computer."""
    untold = Settings(settings.data_dir, settings.database_url, settings.key_file, settings.model_dir)
    return {
        name: value
        for name, value in vars(settings).items()
        if name not in PLACES and value != getattr(untold, name) and not isinstance(value, Path)
    }


def _digest(recovery: Mapping[str, PublicKey]) -> str:
    return hashlib.sha256(b"".join(recovery[school_id].to_bytes() for school_id in sorted(recovery))).hexdigest()


def _write(
    office: Office, seen: Snapshot, recovery: Mapping[str, PublicKey], file: IO[bytes]
) -> tuple[bytes, dict[str, int]]:
    if not recovery:
        raise UpkeepRefused("no_recovery")
    now = office.local_now()
    head, key = new_head(now.date(), office.keys, recovery)
    writer = BackupWriter(file, head, key)
    tls = Folder.of(office.settings.data_dir)
    writer.line(
        {
            "made_at": now.isoformat(timespec="minutes"),
            "revision": seen.revision,
            "key_file": office.settings.key_file.read_text("ascii"),
            "tls": {path.name: path.read_bytes() for path in (tls.authority, tls.server, tls.root) if path.exists()},
            "settings": settings_told(office.settings),
        }
    )
    counts = {}
    for of in seen.tables:
        writer.line({"table": of.table, "columns": of.names})
        counts[of.table] = 0
        for row in seen.rows(of):
            writer.line(row)
            counts[of.table] += 1
    writer.line({"rows": counts})
    writer.close()
    return key, counts


def _read_again(path: Path, key: bytes, counts: dict[str, int]) -> None:
    """Raise UpkeepRefused unless what lies on the disk is what was meant."""
    require_whole(path)
    rows, last = 0, None
    for last in lines(path, key):
        rows += isinstance(last, list)
    if last != {"rows": counts} or rows != sum(counts.values()):
        raise UpkeepRefused("damaged", str(path))


def _require_room(office: Office, folder: Path) -> None:
    try:
        if folder == own_folder(office.settings):
            folder.mkdir(mode=0o700, exist_ok=True)
        # A stick that is not there must not be taken for a folder of that name on this disk.
        if not folder.is_dir():
            raise UpkeepRefused("no_folder", str(folder))
        if shutil.disk_usage(folder).free < size_bytes(office.database) * 1.2 + _ROOM_BYTES:
            raise UpkeepRefused("no_room", str(folder))
    except NotKept as broken:
        raise UpkeepRefused("database", str(broken)) from None
    except OSError as broken:
        raise UpkeepRefused("not_written", f"{folder} ({broken.strerror})") from None


def _remove_unfinished(folder: Path) -> None:
    """Remove what a power cut left: whoever writes now is alone."""
    for path in folder.iterdir():
        if path.name.endswith(_PART) and _NAME.fullmatch(path.name.removesuffix(_PART)):
            with suppress(OSError):
                path.unlink()


def _free_name(folder: Path, now: datetime, label: str) -> Path:
    stem = f"mailbox-{now:%Y%m%d-%H%M%S}" + (f"-{label}" if label else "")
    path, again = folder / f"{stem}.backup", 2
    while path.exists():
        path, again = folder / f"{stem}-{again}.backup", again + 1
    return path


def _is_ours(office: Office, path: Path) -> bool:
    try:
        read_head(path).key_by_key_file(office.keys)
    except (UpkeepRefused, BoxNotOpened):
        return False
    return True

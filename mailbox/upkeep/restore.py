"""Bringing a backup back onto an empty computer: database, key file, certificates, settings; then looking it through.

Refuses to overwrite anything. A sign lies beside the data from the first step to the last: what a power cut leaves is
taken away when the restore is tried once more, and is never served.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mailbox.config import Settings
from mailbox.errors import BoxNotOpened, NotKept, SettingsRefused, UpkeepRefused
from mailbox.office import Office, utc_now
from mailbox.people.audit import record
from mailbox.people.recovery import let_spent_slips_in_again
from mailbox.private_files import keep_names, new_private_file
from mailbox.sealing.box import PrivateKey
from mailbox.sealing.key_file import KeyFile
from mailbox.store.database import Database
from mailbox.store.dump import Columns, Row, drop_tables, is_empty, sqlite_file, write_rows
from mailbox.store.migrations import knows_revision, migrate
from mailbox.store.people import all_schools
from mailbox.upkeep.alone import alone, runs_here
from mailbox.upkeep.backup_file import Head, lines, read_head, require_whole
from mailbox.upkeep.soundness import Found, look_at_boxes, look_at_marks
from mailbox.upkeep.tls.keeping import Folder
from mailbox.upkeep.unfinished import begin, end, is_unfinished, take_away
from mailbox.upkeep.upgrade import never_asked

_MAKING = ".restoring"
_ROOM_BYTES = 64 * 1_024 * 1_024


@dataclass
class Restored:
    """What came back, in numbers. ``boxes``: each school's name, and None where its slips were not given."""

    made_at: str
    revision: str
    rows: int = 0
    marks: Found = field(default_factory=Found)
    boxes: list[tuple[str, Found | None]] = field(default_factory=list)
    tls: bool = False
    settings_file: Path | None = None
    settings_kept_aside: bool = False
    written: list[Path] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        return not self.marks.damaged and not any(found and found.damaged for _, found in self.boxes)


@dataclass(frozen=True)
class Opener:
    """A backup that was found whole and whose contents' key is at hand. ``school_id``: whose slips gave it, or None."""

    path: Path
    key: bytes = field(repr=False)
    school_id: str | None
    recovery: PrivateKey | None = field(default=None, repr=False)


def require_empty(settings: Settings) -> None:
    """Raise UpkeepRefused where a school is already, where one is being served, or where certificates lie."""
    if runs_here(settings.data_dir):
        raise UpkeepRefused("running")
    if is_unfinished(settings):
        # What lies here is of a restore that the power ended.
        return
    try:
        if not is_empty(settings.database_url):
            raise UpkeepRefused("not_empty", _shown(settings))
    except NotKept:
        # What cannot even be read may still be somebody's only copy.
        raise UpkeepRefused("in_the_way", _shown(settings)) from None
    if Folder.of(settings.data_dir).is_made():
        raise UpkeepRefused("in_the_way", str(Folder.of(settings.data_dir).path))


def open_by_slips(path: Path, recovery: PrivateKey) -> Opener:
    """Raises UpkeepRefused: no_backup, damaged, wrong_key when the slips are of no school in it."""
    head = _whole(path)
    try:
        school_id, key = head.key_by_recovery(recovery)
    except BoxNotOpened:
        raise UpkeepRefused("wrong_key", str(path)) from None
    return Opener(path, key, school_id, recovery)


def open_by_key_file(path: Path, settings: Settings) -> Opener | None:
    """Open a backup with the key file that made it, if that one still lies here; None if not."""
    head = _whole(path)
    with suppress(SettingsRefused, BoxNotOpened):
        return Opener(path, head.key_by_key_file(KeyFile.load(settings.key_file)), None)
    return None


def restore(opener: Opener, settings: Settings, settings_file: Path) -> Restored:
    """Bring everything back and look it through. Raises UpkeepRefused, SettingsRefused; then nothing has come back."""
    require_empty(settings)
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if shutil.disk_usage(settings.data_dir).free < opener.path.stat().st_size * 4 + _ROOM_BYTES:
        raise UpkeepRefused("no_room", str(settings.data_dir))
    with alone(settings.data_dir):
        take_away(settings)
        require_empty(settings)
        reading = lines(opener.path, opener.key)
        told = _told(next(reading, None), opener.path)
        if not knows_revision(told["revision"]):
            raise UpkeepRefused("newer", str(opener.path))
        restored = Restored(told["made_at"], told["revision"])
        url, made_key = _url_to_make(settings), _making(settings.key_file)
        begin(settings, _to_be_written(settings, settings_file, told, made_key))
        try:
            drop_tables(url)
            migrate(url, told["revision"])
            restored.rows = _write_rows(url, reading, opener.path)
            migrate(url)
            _write(made_key, told["key_file"].encode("ascii"))
            _look_through(opener, url, KeyFile.load(made_key), settings, restored)
            _put_the_rest(settings, settings_file, told, restored)
            _put_key_file(settings.key_file, made_key)
            _put_database(settings, url)
            end(settings)
        except BaseException as failed:
            # What was empty before is empty again, so that it can be tried once more.
            drop_tables(url)
            made_key.unlink(missing_ok=True)
            for written in restored.written:
                written.unlink(missing_ok=True)
            end(settings)
            if isinstance(failed, NotKept):
                raise UpkeepRefused("database", str(failed)) from None
            raise
    return restored


def _whole(path: Path) -> Head:
    require_whole(path)
    return read_head(path)


def _told(first: Any, path: Path) -> dict[str, Any]:
    if not isinstance(first, dict) or not {"made_at", "revision", "key_file", "tls", "settings"} <= first.keys():
        raise UpkeepRefused("damaged", str(path))
    return first


def _write_rows(url: str, reading: Iterator[Any], path: Path) -> int:
    """Write all rows; return how many. Raises UpkeepRefused unless their number is what the end of the backup says."""
    end: dict[str, Any] = {}
    written = write_rows(url, _parts(reading, end))
    if end.get("rows") != written:
        raise UpkeepRefused("damaged", str(path))
    return sum(written.values())


def _parts(reading: Iterator[Any], end: dict[str, Any]) -> Iterator[tuple[Columns, Iterator[Row]]]:
    """Cut the lines into tables; each must be read to its end before the next."""
    waiting = next(reading, None)
    while isinstance(waiting, dict) and "table" in waiting:
        following: list[Any] = []

        def rows(following: list[Any] = following) -> Iterator[Row]:
            for line in reading:
                if isinstance(line, dict):
                    following.append(line)
                    return
                yield line

        yield Columns(waiting["table"], tuple(waiting["columns"])), rows()
        waiting = following[0] if following else None
    if isinstance(waiting, dict):
        end.update(waiting)


def _look_through(opener: Opener, url: str, keys: KeyFile, settings: Settings, restored: Restored) -> None:
    database = Database(url)
    office = Office(settings, database, keys, never_asked, utc_now)
    try:
        restored.marks = look_at_marks(office)
        with database.view() as view:
            schools = [(school.id, school.name) for school in all_schools(view.session)]
        for school_id, name in schools:
            recovery = opener.recovery if school_id == opener.school_id else None
            restored.boxes.append((name, look_at_boxes(office, school_id, recovery) if recovery else None))
            with database.work() as work:
                record(office, work.session, school_id, None, "backup.restore")
                if recovery:
                    let_spent_slips_in_again(office, work.session, school_id)
                work.commit()
    finally:
        database.close()


def _put_key_file(path: Path, made: Path) -> None:
    # One that an empty mailbox made for itself opens nothing of anybody; it is laid aside all the same.
    if path.exists() and path.read_bytes() != made.read_bytes():
        aside, again = path.with_name(f"{path.name}.before-restore"), 2
        while aside.exists():
            aside, again = path.with_name(f"{path.name}.before-restore-{again}"), again + 1
        path.rename(aside)
    made.replace(path)
    keep_names(path.parent)


def _put_the_rest(settings: Settings, settings_file: Path, told: dict[str, Any], restored: Restored) -> None:
    tls = Folder.of(settings.data_dir)
    known = {path.name: path for path in (tls.authority, tls.server, tls.root)}
    for name, content in told["tls"].items():
        if name in known:
            _write(known[name], content)
            restored.written.append(known[name])
            restored.tls = True
    if told["settings"]:
        text = "".join(
            f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in told["settings"].items()
        )
        restored.settings_file = _place_of_settings(settings, settings_file)
        restored.settings_kept_aside = restored.settings_file != settings_file
        _write(restored.settings_file, text.encode())
        restored.written.append(restored.settings_file)


def _place_of_settings(settings: Settings, settings_file: Path) -> Path:
    has_own = settings_file.exists() and settings_file.stat().st_size > 0
    return settings.data_dir / "mailbox.toml.from-backup" if has_own else settings_file


def _to_be_written(settings: Settings, settings_file: Path, told: dict[str, Any], made_key: Path) -> list[Path]:
    """Return the files that a restore makes where none were, but for the database and the key file."""
    tls = Folder.of(settings.data_dir)
    made = [made_key, tls.authority, tls.server, tls.root]
    return [*made, _place_of_settings(settings, settings_file)] if told["settings"] else made


def _url_to_make(settings: Settings) -> str:
    file = sqlite_file(settings.database_url)
    if file is None:
        return settings.database_url
    making = _making(file)
    for each in (making, Path(f"{making}-wal"), Path(f"{making}-shm")):
        each.unlink(missing_ok=True)
    making.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return f"sqlite:///{making}"


def _put_database(settings: Settings, url: str) -> None:
    file, making = sqlite_file(settings.database_url), sqlite_file(url)
    if file is None or making is None:
        return
    # Closing the last connection has brought everything into the one file.
    for suffix in ("-wal", "-shm"):
        Path(f"{file}{suffix}").unlink(missing_ok=True)
    making.replace(file)


def _making(file: Path) -> Path:
    return file.with_name(file.name + _MAKING)


def _shown(settings: Settings) -> str:
    file = sqlite_file(settings.database_url)
    return str(file) if file else "database_url"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with new_private_file(path) as file:
        file.write(content)

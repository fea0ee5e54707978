"""The key file in the course of years: another pepper, and back from a backup where only it was lost.

Owns that either is done whole or not at all, and that no letter, code or passphrase is lost by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mailbox.config import Settings
from mailbox.errors import UpkeepRefused
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.sealing.key_file import KeyFile
from mailbox.store.database import Database
from mailbox.store.marked import carries_mark
from mailbox.store.people import all_schools
from mailbox.store.peppers import threads_by_pepper
from mailbox.upkeep.alone import alone, runs_here
from mailbox.upkeep.backup import make_backup, own_folder
from mailbox.upkeep.backup_file import lines
from mailbox.upkeep.restore import Opener
from mailbox.upkeep.unfinished import require_finished
from mailbox.upkeep.upgrade import never_asked


@dataclass(frozen=True)
class Rotated:
    """A pepper that took over: its number, the backup that was taken before, and the peppers that nothing needs."""

    version: int
    backup: Path | None
    dropped: tuple[int, ...]


def rotate_pepper(office: Office) -> Rotated:
    """Let a new pepper take over for letters from now on; a backup is taken first.

    An earlier one stays while a thread needs it. Nobody's passphrase depends on it. Raises UpkeepRefused: running, and
    those of a backup; then nothing was changed.
    """
    settings = office.settings
    if runs_here(settings.data_dir):
        # A program that runs would go on with the file it read, and not find the letters of another one.
        raise UpkeepRefused("running")
    backup = _back_up(office)
    with alone(settings.data_dir), office.database.work() as work:
        present = KeyFile.load(settings.key_file)
        needed = threads_by_pepper(work.session)
        made = present.with_new_pepper(office.local_now().date().isoformat(), needed)
        for school in all_schools(work.session):
            record(office, work.session, school.id, None, "keys.pepper")
        made.put_in_place_of(settings.key_file)
        work.commit()
    dropped = sorted(set(present.peppers) - set(made.peppers))
    return Rotated(made.pepper_version, backup, tuple(dropped))


def bring_key_file_back(opener: Opener, settings: Settings) -> KeyFile:
    """Put the key file of a backup where it is missing, beside a database that is still there.

    Raises UpkeepRefused: in_the_way where a key file is, other_keys where it is not the one of this database, damaged.
    """
    require_finished(settings)
    if settings.key_file.exists():
        raise UpkeepRefused("in_the_way", str(settings.key_file))
    with alone(settings.data_dir):
        told = next(lines(opener.path, opener.key), None)
        try:
            keys = KeyFile.from_bytes(told["key_file"].encode("ascii"))  # type: ignore[index]
        except (ValueError, KeyError, TypeError, AttributeError):
            raise UpkeepRefused("damaged", str(opener.path)) from None
        _require_ours(settings, keys)
        keys.put_in_place_of(settings.key_file)
    return keys


def _require_ours(settings: Settings, keys: KeyFile) -> None:
    office = Office(settings, Database(settings.database_url), keys, never_asked)
    try:
        with office.database.view() as view:
            schools = all_schools(view.session)
            is_ours = bool(schools) and all(carries_mark(school, office.marks.check) for school in schools)
            # With an older backup a pepper is missing, and the codes of letters made with it would open nothing.
            is_whole = set(threads_by_pepper(view.session)) <= set(keys.peppers)
    finally:
        office.database.close()
    if not (is_ours and is_whole):
        raise UpkeepRefused("other_keys", str(settings.key_file))


def _back_up(office: Office) -> Path | None:
    try:
        return make_backup(office, own_folder(office.settings), "before-new-pepper").path
    except UpkeepRefused as refused:
        if refused.reason != "no_recovery":
            raise
        return None

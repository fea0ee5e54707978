"""A newer program on a school's database: a backup first, then forward. There is no way back but that backup."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from mailbox.config import Settings
from mailbox.errors import NotKept, SettingsRefused, UpkeepRefused
from mailbox.office import Office
from mailbox.sealing.key_file import KeyFile
from mailbox.store.database import Database
from mailbox.store.dump import is_empty
from mailbox.store.migrations import knows_revision, migrate, newest_revision, revision_of
from mailbox.upkeep.backup import make_backup, own_folder
from mailbox.upkeep.unfinished import require_finished


def bring_forward(settings: Settings, *, with_backup: bool = True) -> Path | None:
    """Make or upgrade the database; return the backup that was taken first, None if there was nothing to keep.

    Raises SettingsRefused for a database of a newer program, UpkeepRefused when the backup cannot be made: then nothing
    was changed.
    """
    present = revision_of(settings.database_url)
    taken = None
    if present is not None and not knows_revision(present):
        raise SettingsRefused("database_url", "the database is of a newer program than this one; install that version")
    if present not in (None, newest_revision()) and with_backup:
        taken = _back_up_before(settings)
    migrate(settings.database_url)
    return taken


def require_no_school(settings: Settings) -> None:
    """Raise SettingsRefused where a school is in the database: another key file would open nothing of it."""
    try:
        is_new = is_empty(settings.database_url)
    except NotKept:
        # What does not answer is said by who needs it next; nothing is made beside it.
        is_new = False
    if not is_new:
        mend = f"there is a school in the database and no key file at {settings.key_file}; bring it back: flask restore"
        raise SettingsRefused("key_file", mend)


def office_for_upkeep(settings: Settings) -> Office:
    """Return an office that assesses nothing, so that no model is loaded. Raises SettingsRefused without a key file."""
    require_finished(settings)
    return Office(settings, Database(settings.database_url), KeyFile.load(settings.key_file), never_asked)


def _back_up_before(settings: Settings) -> Path | None:
    office = office_for_upkeep(settings)
    try:
        return make_backup(office, own_folder(settings), f"before-{newest_revision()}").path
    except UpkeepRefused as refused:
        if refused.reason != "no_recovery":
            raise
        return None
    finally:
        office.database.close()


def never_asked(_text: str, _adjustment: object) -> NoReturn:
    """Stand where triage stands elsewhere."""
    raise NotImplementedError("nothing is assessed during upkeep")

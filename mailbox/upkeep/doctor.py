"""Looks whether everything is as it must be: green, or findings of which sentences are made.

Owns what is looked at of the computer and when it is grave. No words: those of two languages stand at the pages.
Changes nothing and asks no network.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mailbox.config import Settings
from mailbox.errors import NotKept, SettingsRefused
from mailbox.office import Office
from mailbox.store.dump import size_bytes, sqlite_file
from mailbox.store.migrations import newest_revision, revision_of
from mailbox.store.people import newest_act_seconds
from mailbox.upkeep.backup_schedule import BackupTrouble, last_result, usual_folder
from mailbox.upkeep.doctor_school import look_at_channels, look_at_keys
from mailbox.upkeep.findings import Check, Finding, State
from mailbox.upkeep.heartbeat import is_alive
from mailbox.upkeep.private_places import open_places
from mailbox.upkeep.thorough import Thorough
from mailbox.upkeep.tls.keeping import Folder, Trouble, look_up

_GIGABYTE = 1_024**3
_FULL_BYTES = _GIGABYTE // 2
_NEARLY_FULL_BYTES = 2 * _GIGABYTE
_CLOCK_PATIENCE = timedelta(minutes=10)
_CAN_WAIT = frozenset({Trouble.AUTHORITY_ENDS})


def examine(office: Office, looked: Thorough | None, school_id: str | None = None) -> list[Finding]:
    """Return a finding for each check; ``looked`` is the last thorough look, ``school_id`` the one whose words to say.

    A database that does not answer ends the list with that.
    """
    settings, now = office.settings, office.clock()
    database = look_at_database(settings)
    found = [look_at_settings(settings), look_at_files(settings), _look_at_disk(office)]
    if database.state is not State.GOOD:
        return [*found, database]
    checks: list[Callable[[], Finding]] = [
        lambda: _look_at_clock(office),
        lambda: database,
        lambda: _look_at_rows(looked),
        lambda: look_at_keys(office, school_id),
        lambda: _look_at_worker(settings, now),
        lambda: look_at_channels(office, school_id),
        lambda: _look_at_certificate(settings, now),
        lambda: _look_at_thorough(Check.MODEL, looked is None or looked.model_is_whole),
        lambda: _look_at_thorough(Check.MEDIA, looked is None or looked.decoder_starts),
        lambda: look_at_backup(settings, now),
    ]
    try:
        return [*found, *(check() for check in checks)]
    except NotKept:
        return [*found, Finding(Check.DATABASE, State.NOW, "no_answer")]


def look_at_settings(settings: Settings) -> Finding:
    """Settings that refuse to start are said by whoever reads them; these start and are not what a school wants."""
    if settings.plain_http_on_network:
        return Finding(Check.SETTINGS, State.NOW, "plain_http")
    return Finding(Check.SETTINGS)


def look_at_files(settings: Settings) -> Finding:
    """Say which secret file others can read. Windows keeps that elsewhere."""
    for place in open_places(settings):
        return Finding(Check.FILES, State.NOW, "open", {"path": place.path, "mode": f"{place.mode:o}"})
    return Finding(Check.FILES)


def look_at_database(settings: Settings) -> Finding:
    """Say whether the database answers and has the newest tables."""
    file = sqlite_file(settings.database_url)
    if file is not None and not file.exists():
        # Asking would make an empty one.
        return Finding(Check.DATABASE, State.NOW, "none")
    try:
        revision = revision_of(settings.database_url)
    except SettingsRefused:
        return Finding(Check.DATABASE, State.NOW, "no_answer")
    if revision != newest_revision():
        return Finding(Check.DATABASE, State.NOW, "old")
    return Finding(Check.DATABASE)


def look_at_backup(settings: Settings, now: datetime) -> Finding:
    """Say when the last good backup was, or what keeps one from being made."""
    result, usual = last_result(settings), usual_folder(settings)
    good_on = result.good_on(settings)
    match result.trouble(now):
        case BackupTrouble.FAILED:
            told = {"reason": result.reason, "place": result.place}
            return Finding(Check.BACKUP, State.NOW, "failed", told)
        case BackupTrouble.OLD:
            return Finding(Check.BACKUP, State.NOW, "too_old", {"day": good_on} if good_on else {})
    if good_on is None:
        return Finding(Check.BACKUP, State.SOON, "none")
    if _is_same_disk(usual, settings.data_dir):
        return Finding(Check.BACKUP, State.SOON, "same_disk", {"day": good_on})
    return Finding(Check.BACKUP, told={"day": good_on})


def _look_at_disk(office: Office) -> Finding:
    folder = office.settings.data_dir
    free = shutil.disk_usage(next(each for each in (folder, *folder.parents) if each.exists())).free
    told = {"free": f"{free / _GIGABYTE:.1f} GB"}
    if free < _FULL_BYTES:
        return Finding(Check.DISK, State.NOW, "full", told)
    try:
        needed = max(_NEARLY_FULL_BYTES, 3 * size_bytes(office.database))
    except NotKept:
        needed = _NEARLY_FULL_BYTES
    return Finding(Check.DISK, State.SOON, "nearly_full", told) if free < needed else Finding(Check.DISK, told=told)


def _look_at_clock(office: Office) -> Finding:
    """Nothing that was done or written can lie in the future: then the clock is behind."""
    with office.database.view() as view:
        acts = newest_act_seconds(view.session)
    key_file = office.settings.key_file
    seen = [acts, last_result(office.settings).good_at or 0, key_file.stat().st_mtime if key_file.exists() else 0]
    if datetime.fromtimestamp(max(seen), UTC) > office.clock() + _CLOCK_PATIENCE:
        return Finding(Check.CLOCK, State.NOW, "behind")
    return Finding(Check.CLOCK)


def _look_at_rows(looked: Thorough | None) -> Finding:
    if looked is None:
        return Finding(Check.ROWS, State.SOON, "not_yet")
    if looked.complaint:
        return Finding(Check.ROWS, State.NOW, "file")
    if looked.damaged:
        return Finding(Check.ROWS, State.NOW, "rows", {"number": sum(number for _, number in looked.damaged)})
    return Finding(Check.ROWS, told={"number": looked.rows})


def _look_at_worker(settings: Settings, now: datetime) -> Finding:
    if is_alive(settings, now):
        return Finding(Check.WORKER)
    return Finding(Check.WORKER, State.NOW, "silent" if settings.run_alarm_worker else "not_run")


def _look_at_certificate(settings: Settings, now: datetime) -> Finding:
    folder = Folder.of(settings.data_dir)
    if not folder.is_made():
        return Finding(Check.CERTIFICATE)
    try:
        kept = look_up(folder)
    except SettingsRefused:
        return Finding(Check.CERTIFICATE, State.NOW, "unreadable")
    trouble = kept.trouble(now)
    if trouble:
        return Finding(Check.CERTIFICATE, State.SOON if trouble in _CAN_WAIT else State.NOW, trouble.value)
    return Finding(Check.CERTIFICATE, told={"day": kept.server.ends.astimezone(settings.zone).date()})


def _look_at_thorough(check: Check, is_good: bool) -> Finding:
    return Finding(check) if is_good else Finding(check, State.NOW, "broken")


def _is_same_disk(one: Path, other: Path) -> bool:
    try:
        return one.stat().st_dev == other.stat().st_dev
    except OSError:
        return False

"""Which files and folders hold secrets, and that no other account can read them.

Owns the list. Whatever else lies in a private folder is private, whatever its own mode says. Backups elsewhere are
not looked at: they are sealed, and a stick often knows no modes. Windows keeps who may read a file in lists that this
program does not look at (docs/install.md).
"""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from mailbox.config import Settings
from mailbox.errors import SettingsRefused
from mailbox.store.dump import sqlite_file
from mailbox.upkeep.backup import own_folder
from mailbox.upkeep.tls.keeping import Folder


@dataclass(frozen=True)
class SecretPlace:
    """A file or folder that only this account may read; ``setting`` leads to it, ``mode`` is what it must be."""

    setting: str
    path: Path
    mode: int

    @property
    def is_open(self) -> bool:
        """Whether another account may read, write or enter it. What is not there is not open."""
        try:
            return bool(stat.S_IMODE(self.path.stat().st_mode) & 0o077)
        except OSError:
            # Not there, or not for us to see: who needs it says so in words of its own.
            return False


def open_places(settings: Settings, settings_file: Path | None = None) -> list[SecretPlace]:
    """Return the places with secrets that others can read, the widest first; none on Windows."""
    if os.name != "posix":
        return []
    return [place for place in _secret_places(settings, settings_file) if place.is_open]


def require_private(settings: Settings, settings_file: Path | None = None) -> None:
    """Raise SettingsRefused with the command that mends it, where another account could read a secret."""
    found = open_places(settings, settings_file)
    if found:
        commands = "; ".join(f"chmod {place.mode:o} {shlex.quote(str(place.path))}" for place in found)
        raise SettingsRefused(found[0].setting, f"others can read {found[0].path}; run: {commands}")


def _secret_places(settings: Settings, settings_file: Path | None) -> Iterator[SecretPlace]:
    tls = Folder.of(settings.data_dir)
    yield SecretPlace("data_dir", settings.data_dir, 0o700)
    yield SecretPlace("key_file", settings.key_file, 0o600)
    yield from (SecretPlace("data_dir", file, 0o600) for file in (tls.authority, tls.server))
    yield SecretPlace("data_dir", own_folder(settings), 0o700)
    file = sqlite_file(settings.database_url)
    if file is not None and settings.data_dir not in file.parents:
        # SQLite gives its journals the mode of the file itself.
        yield SecretPlace("database_url", file, 0o600)
    if settings_file is not None and _has_password(settings.database_url):
        yield SecretPlace("database_url", settings_file, 0o600)


def _has_password(database_url: str) -> bool:
    address = urlsplit(database_url)
    return bool(address.password) or "password" in parse_qs(address.query)

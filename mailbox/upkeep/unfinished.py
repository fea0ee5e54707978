"""The sign of a restore that is not finished: written before anything else comes back, removed last.

Owns that a computer is either complete, or empty enough that a restore can be tried again, whenever the power went.
While the sign lies there nothing is served, so what lies beside it is nobody's and may be taken away.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from mailbox.config import Settings
from mailbox.errors import SettingsRefused
from mailbox.private_files import keep_names, new_private_file
from mailbox.store.dump import drop_tables

_NAME = "restoring.json"


def require_finished(settings: Settings) -> None:
    """Raise SettingsRefused where a restore began and did not end."""
    if is_unfinished(settings):
        raise SettingsRefused("data_dir", "a restore did not finish here; run it once more: flask restore")


def is_unfinished(settings: Settings) -> bool:
    return _sign(settings).exists()


def begin(settings: Settings, files: Iterable[Path]) -> None:
    """Say that a restore begins and which files it will write where none were. Raises OSError."""
    content = {"database": _digest(settings), "files": [str(path) for path in files]}
    with new_private_file(_sign(settings)) as file:
        file.write(json.dumps(content).encode())
    keep_names(settings.data_dir)


def end(settings: Settings) -> None:
    """Say that everything is back, and on the disk."""
    keep_names(settings.data_dir)
    _sign(settings).unlink(missing_ok=True)
    keep_names(settings.data_dir)


def take_away(settings: Settings) -> None:
    """Take away what an unfinished restore left. Call it alone, and where no mailbox runs. Raises OSError, DBAPIError.

    The key file stays: one that lay here before may be the only one. Another database than the one that was being
    filled is not touched.
    """
    if not is_unfinished(settings):
        return
    try:
        kept = json.loads(_sign(settings).read_text("utf-8"))
        database, files = str(kept["database"]), [Path(str(path)) for path in kept["files"]]
    except (ValueError, KeyError, TypeError):
        # The power went while the sign itself was written: nothing had come back yet.
        database, files = "", []
    if database == _digest(settings):
        drop_tables(settings.database_url)
    for path in files:
        path.unlink(missing_ok=True)
    end(settings)


def _sign(settings: Settings) -> Path:
    return settings.data_dir / _NAME


def _digest(settings: Settings) -> str:
    return hashlib.sha256(settings.database_url.encode()).hexdigest()

"""The key file: pepper, authenticity and form secrets, beside the configuration and never in the database.

Owns its making and its checks; refuses to load what others can read.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mailbox.errors import KeyFileRefused
from mailbox.private_files import keep_names, new_private_file
from mailbox.sealing.derivation import derive

_SECRET_BYTES = 32
_SETTING = "key_file"


@dataclass(frozen=True)
class KeyFile:
    """Peppers by version (the highest is current), and the authenticity and form secrets, 32 bytes each.

    ``pepper_days``: the day on which a pepper took over, as text; the first one has none.
    """

    peppers: Mapping[int, bytes] = field(repr=False)
    authenticity: bytes = field(repr=False)
    form: bytes = field(repr=False)
    pepper_days: Mapping[int, str] = field(default_factory=dict, repr=False)
    # Derived once: a page needs about a dozen of them.
    _subkeys: dict[str, bytes] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def pepper_version(self) -> int:
        return max(self.peppers)

    def subkey(self, purpose: str) -> bytes:
        """Return the 32-byte key of a purpose: authenticity/, form/, channel/, login/, backup/ or care/ and a name."""
        if purpose not in self._subkeys:
            self._subkeys[purpose] = derive(self._secret_for(purpose), purpose)
        return self._subkeys[purpose]

    def _secret_for(self, purpose: str) -> bytes:
        if purpose.startswith("authenticity/"):
            return self.authenticity
        if purpose.startswith(("form/", "channel/", "login/", "backup/", "care/")):
            return self.form
        raise ValueError("a purpose begins with authenticity/, form/, channel/, login/, backup/ or care/")

    @classmethod
    def create(cls, path: Path) -> KeyFile:
        """Make a new key file with mode 600. Raises FileExistsError: an old key file is never overwritten."""
        made = cls({1: os.urandom(_SECRET_BYTES)}, os.urandom(_SECRET_BYTES), os.urandom(_SECRET_BYTES))
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with new_private_file(path) as file:
                file.write(made.to_bytes())
        except FileExistsError:
            raise
        except OSError:
            # A half-written file (disk full) would stop the next attempt and never load.
            path.unlink(missing_ok=True)
            raise
        keep_names(path.parent)
        return made

    def with_new_pepper(self, day: str, still_needed: Collection[int]) -> KeyFile:
        """Return the same secrets with one more pepper, which is current; of the earlier ones those still needed.

        The one that was current stays: a letter may be sent under it until the program begins anew.
        """
        kept = {*still_needed, self.pepper_version}
        peppers = {version: pepper for version, pepper in self.peppers.items() if version in kept}
        days = {version: since for version, since in self.pepper_days.items() if version in kept}
        newest = self.pepper_version + 1
        fresh = {newest: os.urandom(_SECRET_BYTES)}
        return KeyFile(peppers | fresh, self.authenticity, self.form, days | {newest: day})

    def put_in_place_of(self, path: Path) -> None:
        """Take the place of the key file at ``path`` whole or not at all, whenever the power goes. Raises OSError."""
        making = path.with_name(f"{path.name}.new")
        making.unlink(missing_ok=True)
        with new_private_file(making) as file:
            file.write(self.to_bytes())
        making.replace(path)
        keep_names(path.parent)

    def to_bytes(self) -> bytes:
        """Return the file's content."""
        content = {
            "version": 1,
            "peppers": {str(version): pepper.hex() for version, pepper in self.peppers.items()},
            "authenticity": self.authenticity.hex(),
            "form": self.form.hex(),
        }
        if self.pepper_days:
            content["pepper_days"] = {str(version): day for version, day in self.pepper_days.items()}
        return json.dumps(content, indent=2).encode("ascii")

    @classmethod
    def load(cls, path: Path) -> KeyFile:
        """Read a key file. Raises KeyFileRefused with what to mend if it is missing, open to others or damaged."""
        try:
            # What is checked is the file that is read, not one that took its name in between.
            with path.open("rb") as file:
                _check_privacy(path, os.fstat(file.fileno()))
                raw = file.read()
        except FileNotFoundError:
            raise KeyFileRefused(_SETTING, f"no key file at {path}; run the set-up, or restore it") from None
        except OSError:
            raise KeyFileRefused(
                _SETTING, f"{path} cannot be read; it must be a file that belongs to the service"
            ) from None
        try:
            return cls.from_bytes(raw)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise KeyFileRefused(_SETTING, f"{path} is damaged; restore it from the backup") from None

    @classmethod
    def from_bytes(cls, raw: bytes) -> KeyFile:
        """Read a key file's content. Raises ValueError, KeyError, TypeError or AttributeError for what is none."""
        try:
            content = json.loads(raw.decode("ascii"))
        except RecursionError:
            raise ValueError("nested too deeply for a key file") from None
        peppers = {int(version): _secret(text) for version, text in content["peppers"].items()}
        days = {int(version): str(day) for version, day in content.get("pepper_days", {}).items()}
        if content["version"] != 1 or not peppers:
            raise ValueError("version")
        return cls(peppers, _secret(content["authenticity"]), _secret(content["form"]), days)


def _check_privacy(path: Path, status: os.stat_result) -> None:
    if os.name != "posix":
        return
    if stat.S_IMODE(status.st_mode) & 0o077:
        raise KeyFileRefused(_SETTING, f"others can read {path}; run: chmod 600 {path}")
    if status.st_uid != os.geteuid():
        raise KeyFileRefused(_SETTING, f"{path} belongs to another user; the service must own it")


def _secret(text: str) -> bytes:
    secret = bytes.fromhex(text)
    if len(secret) != _SECRET_BYTES:
        raise ValueError("a secret has 32 bytes")
    return secret

"""The certificates' folder: made once, renewed in time, looked at. Owns the files and when a new one is due.

``authority.pem`` and ``server.pem`` hold key and certificate, for this account only; ``school-root.crt`` is the public
root for tablets. Each is exchanged whole, so that whoever serves finds the old or the new one and nothing between.
"""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path

from mailbox.errors import SettingsRefused
from mailbox.private_files import exchange
from mailbox.upkeep.tls.authority import (
    Certified,
    Unreadable,
    certify,
    is_signed_by,
    make_authority,
    places_allowed,
    places_of,
    read_pem,
)
from mailbox.upkeep.tls.places import Places, found_places, local_addresses

# A PC that is off through the summer holidays still renews in time.
RENEW_BEFORE = timedelta(days=90)
_ENDS_SOON = timedelta(days=365)
_MEND = "run: flask tls init --again (all tablets must then trust the new root)"
_log = logging.getLogger("mailbox.upkeep.tls")


class Trouble(StrEnum):
    """What is wrong with the certificates today."""

    NONE = ""
    AUTHORITY_ENDED = "authority_ended"
    AUTHORITY_ENDS = "authority_ends"
    ENDED = "ended"
    CLOCK = "clock"
    MOVED = "moved"


@dataclass(frozen=True)
class Folder:
    """Where an installation keeps its certificates."""

    path: Path

    @classmethod
    def of(cls, data_dir: Path) -> Folder:
        return cls(data_dir / "tls")

    @property
    def authority(self) -> Path:
        return self.path / "authority.pem"

    @property
    def server(self) -> Path:
        return self.path / "server.pem"

    @property
    def root(self) -> Path:
        return self.path / "school-root.crt"

    def is_made(self) -> bool:
        return self.authority.exists() or self.server.exists()


@dataclass(frozen=True)
class Kept:
    """Authority and server certificate as they lie on the disk."""

    authority: Certified
    server: Certified

    @property
    def places(self) -> Places:
        return places_of(self.server)

    def trouble(self, now: datetime) -> Trouble:
        """Return the gravest of what is wrong; whether this PC still has one of its addresses is looked up."""
        if now < max(self.authority.begins, self.server.begins):
            return Trouble.CLOCK
        if now >= self.authority.ends:
            return Trouble.AUTHORITY_ENDED
        if now >= self.server.ends:
            return Trouble.ENDED
        if self._has_moved():
            return Trouble.MOVED
        if now >= self.authority.ends - _ENDS_SOON:
            return Trouble.AUTHORITY_ENDS
        return Trouble.NONE

    def address(self) -> str:
        """Return the name or address under which tablets are told to find this PC."""
        return self.places.best(local_addresses())

    def _has_moved(self) -> bool:
        here, told = local_addresses(), self.address()
        # Without a cable nothing can be said, and a name is somebody else's to keep right.
        return bool(here) and told not in {*map(str, here), *self.places.names} and not ip_address(told).is_loopback


def look_up(folder: Folder) -> Kept:
    """Return what lies in ``folder``. Raises SettingsRefused with what to mend."""
    kept = Kept(_read(folder.authority), _read(folder.server))
    if not is_signed_by(kept.server, kept.authority):
        raise SettingsRefused("tls", f"{folder.server} is not signed by {folder.authority}; run: flask tls init")
    return kept


def set_up(folder: Folder, wanted: Places, now: datetime, *, anew: bool = False) -> Kept:
    """Make the authority, once, and a server certificate for ``wanted``; nothing wanted means the places as they are.

    ``anew`` makes another authority; every tablet has to trust that one. Raises SettingsRefused: the places are not
    found, or beyond what the authority may speak for, or a file is in the way.
    """
    if anew or not folder.authority.exists():
        places = wanted or found_places()
        if not places:
            raise SettingsRefused("tls", "this PC has no network address now; connect it, or give --name or --address")
        authority = make_authority(places, now)
        # Serving goes on with the old server certificate until its successor of the new authority is in place.
        _write(folder.authority, authority.pem(), private=True)
        return _issue(folder, authority, places, now)
    authority = _read(folder.authority)
    kept = _usable(folder)
    places = wanted or (kept.places if kept else places_allowed(authority))
    _require_allowed(authority, places)
    if kept is None or not places.same_as(kept.places) or is_due(kept, now):
        return _issue(folder, authority, places, now)
    _write_root(folder, authority)
    return kept


def renew_if_due(folder: Folder, now: datetime) -> bool:
    """Exchange a server certificate that ends soon; return whether one was. Raises SettingsRefused."""
    kept = look_up(folder)
    if not is_due(kept, now):
        return False
    _issue(folder, kept.authority, kept.places, now)
    return True


def renew(folder: Folder, now: datetime) -> Kept:
    """Exchange the server certificate at once. Raises SettingsRefused."""
    kept = look_up(folder)
    return _issue(folder, kept.authority, kept.places, now)


def is_due(kept: Kept, now: datetime) -> bool:
    """Whether a new server certificate is due and can be made: by a wrong clock or an ended authority none can."""
    if now < max(kept.server.begins, kept.authority.begins) or now >= kept.authority.ends:
        return False
    # Near the authority's own end a new one would end on the same day.
    return now >= kept.server.ends - RENEW_BEFORE and kept.server.ends < kept.authority.ends


class Keeper:
    """Renews by itself, beside the other work of a running program; says each trouble once."""

    def __init__(self, folder: Folder, clock: Callable[[], datetime]) -> None:
        self._folder, self._clock = folder, clock
        self._said = ""

    def look(self) -> None:
        if not self._folder.is_made():
            return
        try:
            renew_if_due(self._folder, self._clock())
            trouble = ""
        except (SettingsRefused, OSError) as failed:
            trouble = type(failed).__name__
        if trouble and trouble != self._said:
            _log.error("the certificate of the school's network cannot be renewed; see: flask tls status")
        self._said = trouble


def now() -> datetime:
    return datetime.now(UTC)


def _issue(folder: Folder, authority: Certified, places: Places, now: datetime) -> Kept:
    if not authority.begins <= now < authority.ends:
        raise SettingsRefused(
            "tls",
            f"the authority is good from {authority.begins:%Y-%m-%d} to {authority.ends:%Y-%m-%d} and this PC's "
            f"clock says {now:%Y-%m-%d}; set the clock right, or if it is right, {_MEND}",
        )
    server = certify(authority, places, now)
    _write(folder.server, server.pem(), private=True)
    _write_root(folder, authority)
    return Kept(authority, server)


def _usable(folder: Folder) -> Kept | None:
    try:
        return look_up(folder)
    except SettingsRefused:
        # A server certificate that is damaged or lost is simply made anew: tablets trust the authority.
        return None


def _require_allowed(authority: Certified, places: Places) -> None:
    allowed = places_allowed(authority)
    if not places.within(allowed):
        raise SettingsRefused(
            "tls", f"the school's root speaks for {allowed.in_words()} only, and not for {places.in_words()}; {_MEND}"
        )


def _read(path: Path) -> Certified:
    try:
        with path.open("rb") as file:
            if os.name == "posix" and stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise SettingsRefused("tls", f"others can read {path}; run: chmod 600 {path}")
            content = file.read()
        return read_pem(content)
    except FileNotFoundError:
        raise SettingsRefused("tls", f"there is no {path}; run: flask tls init") from None
    except OSError as broken:
        reason = broken.strerror or type(broken).__name__
        raise SettingsRefused("tls", f"{path} cannot be read ({reason}); it must belong to the service") from None
    except Unreadable:
        raise SettingsRefused("tls", f"{path} is damaged; restore it from the backup, or {_MEND}") from None


def _write_root(folder: Folder, authority: Certified) -> None:
    if not folder.root.exists() or folder.root.read_bytes() != authority.der:
        _write(folder.root, authority.der, private=False)


def _write(path: Path, content: bytes, *, private: bool) -> None:
    """Exchange a file whole; after a power cut it is the old one or the new one."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        exchange(path, content, 0o600 if private else 0o644)
    except OSError as broken:
        reason = broken.strerror or type(broken).__name__
        raise SettingsRefused("tls", f"{path} cannot be written ({reason}); make room, or mend its folder") from None

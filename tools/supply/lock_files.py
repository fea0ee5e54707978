"""The lock files, and whether what is installed is what they say. Reads files, asks nobody."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.markers import Marker
from packaging.utils import canonicalize_name

# What is served, what builds it, what tests it, what teaches the model, and what audits all of them.
LOCKS = ("requirements", "requirements-build", "requirements-dev", "requirements-model", "requirements-audit")
_PIN = re.compile(
    r"^(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)==(?P<version>[^\s;\\]+)\s*(?:;\s*(?P<marker>[^\\]+?))?\s*\\?$"
)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
# They come with Python's own venv and install the rest.
_COMES_WITH_PYTHON = frozenset({"pip"})


@dataclass(frozen=True)
class Pin:
    """One locked package; ``marker`` says where it is installed, empty for everywhere. Hashes are SHA-256, in hex."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]

    @property
    def wanted_here(self) -> bool:
        return not self.marker or Marker(self.marker).evaluate()


def read_lock(file: Path) -> list[Pin]:
    """Return what a lock pins. Raises ValueError with the line that pins nothing, or has no hash."""
    pins: list[Pin] = []
    for block in _blocks(file.read_text("utf-8")):
        first = block.splitlines()[0]
        pin, hashes = _PIN.match(first), tuple(_HASH.findall(block))
        if pin is None or not hashes:
            raise ValueError(f"{file.name}: not pinned with a hash: {first}")
        pins.append(Pin(canonicalize_name(pin["name"]), pin["version"], pin["marker"] or "", hashes))
    return pins


def every_pin(house: Path, locks: Iterable[str] = LOCKS) -> set[tuple[str, str]]:
    """Return (name, version) of all that the locks pin, also of what this system would not install."""
    return {(pin.name, pin.version) for lock in locks for pin in read_lock(house / f"{lock}.lock")}


def not_as_locked(house: Path, packages: Path, locks: Iterable[str]) -> list[str]:
    """Return a line for each package under ``packages`` that is missing, of another version, or in no lock here."""
    wanted: dict[str, str] = {}
    for lock in locks:
        wanted |= {pin.name: pin.version for pin in read_lock(house / f"{lock}.lock") if pin.wanted_here}
    there = {str(canonicalize_name(found.name)): found.version for found in distributions(path=[str(packages)])}
    wrong = [f"{name}: locked {version}, installed {there.get(name, 'not')}" for name, version in wanted.items()
             if there.get(name) != version]  # fmt: skip
    extra = sorted(set(there) - set(wanted) - _COMES_WITH_PYTHON)
    return sorted(wrong) + [f"{name}: installed {there[name]}, locked nowhere" for name in extra]


def altered_after_installing(packages: Path) -> list[str]:
    """Return a line for each installed file whose bytes are not those that its package's own list of files says."""
    return [line for found in distributions(path=[str(packages)]) for line in _altered(found)]


def _blocks(text: str) -> Iterator[str]:
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return (block for block in re.split(r"^(?=\S)", "\n".join(lines), flags=re.M) if block)


def _altered(found: Distribution) -> Iterator[str]:
    for file in found.files or ():
        if file.hash is None or file.hash.mode != "sha256":
            continue
        try:
            digest = hashlib.sha256(Path(str(file.locate())).read_bytes()).digest()
        except OSError:
            yield f"{found.name}: {file} is not there"
            continue
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != file.hash.value:
            yield f"{found.name}: {file} was changed after it was installed"

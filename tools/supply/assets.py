"""Files of others and of ours in the project's folder, as ``assets.toml`` lists them. Reads files, asks nobody.

``python -m tools.supply.assets`` prints what differs from the list, with the checksums that are true now.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

HOUSE = Path(__file__).resolve().parents[2]
# Program text, documentation, translations and locks: ours, or looked at elsewhere.
_TEXT = frozenset({".py", ".pyc", ".md", ".html", ".po", ".in", ".lock"})
# What git ignores, too: the environment, data, caches.
_ELSEWHERE = frozenset({
    ".git", ".venv", "var", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", "node_modules",
})  # fmt: skip
_NOT_KEPT = ("bench/out/*",)


@dataclass(frozen=True)
class Asset:
    """What others made: ``patterns`` name its files from the project's folder, ``sha256`` is of all of them together.

    ``within`` is the package that brings it, and then its one file lies under the place of packages. ``npm`` is its
    name in npm's registry, empty when it has none there. ``used`` is ``service`` or ``tests``.
    """

    name: str
    version: str
    licence: str
    licence_text: str
    source: str
    changes: str
    used: str
    patterns: tuple[str, ...]
    sha256: str
    npm: str
    within: str


@dataclass(frozen=True)
class Ours:
    """What we made. ``kind`` is what a bill of materials calls it: empty for what stands in none."""

    what: str
    patterns: tuple[str, ...]
    made_from: tuple[str, ...]
    kind: str


@dataclass(frozen=True)
class Assets:
    """The whole list."""

    others: tuple[Asset, ...]
    bundled: tuple[Asset, ...]
    ours: tuple[Ours, ...]


def read_assets(house: Path = HOUSE) -> Assets:
    """Return the list of ``assets.toml``. Raises KeyError for an entry that lacks something, by its name."""
    with (house / "assets.toml").open("rb") as file:
        told = tomllib.load(file)
    return Assets(
        tuple(_asset(entry, entry["files"], entry["licence_text"]) for entry in told["asset"]),
        tuple(_asset(entry, [entry["file"]], "") for entry in told["bundled"]),
        tuple(
            Ours(entry["what"], tuple(entry["files"]), tuple(entry.get("made_from", ())), entry.get("kind", ""))
            for entry in told["ours"]
        ),
    )


def files_kept(house: Path = HOUSE) -> list[str]:
    """Return the files of the project that are no program text, as paths from its folder, in order."""
    return sorted(path for path in _walk(house) if not any(fnmatchcase(path, pattern) for pattern in _NOT_KEPT))


def unlisted_or_twice(assets: Assets, kept: list[str]) -> list[str]:
    """Return a line for each kept file that stands in no entry, or in two."""
    entries: list[Asset | Ours] = [*assets.ours, *assets.others]
    patterns = [pattern for entry in entries for pattern in entry.patterns]
    times = Counter(path for path in kept for pattern in patterns if _is(path, pattern))
    return [f"{path}: in {times[path]} entries of assets.toml" for path in kept if times[path] != 1]


def altered(assets: Assets, house: Path = HOUSE) -> list[str]:
    """Return a line for each asset whose files or licence are missing, or whose checksum is another one."""
    wrong = []
    for asset in assets.others:
        if not (house / asset.licence_text).is_file():
            wrong.append(f"{asset.name}: its licence's text is not there: {asset.licence_text}")
        wrong += _differs(asset, house)
    return wrong


def altered_in_packages(assets: Assets, packages: Path) -> list[str]:
    """The same of what came inside packages, where these are installed under ``packages``."""
    there = [asset for asset in assets.bundled if (packages / asset.patterns[0]).exists()]
    return [line for asset in there for line in _differs(asset, packages)]


def checksum(patterns: tuple[str, ...], folder: Path) -> str:
    """Return what ``sha256sum FILE`` prints of one file, or ``sha256sum FILES | sha256sum`` of several, in order.

    Raises FileNotFoundError when a pattern names no file.
    """
    sums = checksums(patterns, folder)
    if len(sums) == 1:
        return next(iter(sums.values()))
    return hashlib.sha256("".join(f"{one}  {path}\n" for path, one in sums.items()).encode()).hexdigest()


def checksums(patterns: tuple[str, ...], folder: Path) -> dict[str, str]:
    """Return path → SHA-256 in hex of each file, in the order of their names. Raises FileNotFoundError as above."""
    files = sorted(path for pattern in patterns for path in _found(folder, pattern))
    return {path: hashlib.sha256((folder / path).read_bytes()).hexdigest() for path in files}


def _asset(entry: dict[str, Any], patterns: list[str], licence_text: str) -> Asset:
    return Asset(
        name=entry["name"],
        version=entry["version"],
        licence=entry["licence"],
        licence_text=licence_text,
        source=entry["source"],
        changes=entry.get("changes", ""),
        used=entry["used"],
        patterns=tuple(patterns),
        sha256=entry["sha256"],
        npm=entry.get("npm", ""),
        within=entry.get("within", ""),
    )


def _differs(asset: Asset, folder: Path) -> list[str]:
    try:
        now = checksum(asset.patterns, folder)
    except FileNotFoundError as missing:
        return [f"{asset.name}: no file is {missing}"]
    return [] if now == asset.sha256 else [f"{asset.name}: sha256 is now {now}"]


def _found(folder: Path, pattern: str) -> list[str]:
    found = [path.relative_to(folder).as_posix() for path in folder.glob(pattern) if path.is_file()]
    if not found:
        raise FileNotFoundError(pattern)
    return found


def _is(path: str, pattern: str) -> bool:
    # A star ends at a folder, as in a shell.
    return path.count("/") == pattern.count("/") and fnmatchcase(path, pattern)


def _walk(house: Path) -> Iterator[str]:
    for folder, folders, files in os.walk(house):
        folders[:] = [name for name in folders if name not in _ELSEWHERE]
        for name in files:
            if Path(name).suffix not in _TEXT:
                yield (Path(folder) / name).relative_to(house).as_posix()


def _tell() -> int:
    assets = read_assets()
    wrong = [*unlisted_or_twice(assets, files_kept()), *altered(assets)]
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(_tell())

"""``make audit``: everything that we run, build and vendor, held against locks, licences, checksums and advisories.

Ends with 0 only if every package was really looked up and nothing was found; 1 if something was found; 3 if nothing was
found but an advisory source could not be asked.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from tools.supply.advisories import Answer, Package, ask_about_npm, ask_about_python
from tools.supply.assets import HOUSE, Assets, altered, altered_in_packages, files_kept, read_assets, unlisted_or_twice
from tools.supply.licences import licences_under, not_allowed, read_allowed
from tools.supply.lock_files import LOCKS, altered_after_installing, every_pin, not_as_locked, read_lock

GOOD, FOUND, NOT_ASKED = 0, 1, 3
# Which stamp of the Makefile says that a lock was installed.
_STAMPS = {
    "run": ("requirements-build", "requirements"),
    "test": ("requirements-dev",),
    "model": ("requirements-model",),
}


def look_here(house: Path, packages: Path) -> list[tuple[str, list[str]]]:
    """Return (what was looked at, lines of what is wrong) for all that needs no network.

    Where a lock cannot be read, nothing else can be held against it, and that is all.
    """
    if unpinned := _unpinned(house):
        return [("lock files: pinned, with hashes", unpinned)]
    assets, allowed = read_assets(house), read_allowed()
    listed = [asset.licence for asset in (*assets.others, *assets.bundled)]
    unlike = [f"{licence} (assets.toml)" for licence in listed if not allowed.allows(licence)]
    return [
        ("lock files: pinned, with hashes", []),
        ("installed packages: as locked, and no others", not_as_locked(house, packages, _installed_locks(house))),
        ("files of installed packages: unchanged", altered_after_installing(packages)),
        ("licences: on the list", not_allowed(licences_under(packages, allowed), allowed) + unlike),
        (
            "files of others: listed, unchanged, with their licences",
            unlisted_or_twice(assets, files_kept(house))
            + altered(assets, house)
            + altered_in_packages(assets, packages),
        ),
    ]


def judge(answer: Answer, asked: set[Package], what: str) -> tuple[int, list[str]]:
    """Return the exit code and the lines that an answer about ``asked`` deserves; ``what`` names its packages."""
    lines = [f"found: {line}" for line in answer.found]
    missing = asked - answer.looked_up
    if missing:
        lines.append(
            f"could not be asked: advisories for {len(missing)} of {len(asked)} {what} ({'; '.join(answer.silence)})"
        )
    if answer.found:
        return FOUND, lines
    return (NOT_ASKED if missing else GOOD), lines or [f"good: advisories for {len(asked)} {what}, nothing found"]


def worst(codes: list[int]) -> int:
    """Return the code to end with: something found outweighs somebody not asked."""
    return next((code for code in (FOUND, NOT_ASKED) if code in codes), GOOD)


def npm_packages(assets: Assets) -> set[Package]:
    return {(asset.npm, asset.version) for asset in (*assets.others, *assets.bundled) if asset.npm}


def main(packages: Path, say: Callable[[str], object] = print) -> int:
    """Look at everything and say it; what is served is installed under ``packages``, and pip-audit where this runs."""
    codes = []
    for what, wrong in look_here(HOUSE, packages):
        codes.append(FOUND if wrong else GOOD)
        for line in [f"found: {line}" for line in wrong] or [f"good: {what}"]:
            say(line)
    if len(codes) == 1:
        return worst(codes)
    python, npm = every_pin(HOUSE), npm_packages(read_assets())
    for answer, asked, what in (
        (ask_about_python(Path(sys.executable), python), python, "Python packages"),
        (ask_about_npm(npm), npm, "npm packages"),
    ):
        code, lines = judge(answer, asked, what)
        codes.append(code)
        for line in lines:
            say(line)
    return worst(codes)


def _unpinned(house: Path) -> list[str]:
    wrong = []
    for lock in LOCKS:
        try:
            read_lock(house / f"{lock}.lock")
        except (OSError, ValueError) as refused:
            wrong.append(str(refused))
    return wrong


def _installed_locks(house: Path) -> list[str]:
    there = [locks for stamp, locks in _STAMPS.items() if (house / ".venv" / f"{stamp}.stamp").exists()]
    return list(dict.fromkeys(lock for locks in there for lock in locks)) or list(_STAMPS["run"])


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

"""A database of an older version is brought forward, and the program is killed half-way: whole, or as it was before.

Each time a fresh copy of a kept old database; then it is looked at, the backup is opened, and it is started again.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

from mailbox.config import PREFIX, Settings
from mailbox.store.migrations import newest_revision, revision_of
from mailbox.upkeep.backup import backups_in, own_folder
from mailbox.upkeep.restore import open_by_key_file
from tests.mailbox.upkeep.test_old_databases import RELEASES, OldSchool, everything_opens, unpack
from tests.support.served import HOUSE
from tests.torture.auditor import Verdict, file_is_whole


def kill_half_way(folder: Path, chance: random.Random, times: int) -> Verdict:
    """Bring the oldest kept database forward ``times`` times in ``folder``; kill it at a random moment each time."""
    verdict = Verdict()
    whole_s = _uninterrupted(unpack(RELEASES[0], folder / "whole"))
    before, after = 0, 0
    for number in range(times):
        old = unpack(RELEASES[0], folder / f"old-{number}")
        with _forward(old.settings) as program:
            time.sleep(chance.uniform(0, whole_s))
            program.kill()
        found = revision_of(old.settings.database_url)
        verdict.require(found in (old.known["revision"], newest_revision()), f"killed half-way, it is {found}")
        before += found == old.known["revision"]
        after += found == newest_revision()
        _look(old, verdict)
        _uninterrupted(old)
        verdict.require(bool(backups_in(own_folder(old.settings))), "it was brought forward without a backup")
        _look(old, verdict)
        everything_opens(old.office(), old.known)
    verdict.figures |= {
        "migrations killed": times,
        "  found as before": before,
        "  found whole": after,
        "one undisturbed": f"{whole_s:.1f} s",
    }
    return verdict


def _look(old: OldSchool, verdict: Verdict) -> None:
    complaints = file_is_whole(old.settings.data_dir / "mailbox.db")
    verdict.require(not complaints, f"killed half-way, SQLite complains: {complaints[:3]}")
    for _, backup in backups_in(own_folder(old.settings)):
        verdict.require(open_by_key_file(backup, old.settings) is not None, "a backup that stands there does not open")


def _uninterrupted(old: OldSchool) -> float:
    """Bring it forward and return the seconds it took. Raises CalledProcessError."""
    with _forward(old.settings) as program:
        began = time.monotonic()
        if program.wait():
            raise subprocess.CalledProcessError(program.returncode, program.args)
    return time.monotonic() - began


def _forward(settings: Settings) -> subprocess.Popen[bytes]:
    """Start bringing it forward; return when it says that it begins."""
    given = {"data_dir": settings.data_dir, "key_file": settings.key_file, "config": settings.data_dir / "empty.toml"}
    (settings.data_dir / "empty.toml").touch()
    program = subprocess.Popen(
        [sys.executable, "-m", "tests.torture.forward"],
        cwd=HOUSE,
        env={"PATH": "/usr/bin:/bin", **{PREFIX + name.upper(): str(value) for name, value in given.items()}},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )
    assert program.stdout is not None
    program.stdout.readline()
    return program

"""A disk that is full, and a database that somebody else holds, while children write: kind words, and nothing half.

A full disk is real where the machine lets us mount a small one of our own (``small_disk`` and ``filled``); everywhere
else no process of the program may write behind the first bytes of any file (``no_room``), which SQLite reports alike.
"""

from __future__ import annotations

import resource
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

from tests.torture.auditor import Verdict, audit, first_alarms, wait_for_alarms
from tests.torture.browser import Browser, Page, is_code
from tests.torture.place import Place
from tests.torture.power import unmount

_PATIENCE_S = 120.0
_A_FEW = 3
_FEW_BYTES = 4_096
# So that the journal, which is kept as long as it ever was, can grow no further soon.
_SMALL_DISK_MIB = 12


def in_trouble(place: Place, name: str, trouble: AbstractContextManager[None], *, restart: bool = False) -> Verdict:
    """Let children write before, during and after ``trouble``, which must not end before it was felt.

    ``restart``: the program is also killed and started again meanwhile.
    """
    verdict, ledger = Verdict(), place.ledger
    place.serve()
    code = place.child("戊").write(is_grave=False)
    with place.writing():
        verdict.wait(lambda: len(ledger.so_far().letters) > _A_FEW, _PATIENCE_S, "no letters came before")
        with trouble:
            none_refused = f"{name}: no letter was told not to be kept"
            verdict.wait(lambda: _refused(place) >= _A_FEW, _PATIENCE_S, none_refused)
            if restart:
                place.served.kill()
                place.serve()
            verdict.wrongs += _pages_are_there(place, name, code)
            refused, arrived = _refused(place), len(ledger.so_far().letters)
        # Four children may have been waiting; so many more are letters that were begun afterwards.
        enough = arrived + 2 * _A_FEW
        verdict.wait(lambda: len(ledger.so_far().letters) > enough, _PATIENCE_S, f"{name}: nothing came afterwards")
    wait_for_alarms(place.school.office, _PATIENCE_S)
    place.served.stop()
    verdict.figures |= {f"{name}: letters told not to be kept": refused}
    verdict.add(audit(place.school, ledger, posts=first_alarms(place.hook.posts)))
    return verdict


@contextmanager
def no_room(place: Place) -> Iterator[None]:
    """Let no file of the program's grow, and none be written behind its first bytes."""
    limits = {process: resource.prlimit(process, resource.RLIMIT_FSIZE) for process in place.served.processes()}
    for process, (_, hard) in limits.items():
        resource.prlimit(process, resource.RLIMIT_FSIZE, (_FEW_BYTES, hard))
    try:
        yield
    finally:
        for process in place.served.processes():
            resource.prlimit(process, resource.RLIMIT_FSIZE, limits[place.served.process_id])


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Mount a disk of a few MiB in memory at ``folder``."""
    folder.mkdir()
    size = f"size={_SMALL_DISK_MIB}m"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "none", str(folder)], check=True, capture_output=True)
    try:
        yield folder
    finally:
        unmount(folder)


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """Fill the disk of ``folder`` to its last byte."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(_FEW_BYTES)):
                pass
        except OSError:
            # This is what was wanted.
            pass
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Hold SQLite's write lock, as another program does that looks at the file."""
    with closing(sqlite3.connect(database, isolation_level=None)) as somebody:
        somebody.execute("BEGIN EXCLUSIVE")
        yield
        somebody.execute("ROLLBACK")


def _refused(place: Place) -> int:
    return sum(count for what, count in place.ledger.so_far().counts.items() if what.startswith("letters and replies"))


def _pages_are_there(place: Place, name: str, code: tuple[str, ...] | None) -> list[str]:
    """Reading goes on: the first page, and the replies behind a code."""
    wrongs = []
    tablet = Browser(place.served.port, f"__Host-kiosk={place.cookies[0]}")
    if tablet.ask("GET", "/").status != 200:
        wrongs.append(f"{name}: the first page is away")
    form = tablet.ask("GET", "/read").field("token") or ""
    opened: Page = tablet.ask("POST", "/read", {"token": form, "typed": "".join(code or ()), "open": "1"})
    if opened.status != 200 or is_code(opened):
        wrongs.append(f"{name}: a code does not open ({opened.status})")
    return wrongs

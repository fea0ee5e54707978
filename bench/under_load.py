"""``python -m bench load``: a class writes within a minute, and eight children for a minute without a pause.

On SQLite and on PostgreSQL, with two and with four workers. Afterwards a counselor opens every letter that is kept, and
each is compared with what a child was given a code for: none may be lost, none may be there twice.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from bench import machine, school
from bench.installation import Installation
from bench.load import Outcome, at_once, steadily
from bench.notes import notes
from bench.report import at, quantile_ms
from mailbox.letters.opened import ReaderKeys, open_note
from mailbox.office import Office
from mailbox.people.login import log_in, who
from mailbox.store.tables import Note
from tests.support.postgres import CAREFUL, running_cluster

_CLASS, _CHILDREN, _NOTES = 50, 8, 40_000
_WORKERS = (2, 4)
_WARM_UP_S = 2.0
_SOON_S = 1.0


@dataclass(frozen=True)
class _Line:
    """One load on one installation. ``lost``: acknowledged and not kept; ``others``: processors others kept busy."""

    name: str
    outcome: Outcome
    lost: int
    twice: int
    unacknowledged: int
    spent_s: float
    others: float

    def text(self) -> str:
        waits = [flow.form_s + flow.post_s for flow in self.outcome.flows]
        number = len(waits)
        soon = sum(wait <= _SOON_S for wait in waits)
        times = " | ".join(f"{quantile_ms(waits, share):,.0f}" for share in (0.5, 0.95, 1.0))
        wrong = " | ".join(map(str, (self.lost, self.twice, self.unacknowledged, sum(self.outcome.errors.values()))))
        a_note_ms = self.spent_s / number * 1_000 if number else float("inf")
        return f"| {self.name} | {number:,} | {times} | {soon:,} | {wrong} | {a_note_ms:.0f} | {self.others:.2f} |"


def main(seconds: float) -> None:
    """Run all loads for ``seconds`` each and print one table."""
    if not sys.platform.startswith("linux"):
        sys.exit("This measures processor time through /proc, so it needs Linux.")
    print(at(), flush=True)
    print(f"\nA class of {_CLASS} in {seconds:.0f} s, {_CLASS} in the same moment, {_CHILDREN} for {seconds:.0f} s")
    print("Form and letter to picture code in ms; `lost`, `twice`, `not told`, `errors` must all be 0.")
    names = ("letters", "median", "p95", "slowest", f"within {_SOON_S:.0f} s", "lost", "twice", "not told", "errors")
    print(f"| | {' | '.join(names)} | processor ms a letter | processors others kept busy |")
    print(f"|---|{'---:|' * (len(names) + 2)}")
    for on_postgresql in (False, True):
        for workers in _WORKERS:
            _measure(workers, seconds, on_postgresql=on_postgresql)


def _measure(workers: int, seconds: float, *, on_postgresql: bool) -> None:
    database = "PostgreSQL" if on_postgresql else "SQLite"
    supply = iter(notes(_NOTES, seed=8))
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="qiaoqiaohua-load-")))
        wishes: dict[str, object] = {}
        if on_postgresql:
            wishes["database_url"] = f"{held.enter_context(running_cluster(CAREFUL))}/postgres"
        installation = Installation(folder, web_workers=workers, **wishes)
        installation.make()
        office = held.enter_context(school.office_of(installation))
        staffed = school.staff(office, _CLASS)
        cookies = [f"__Host-kiosk={cookie}" for cookie in staffed.kiosks]
        installation.start(cookies[0])
        held.callback(installation.stop)
        port, server = installation.port, school.server_of(office)
        told = list(steadily(port, cookies[:_CHILDREN], supply, _WARM_UP_S).acknowledged)
        loads: dict[str, Callable[[], Outcome]] = {
            f"{_CLASS} in {seconds:.0f} s": lambda: steadily(port, cookies, supply, seconds, seconds),
            f"{_CLASS} at once": lambda: at_once(port, cookies, supply)[0],
            f"{_CHILDREN} for {seconds:.0f} s": lambda: steadily(port, cookies[:_CHILDREN], supply, seconds),
        }
        for name, load in loads.items():
            busy, spent = machine.busy_seconds(), _spent_s(installation, server)
            began = time.monotonic()
            outcome = load()
            wall_s = time.monotonic() - began
            spent = _spent_s(installation, server) - spent + outcome.client_processor_s
            others = max(0.0, (machine.busy_seconds() - busy - spent) / wall_s)
            told += outcome.acknowledged
            wrong = _compared(told, _kept(office))
            print(_Line(f"{database}, {workers} workers: {name}", outcome, *wrong, spent, others).text(), flush=True)
            for error, count in outcome.errors.items():
                print(f"  error: {error} × {count}", flush=True)


def _kept(office: Office) -> list[str]:
    """Return the words of every letter that is kept, as a counselor opens them; what does not open stands empty."""
    reader = who(office, log_in(office, school.LOGINS[0], school.PASSPHRASE))
    with office.database.view() as view:
        keys = ReaderKeys(view.session, reader)
        opened = [open_note(keys, note).content for note in view.session.scalars(select(Note))]
    return [content.text if content else "" for content in opened]


def _compared(told: list[str], kept: list[str]) -> tuple[int, int, int]:
    """Return how many letters were acknowledged and are not kept, are kept twice, and are kept unacknowledged."""
    there = Counter(kept)
    twice = sum(number - 1 for number in there.values())
    return len(set(told) - set(there)), twice, len(set(there) - set(told))


def _spent_s(installation: Installation, database_server: int) -> float:
    of_database = machine.seconds_of_family(database_server) if database_server else 0.0
    return installation.processor_seconds() + of_database

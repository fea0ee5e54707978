"""``python -m bench``: found a school in a temporary folder, serve it, load it, and print figures beside targets.

Triage, key derivation and sealing are on; the load runs on the same machine as the server. The exit code says nothing
of targets: what is missed is printed.
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench import desk, machine, many, parts, reading, report, school, soak, under_load
from bench.installation import Installation
from bench.load import Outcome, at_once, steadily
from bench.notes import LETTERS, notes
from bench.report import Figure

_CHILDREN, _CLASS = 8, 50
_WARM_UP_S, _ALONE_S, _PACED_S = 2.0, 5.0, 10.0
_PACED_PER_S = 40
_NOTES = 40_000
_PARTS_NOTES = 230


@dataclass(frozen=True)
class Measured:
    """An outcome and what it cost: processor seconds of the server, and processors that others kept busy."""

    outcome: Outcome
    server_s: float
    others: float

    @property
    def a_note_ms(self) -> float:
        flows = len(self.outcome.flows)
        return (self.server_s + self.outcome.client_processor_s) / flows * 1_000 if flows else float("inf")


class Bench:
    """One served school and an endless supply of notes."""

    def __init__(self, installation: Installation, cookies: list[str], supply: Iterator[str]) -> None:
        self._installation = installation
        self._cookies = cookies
        self._supply = supply

    def steadily(self, children: int, seconds: float, pause_s: float = 0.0) -> Measured:
        port, cookies = self._installation.port, self._cookies[:children]
        return self._measured(lambda: steadily(port, cookies, self._supply, seconds, pause_s))

    def at_once(self, children: int) -> tuple[Measured, float]:
        last: list[float] = []

        def load() -> Outcome:
            outcome, last_s = at_once(self._installation.port, self._cookies[:children], self._supply)
            last.append(last_s)
            return outcome

        return self._measured(load), last[0]

    def _measured(self, load: Callable[[], Outcome]) -> Measured:
        busy, server = machine.busy_seconds(), self._installation.processor_seconds()
        outcome = load()
        server = self._installation.processor_seconds() - server
        busy = machine.busy_seconds() - busy
        others = (busy - server - outcome.client_processor_s) / outcome.wall_s
        return Measured(outcome, server, max(0.0, others))


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    asked.add_argument(
        "what", nargs="?", default="speed", choices=("speed", "load", "soak", "many"), help="what is measured (speed)"
    )
    asked.add_argument("--seconds", type=float, help="how long a load lasts (speed: 20, load: 60)")
    asked.add_argument("--minutes", type=float, default=60.0, help="soak: how long it lasts (60)")
    asked.add_argument("--workers", type=int, default=2, help="serving processes (2)")
    asked.add_argument("--postgresql", action="store_true", help="on a PostgreSQL of its own instead of SQLite")
    usual = ",".join(map(str, many.SIZES))
    asked.add_argument("--threads", default=usual, help=f"many: how many are kept, the fewest first ({usual})")
    asked.add_argument(
        "--marked",
        type=int,
        default=many.MARKED_UP_TO,
        help="many: up to how many letters have marks of their own, and backup and doctor are measured",
    )
    asked.add_argument("--folder", type=Path, help="many: where there is room for all of them")
    wishes = asked.parse_args()
    if wishes.what == "load":
        under_load.main(wishes.seconds or 60.0)
        return
    if wishes.what == "many":
        sizes = [int(size) for size in wishes.threads.split(",")]
        many.main(sizes, wishes.folder, wishes.marked, on_postgresql=wishes.postgresql)
        return
    if wishes.what == "soak":
        soak.main(wishes.minutes, wishes.workers, on_postgresql=wishes.postgresql)
        return
    if not sys.platform.startswith("linux"):
        sys.exit("This measures memory and processor time through /proc, so it needs Linux.")
    load_1, load_5, _ = os.getloadavg()
    print(f"{machine.described()}; load average before: {load_1:.1f} {load_5:.1f}", flush=True)
    with tempfile.TemporaryDirectory(prefix="qiaoqiaohua-bench-") as folder:
        installation = Installation(Path(folder), web_workers=wishes.workers)
        installation.make()
        cookies = school.found(installation, _CLASS)
        first_page_s = installation.start(cookies[0])
        supply = itertools.chain(notes(_NOTES, seed=1), _never_enough())
        try:
            _run(Bench(installation, cookies, supply), installation, first_page_s, wishes.seconds or 20.0)
        finally:
            installation.stop()
        _print_parts(installation, cookies[0])
    _print("Triage alone, in one process on one core", reading.figures())
    # Last: it makes its installation within this very process.
    _print("The desk, in one process and without a network", desk.figures())


def _run(bench: Bench, installation: Installation, first_page_s: float, seconds: float) -> None:
    _print("Start", [Figure("first page after start", first_page_s, "s", 2.0)])
    bench.steadily(_CHILDREN, _WARM_UP_S)

    eight = bench.steadily(_CHILDREN, seconds)
    memory = installation.memory_mib()
    _print(
        f"{_CHILDREN} children, no pauses, {seconds:.0f} s, notes of {LETTERS} characters: form, note, picture code",
        [
            Figure("notes kept", eight.outcome.per_second, "/s", 100, at_least=True),
            *report.steps(eight.outcome, median_ms=30, p95_ms=80),
            report.errors(eight.outcome),
            Figure("processor time a note, server and load", eight.a_note_ms, "ms"),
            Figure(f"so {machine.processors()} processors keep at most", _most(eight), "/s"),
        ],
        eight,
    )
    paced = bench.steadily(_CHILDREN, _PACED_S, _CHILDREN / _PACED_PER_S)
    _print(
        f"{_CHILDREN} children, {_PACED_PER_S} notes a second among them, {_PACED_S:.0f} s",
        [*report.steps(paced.outcome, median_ms=30, p95_ms=80), report.errors(paced.outcome)],
        paced,
    )
    whole_class, last_s = bench.at_once(_CLASS)
    _print(
        f"{_CLASS} children in the same moment",
        [Figure("the last one has the code after", last_s, "s", 1.0), report.errors(whole_class.outcome)],
        whole_class,
    )
    alone = bench.steadily(1, _ALONE_S)
    _print("1 child", [*report.steps(alone.outcome, median_ms=18), report.errors(alone.outcome)], alone)
    _print(
        "Memory, shared pages counted once (PSS)",
        [
            Figure("all processes", sum(memory.values()), "MiB", 300),
            *(Figure(f"process {place}", value, "MiB") for place, value in enumerate(memory.values())),
        ],
    )


def _most(measured: Measured) -> float:
    return machine.processors() * 1_000 / measured.a_note_ms


def _print_parts(installation: Installation, cookie: str) -> None:
    spent = parts.milliseconds_a_note(installation, cookie, notes(_PARTS_NOTES, seed=2))
    whole = spent.pop("whole")
    print("\nOne note alone, without a server: where the time goes")
    print(f"  {'form':<46}{spent.pop('form'):>11.1f} ms")
    print(f"  {'note to picture code':<46}{whole:>11.1f} ms")
    for part, part_ms in sorted(spent.items(), key=lambda pair: -pair[1]):
        share = "" if part == parts.TRIAGE_BESIDE else f"{part_ms / whole:>8.0%}"
        print(f"    {part:<44}{part_ms:>11.1f} ms{share}")


def _print(title: str, figures: list[Figure], measured: Measured | None = None) -> None:
    print(f"\n{title}")
    for figure in figures:
        print(figure.line())
    if measured:
        print(f"  (other programs kept {measured.others:.2f} of {machine.processors()} processors busy)", flush=True)
        for name, count in measured.outcome.errors.items():
            print(f"  error: {name} × {count}", flush=True)


def _never_enough() -> Iterator[str]:
    raise RuntimeError(f"more than {_NOTES} notes were asked for; a repeated note would be another measurement")
    yield ""


if __name__ == "__main__":
    main()

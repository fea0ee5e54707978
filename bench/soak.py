"""``python -m bench soak --minutes 60``: an hour of mixed use, and whether memory, file handles and database stay flat.

Four kiosks, two counselors, a siren page and the worker are at it without a break; a clock that is moved brings every
sixth of the time the next Friday's opening, and with it reminders, the daily backup and the end of old copies.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from bench import machine, school
from bench.installation import Installation
from bench.moved import CLOCK_FILE, MovedClock
from bench.notes import notes
from bench.report import Figure, at, print_block
from bench.soak_people import Child, Counselor, Siren, Streets, Tally, keep_on
from mailbox.office import Office
from mailbox.store.tables import Alarm, Delivery, Note, Opening, Reply, Thread
from mailbox.upkeep.demo_drawing import house_and_sun
from mailbox.upkeep.soundness import look_at_marks
from tests.support.postgres import CAREFUL, running_cluster
from tests.support.web_hook import running_web_hook

_KIOSKS = 4
_CHILD_PAUSE_S, _COUNSELOR_PAUSE_S, _SIREN_PAUSE_S = 5.0, 2.5, 4.0
_NOTES = 40_000
_WEEKS = 6
_WARM_UP_SHARE = 1 / 6
_SAMPLES = 60
_LEVEL_SHARE = 0.1
_FRIDAY = 4
_JUST_BEFORE = timedelta(seconds=10)


@dataclass(frozen=True)
class Sample:
    """How things stand after ``seconds``: PSS, own memory and file handles by process, bytes of the database."""

    seconds: float
    pss_mib: dict[int, float]
    own_mib: dict[int, float]
    open_files: dict[int, float]
    database_bytes: int


def main(minutes: float, workers: int, *, on_postgresql: bool) -> None:
    """Run the soak and print its figures."""
    if not sys.platform.startswith("linux"):
        sys.exit("This measures memory through /proc, so it needs Linux.")
    print(at(), flush=True)
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="qiaoqiaohua-soak-")))
        wishes: dict[str, object] = {"reply_copy_days": 7}
        if on_postgresql:
            wishes["database_url"] = f"{held.enter_context(running_cluster(CAREFUL))}/postgres"
        installation = Installation(folder, web_workers=workers, **wishes)
        installation.environment[CLOCK_FILE] = str(folder / "clock")
        clock = MovedClock(folder / "clock")
        installation.make()
        hook = held.enter_context(running_web_hook())
        office = held.enter_context(school.office_of(installation, clock))
        staffed = school.staff(office, _KIOSKS)
        school.channel_to(office, staffed, hook.port)
        siren = school.siren_of(office, staffed)
        installation.start(f"__Host-kiosk={staffed.kiosks[0]}", [sys.executable, "-m", "bench.moved", "serve"])
        held.callback(installation.stop)
        tally, busy, server = Tally(), machine.busy_seconds(), installation.processor_seconds()
        began, own = time.monotonic(), time.process_time()
        with _people(installation.port, staffed, siren, tally) as streets:
            samples = list(_samples(installation, office, clock, streets, minutes * 60))
        wall = time.monotonic() - began
        server = installation.processor_seconds() - server
        others = (machine.busy_seconds() - busy - server - (time.process_time() - own)) / wall
        _report(minutes, workers, "PostgreSQL" if on_postgresql else "SQLite", samples, tally, server / wall)
        print(f"  (other programs kept {max(0.0, others):.2f} of {machine.processors()} processors busy)", flush=True)
        _check(office, staffed, tally, len(hook.posts))


@contextmanager
def _people(port: int, staffed: school.Staffed, siren: str, tally: Tally) -> Iterator[Streets]:
    streets, over, drawing = Streets(), threading.Event(), house_and_sun()
    supply = iter(notes(_NOTES, seed=6))
    acts = [
        *((Child(port, kiosk, supply, drawing, tally, at), _CHILD_PAUSE_S) for at, kiosk in enumerate(staffed.kiosks)),
        *(
            (Counselor(port, login, school.PASSPHRASE, tally, at), _COUNSELOR_PAUSE_S)
            for at, login in enumerate(school.LOGINS)
        ),
        (Siren(port, siren, tally), _SIREN_PAUSE_S),
    ]
    people = [threading.Thread(target=keep_on, args=(*act, streets, tally, over)) for act in acts]
    for person in people:
        person.start()
    try:
        yield streets
    finally:
        over.set()
        for person in people:
            person.join()


def _samples(
    installation: Installation, office: Office, clock: MovedClock, streets: Streets, seconds: float
) -> Iterator[Sample]:
    """Yield a sample now and then until the end, and move the clock to the next opening in between."""
    began = time.monotonic()
    openings = [seconds * (week + 0.5) / _WEEKS for week in range(_WEEKS)]
    main_processes = set(installation.processes())
    for place in range(1, _SAMPLES + 1):
        due = began + seconds * place / _SAMPLES
        time.sleep(max(0.0, due - time.monotonic()))
        passed = time.monotonic() - began
        yield Sample(
            passed,
            _only(installation.memory_mib(), main_processes),
            _only(installation.own_mib(), main_processes),
            _only(installation.open_files(), main_processes),
            _database_bytes(office),
        )
        if openings and passed >= openings[0]:
            openings.pop(0)
            with streets.closed():
                clock.move_to(_next_opening(office.local_now()))


def _next_opening(now: datetime) -> datetime:
    """Return ten seconds before the next Friday's hour, at least an hour from now."""
    hour = now.replace(hour=15, minute=0, second=0, microsecond=0) + timedelta(days=(_FRIDAY - now.weekday()) % 7)
    return (hour if hour > now + timedelta(hours=1) else hour + timedelta(days=7)) - _JUST_BEFORE


def _only(of: dict[int, float], processes: set[int]) -> dict[int, float]:
    return {number: kept for number, kept in of.items() if number in processes}


def _database_bytes(office: Office) -> int:
    if office.database.engine.dialect.name == "sqlite":
        file = Path(str(office.database.engine.url.database))
        return sum(each.stat().st_size for each in file.parent.glob(f"{file.name}*"))
    with office.database.view() as view:
        return int(view.session.scalar(select(func.pg_database_size(func.current_database()))) or 0)


def _report(minutes: float, workers: int, database: str, samples: list[Sample], tally: Tally, busy: float) -> None:
    warm = next(place for place, sample in enumerate(samples) if sample.seconds >= minutes * 60 * _WARM_UP_SHARE)
    first, last = _level(samples[warm:], begins=True), _level(samples[warm:], begins=False)
    figures = [Figure(name, number, "") for name, number in sorted(tally.done.items(), key=lambda pair: -pair[1])]
    figures.append(Figure("errors", sum(tally.errors.values()), "", 0))
    figures.append(Figure("processors that the program kept busy", busy, ""))
    print_block(f"{minutes:.0f} minutes of mixed use, {workers} workers, {database}", figures)
    for name, number in tally.errors.items():
        print(f"  error: {name} × {number}")
    before, after = samples[warm], samples[-1]
    figures = [
        Figure("memory of all (PSS), after the warm-up", first, "MiB"),
        Figure("memory of all (PSS), at the end", last, "MiB"),
        Figure("  the end by the beginning", last / first, "×", 1.1),
    ]
    for place, number in enumerate(sorted(after.own_mib)):
        figures += [
            Figure(f"process {place}: own memory, after the warm-up", before.own_mib[number], "MiB"),
            Figure(f"process {place}: own memory, at the end", after.own_mib[number], "MiB"),
            Figure(f"process {place}: file handles, after the warm-up", before.open_files[number], ""),
            Figure(f"process {place}: file handles, at the end", after.open_files[number], ""),
        ]
    figures += [
        Figure("database, after the warm-up", before.database_bytes / 2**20, "MiB"),
        Figure("database, at the end", after.database_bytes / 2**20, "MiB"),
    ]
    print_block("Memory, file handles and database", figures)
    course = [f"{sum(sample.pss_mib.values()):.0f}" for sample in samples[:: max(1, len(samples) // 20)]]
    print(f"  memory of all, in MiB, over the whole time: {' '.join(course)}", flush=True)


def _level(samples: list[Sample], *, begins: bool) -> float:
    """Return the median memory of all in the first or the last tenth: one moment may have a request in hand."""
    some = max(1, round(len(samples) * _LEVEL_SHARE))
    return statistics.median(sum(sample.pss_mib.values()) for sample in (samples[:some] if begins else samples[-some:]))


def _check(office: Office, staffed: school.Staffed, tally: Tally, told: int) -> None:
    """Count what is kept and compare it with what was said to have arrived."""
    with office.database.view() as view:
        counted = {
            of.__name__: view.session.scalar(select(func.count()).select_from(of)) or 0
            for of in (Thread, Note, Reply, Alarm, Delivery, Opening)
        }
    letters = tally.done["letters"] + tally.done["letters with a drawing"]
    print_block(
        "What is kept, against what was said to have arrived",
        [
            Figure("letters kept but not acknowledged, or the reverse", abs(counted["Thread"] - letters), "", 0),
            Figure(
                "letters written back, the same",
                abs(counted["Note"] - counted["Thread"] - tally.done["letters written back"]),
                "",
                0,
            ),
            Figure("replies, the same", abs(counted["Reply"] - tally.done["replies"]), "", 0),
            Figure("openings", counted["Opening"], ""),
            Figure("alarms raised", counted["Alarm"], ""),
            Figure("messages on the channel", told, ""),
            Figure("rows that do not carry our mark", len(look_at_marks(office).damaged), "", 0),
        ],
    )

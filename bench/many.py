"""``python -m bench many``: does the work of a day cost more when a hundred, or a million, letters are kept beside it?

The same thousand letters of the last four weeks, two hundred of them waiting, and more and more older ones beside
them: see ``kept``. Everything is asked of the real program on a real SQLite file or a real PostgreSQL; what runs once a
day (backup, doctor) is the command itself. Two times stand for each: the median of the clock on the wall, and the
processor time, which other programs on the machine change less.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from unittest import mock

from flask.testing import FlaskClient
from sqlalchemy import delete, text

from app import create_app, look_once
from bench import machine, school
from bench.growth_table import LOOKUP, QUEUE, Cell, print_table
from bench.installation import HOUSE, Installation
from bench.kept import RECENT, RECENT_DAYS, WAITING, Filler, Known
from bench.multiplied import multiply
from bench.report import at
from mailbox.letters import collect as collecting
from mailbox.letters.collect import collect
from mailbox.letters.letter import Letter
from mailbox.letters.post import post
from mailbox.letters.searching import search
from mailbox.office import Office, utc_now
from mailbox.openings.opening import open_what_is_due
from mailbox.openings.week_reports import freeze_ended_weeks
from mailbox.people.generations import next_generation
from mailbox.people.login import log_in, who
from mailbox.sealing.receipt import derive_receipt
from mailbox.store.reports import newest_report
from mailbox.store.tables import WeekReport, new_id
from tests.support.postgres import CAREFUL, running_cluster
from tests.support.sql_work import work_of
from triage.protocol import Assessment, Topic, Urgency

SIZES = (1_000, 10_000, 100_000, 1_000_000)
MARKED_UP_TO = 100_000
_HTTPS = "https://localhost"
_TIMES, _WEEKS = 9, 54
_LOOK_S = 0.02


def main(sizes: Sequence[int], folder: Path | None, marked_up_to: int, *, on_postgresql: bool) -> None:
    """Measure at each size, the smallest first, and print a table."""
    if not sys.platform.startswith("linux"):
        sys.exit("This measures processor time through /proc, so it needs Linux.")
    if marked_up_to <= RECENT < max(sizes):
        sys.exit(f"--marked must be more than {RECENT:,}: those beyond are copies of older letters that have marks.")
    name = "PostgreSQL" if on_postgresql else "SQLite"
    print(at(), flush=True)
    print(f"\n{name}: {RECENT:,} letters of the last four weeks, {WAITING} of them waiting, and older ones beside them")
    columns: list[dict[str, Cell]] = []
    with ExitStack() as held:
        place = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="qiaoqiaohua-many-", dir=folder)))
        wishes: dict[str, object] = {}
        if on_postgresql:
            tempfile.tempdir = str(folder) if folder else None
            wishes["database_url"] = f"{held.enter_context(running_cluster(CAREFUL))}/postgres"
        many = _Many(Installation(place, **wishes), held, marked_up_to)
        for size in sizes:
            began = time.perf_counter()
            many.grow_to(size)
            print(f"  {size:,} threads: filled in {time.perf_counter() - began:.0f} s, {many.size()}", flush=True)
            columns.append(many.measure())
            print(f"    {', '.join(f'{row.strip()} {cell.text()}' for row, cell in columns[-1].items())}", flush=True)
    print_table(sizes, columns)


class _Many:
    """One school whose mailbox grows, and everything that is asked of it."""

    def __init__(self, installation: Installation, held: ExitStack, marked_up_to: int) -> None:
        self._installation, self._marked_up_to = installation, marked_up_to
        installation.make()
        self._now = utc_now() - timedelta(weeks=_WEEKS)
        self._office = held.enter_context(school.office_of(installation, lambda: self._now))
        self._server = school.server_of(self._office)
        self._staffed = school.staff(self._office, 1)
        self._pass_weeks()
        self._filler = Filler(self._office, self._staffed)
        self._kept, self._known = 0, Known()

    def grow_to(self, size: int) -> None:
        if self._kept == 0:
            self._known, self._kept = self._filler.recent(), RECENT
            # Each is asked for once: a letter that was opened waits no longer, and a code that was used costs less.
            known = self._known
            self._waiting, self._answered = iter(known.waiting), iter(known.answered)
            self._codes = iter(known.codes[: -_TIMES - 1])
        marked = min(size, self._marked_up_to)
        self._filler.older(max(0, marked - self._kept))
        self._kept = max(marked, self._kept)
        if size > self._kept:
            newest = self._office.local_now().date() - timedelta(days=RECENT_DAYS)
            multiply(self._office, newest, size - self._kept)
            self._kept = size
        if self._is_sqlite:
            self._office.database.wipe_removed()
        self._say_how_rows_lie()
        # The first round after so long finds more to do than any later one.
        look_once(self._working)

    def size(self) -> str:
        if self._is_sqlite:
            used = sum(file.stat().st_size for file in (self._installation.settings().data_dir).glob("mailbox.db*"))
        else:
            with self._office.database.view() as view:
                used = int(view.session.scalar(text("SELECT pg_database_size(current_database())")) or 0)
        return f"{used / 2**20:,.0f} MiB"

    def measure(self) -> dict[str, Cell]:
        office = self._working
        cookie = log_in(office, school.LOGINS[0], school.PASSPHRASE)
        reader = who(office, cookie)
        desk = create_app(office).test_client()
        desk.set_cookie("__Host-desk", cookie, secure=True)
        kiosk = create_app(office).test_client()
        kiosk.set_cookie("__Host-kiosk", self._staffed.kiosks[0], secure=True)
        monday = office.local_now().date()
        monday -= timedelta(days=monday.weekday())
        backups = self._installation.settings().data_dir / "elsewhere"
        backups.mkdir(mode=0o700, exist_ok=True)
        measured = {
            QUEUE: self._cell(lambda: _get(desk, "/desk/letters/")),
            "  its answered letters": self._cell(lambda: _get(desk, "/desk/letters/?tab=answered")),
            "  whether it changed": self._cell(lambda: _get(desk, "/desk/letters/state")),
            "a letter that waits, opened": self._cell(lambda: _get(desk, f"/desk/letters/{next(self._waiting)}")),
            "an answered letter, opened": self._cell(lambda: _get(desk, f"/desk/letters/{next(self._answered)}")),
            "a reply looked up by its code": self._cell(
                lambda: collect(office, self._staffed.school_id, next(self._codes))
            ),
            LOOKUP: self._lookup(office),
            "the child's form": self._cell(lambda: _get(kiosk, "/write")),
            "a letter kept": self._cell(lambda: post(office, _letter(self._staffed.school_id))),
            "search through four weeks": self._cell(
                lambda: search(office, reader, ("向日葵",), monday - timedelta(weeks=3), monday), times=3
            ),
            "the week's numbers": self._cell(self._count_week),
            "page of the opening": self._cell(lambda: _get(desk, "/desk/opening/")),
            "page of the summary": self._cell(lambda: _get(desk, "/desk/summary/")),
            "page of the audit": self._cell(lambda: _get(desk, "/desk/audit/")),
            "page of the alarms": self._cell(lambda: _get(desk, "/desk/alarms/")),
            "the worker's round": self._cell(lambda: look_once(office)),
            "start to the first page": self._start(),
        }
        # They look at every row and its mark once, so that they take ten times as long for ten times as many.
        if self._kept <= self._marked_up_to:
            measured["backup, the command"] = self._backup(backups)
            measured["doctor, the command"] = self._command("doctor")
        return measured

    def _lookup(self, office: Office) -> Cell:
        """Look codes up with the derivation done before."""
        school_id = self._staffed.school_id
        codes = self._known.codes[-_TIMES - 1 :]
        with office.database.view() as view:
            salt = view.session.scalar(text("SELECT receipt_salt FROM schools"))
        version = office.keys.pepper_version
        secrets = {
            code.pictures: derive_receipt(code, bytes(salt), office.keys.peppers[version], version) for code in codes
        }
        left = iter(codes)
        with mock.patch.object(collecting, "derive_receipt", lambda code, *_: secrets[code.pictures]):
            return self._cell(lambda: collect(office, school_id, next(left)))

    def _count_week(self) -> None:
        office, school_id = self._working, self._staffed.school_id
        with office.database.work() as work:
            newest = newest_report(work.session, school_id)
            work.session.execute(delete(WeekReport).where(WeekReport.ends_on == newest))
            work.commit()
        freeze_ended_weeks(office)

    def _start(self) -> Cell:
        before = self._processor_s()
        wall_s = self._installation.start(f"__Host-kiosk={self._staffed.kiosks[0]}")
        spent_s = self._installation.processor_seconds() + self._processor_s() - before
        memory_mib = sum(self._installation.memory_mib().values())
        self._installation.stop()
        return Cell(wall_s * 1_000, spent_s * 1_000, memory_mib)

    def _backup(self, folder: Path) -> Cell:
        cell = self._command("backup", str(folder))
        # A million letters more would not find room beside it.
        for made in folder.iterdir():
            made.unlink()
        return cell

    def _command(self, *words: str) -> Cell:
        """Run a command of ours; return how long it took, what it cost, and the most memory that it held."""
        began, server = time.perf_counter(), self._server_s()
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", *words],
            cwd=HOUSE,
            env=self._installation.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        ended, most_mib = 0, 0.0
        # What the system remembers of an ended child begins with the memory of the parent that made it.
        while not ended:
            most_mib = max(most_mib, machine.most_memory_mib(process.pid))
            time.sleep(_LOOK_S)
            ended, status, used = os.wait4(process.pid, os.WNOHANG)
        wall_s, server_s = time.perf_counter() - began, self._server_s() - server
        # The doctor ends so where it found something: at the least that no worker has been heard for long.
        if os.waitstatus_to_exitcode(status) not in (0, 1):
            raise RuntimeError(f"flask {words[0]} ended with {os.waitstatus_to_exitcode(status)}")
        return Cell(wall_s * 1_000, (used.ru_utime + used.ru_stime + server_s) * 1_000, most_mib)

    def _cell(self, act: Callable[[], object], times: int = _TIMES) -> Cell:
        steps = work_of(self._office.database.engine, act) if self._is_sqlite else self._without_count(act)
        spent, before = [], self._processor_s()
        for _ in range(times):
            began = time.perf_counter()
            act()
            spent.append(time.perf_counter() - began)
        return Cell(statistics.median(spent) * 1_000, (self._processor_s() - before) / times * 1_000, steps=steps)

    @staticmethod
    def _without_count(act: Callable[[], object]) -> int:
        act()
        return 0

    def _processor_s(self) -> float:
        return time.process_time() + self._server_s()

    def _server_s(self) -> float:
        return 0.0 if self._is_sqlite else machine.seconds_of_family(self._server)

    @property
    def _is_sqlite(self) -> bool:
        return self._office.database.engine.dialect.name == "sqlite"

    @property
    def _working(self) -> Office:
        """The same office at the true time, with an assessor that says the same of everything."""
        return Office(self._office.settings, self._office.database, self._office.keys, _assess)

    def _pass_weeks(self) -> None:
        """Let the weeks go by, each with its opening and its key."""
        for week in range(_WEEKS + 1):
            self._now = utc_now() - timedelta(weeks=_WEEKS - week)
            open_what_is_due(self._office)
            with self._office.database.work() as work:
                next_generation(self._office, work.session, self._staffed.school_id)
                work.commit()
        self._now = utc_now()

    def _say_how_rows_lie(self) -> None:
        """Let the database count its rows, as PostgreSQL does by itself and SQLite never."""
        if not self._is_sqlite:
            with self._office.database.engine.connect() as connection:
                connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("VACUUM ANALYZE"))


def _get(client: FlaskClient, address: str) -> None:
    answer = client.get(address, base_url=_HTTPS)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")


def _letter(school_id: str) -> Letter:
    return Letter(school_id, new_id(), "今天我们一起去看了蚂蚁搬家。" * 6, os.urandom(16))


def _assess(_text: str, _adjustment: object) -> Assessment:
    return Assessment(Urgency.ROUTINE, None, (Topic.OTHER,), (), "说得很明白", {topic.value: 0.1 for topic in Topic})

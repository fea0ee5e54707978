"""One act is one transaction: what is not committed was never there, on both databases."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from mailbox.errors import Clash
from mailbox.store.database import Database
from mailbox.store.people import all_schools
from mailbox.store.tables import School
from tests.support.fixtures import database_of_kind
from tests.support.served import HOUSE

OURS = ("青山小学", "绿水小学", "白云小学")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


def school_named(name: str, **more: str) -> School:
    row = School(name=name, created_on=date(2026, 3, 2), opening_weekday=4, opening_hour=15, **more)
    row.receipt_salt, row.mark = bytes(16), bytes(32)
    return row


def keep(database: Database, names: Iterable[str]) -> None:
    """Write a school for each name, each in a unit of work of its own."""
    for name in names:
        with database.work() as work:
            work.session.add(school_named(name))
            work.commit()


def names_kept(database: Database) -> list[str]:
    with database.view() as view:
        return [school.name for school in all_schools(view.session)]


def keep_and_fail(database: Database, *, commit_after: int = 0, **more: str) -> None:
    """Write two schools, commit after so many of them, and run into an error."""
    with database.work() as work:
        for count, name in enumerate(("青山小学", "绿水小学"), 1):
            work.session.add(school_named(name, **more))
            work.session.flush()
            work.session.expunge_all()
            if count == commit_after:
                work.commit()
        _ = 1 / 0


def test_leaving_without_commit_keeps_nothing(database: Database) -> None:
    with database.work() as work:
        work.session.add(school_named("青山小学"))
        work.session.flush()
        assert len(all_schools(work.session)) == 1
    assert names_kept(database) == []


def test_an_error_in_the_middle_keeps_nothing_and_travels_on(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        keep_and_fail(database, commit_after=0)
    assert names_kept(database) == []


def test_what_was_committed_stays_though_the_block_fails_after_it(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        keep_and_fail(database, commit_after=1)
    assert names_kept(database) == ["青山小学"]


def test_an_act_that_clashes_keeps_none_of_its_rows_and_says_none_of_their_words(database: Database) -> None:
    with pytest.raises(Clash) as clash:
        keep_and_fail(database, id="0" * 32)
    assert "小学" not in str(clash.value)
    assert names_kept(database) == []


def test_a_row_that_was_read_stays_readable_after_leaving(database: Database) -> None:
    with database.work() as work:
        work.session.add(school_named("青山小学"))
        work.commit()
    with database.view() as view:
        (school,) = all_schools(view.session)
    assert school.name == "青山小学"


def test_writing_over_what_was_removed_keeps_nobody_from_writing_while_somebody_reads(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    database, journal = Database(database_of_kind("sqlite", request, tmp_path)), tmp_path / "mailbox.db-wal"
    with database.view() as long_look:
        assert all_schools(long_look.session) == []
        with database.work() as work:
            work.session.add(school_named("青山小学"))
            work.commit()
        wiping = threading.Thread(target=database.wipe_removed)
        wiping.start()
        for _ in range(10):
            # A fifth of the patience that a child's letter has.
            with closing(sqlite3.connect(tmp_path / "mailbox.db", timeout=1, isolation_level=None)) as writer:
                writer.execute("BEGIN IMMEDIATE")
            time.sleep(0.05)
    wiping.join()
    assert journal.stat().st_size == 0
    database.close()


def test_a_letter_gets_its_turn_among_many_small_writes_in_a_row(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    database, is_over = Database(database_of_kind("sqlite", request, tmp_path)), threading.Event()

    def write_on_and_on() -> None:
        # As the worker does when many alarms are due: the next write begins as soon as the last is kept.
        while not is_over.is_set():
            with database.work() as work:
                work.session.connection()
                time.sleep(0.02)
                work.commit()

    busy = threading.Thread(target=write_on_and_on)
    busy.start()
    try:
        keep(database, OURS)
    finally:
        is_over.set()
        busy.join()
    assert len(names_kept(database)) == len(OURS)
    database.close()


# Another process of ours, such as the alarm worker's, that keeps one row after the other without a pause.
_WRITES_ON_AND_ON = """import sys
from datetime import date
from itertools import count
from mailbox.store.database import Database
from mailbox.store.tables import School
database = Database(sys.argv[1])
for number in count(1):
    row = School(name=f"另一所{number}", created_on=date(2026, 3, 2), opening_weekday=4, opening_hour=15)
    row.receipt_salt, row.mark = bytes(16), bytes(32)
    with database.work() as work:
        work.session.add(row)
        work.commit()
    print(number, flush=True)
"""


def test_a_letter_gets_its_turn_beside_another_process_that_never_pauses_and_neither_loses_a_row(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = database_of_kind("sqlite", request, tmp_path)
    database = Database(url)
    # Its numbers go to a file: a pipe that nobody empties would make it pause.
    told = tmp_path / "told"
    with told.open("wb") as out:
        other = subprocess.Popen([sys.executable, "-c", _WRITES_ON_AND_ON, url], cwd=HOUSE, stdout=out)
    try:
        wait_until_told(told, other)
        keep(database, OURS)
    finally:
        other.kill()
        other.wait()
    # It was killed at any moment: what it told is there, and perhaps one that it could not tell any more.
    theirs = len(told.read_bytes().splitlines())
    assert len(names_kept(database)) - len(OURS) in {theirs, theirs + 1}
    database.close()


def wait_until_told(told: Path, other: subprocess.Popen[bytes]) -> None:
    while not told.read_bytes():
        assert other.poll() is None, "the other process ended"
        time.sleep(0.01)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_connection_that_breaks_after_the_reading_takes_nothing_away(database: Database) -> None:
    with database.view() as view:
        schools = all_schools(view.session)
        backend = view.session.scalar(text("SELECT pg_backend_pid()"))
        with psycopg.connect(database.engine.url.set(drivername="postgresql").render_as_string(False)) as killer:
            killer.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
    assert schools == []

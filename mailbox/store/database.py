"""The engine and the unit of work: one act, one transaction, rolled back unless committed.

Owns how SQLite and PostgreSQL are opened; knows no table. A write that the disk or a lock refuses becomes NotKept.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from mailbox.errors import Clash, NotKept, SettingsRefused
from mailbox.private_files import new_private_file

__all__ = ["Database", "Session", "UnitOfWork", "open_engine"]

# How long a write waits for somebody else's, on either database, before it is refused.
_PATIENCE_MS = 5_000
# How often a waiting write looks whether SQLite's lock is free. SQLite itself looks ten times a second at last, and so
# somebody with many small writes in a row, such as the worker, kept a child's letter waiting until it was refused.
_LOOK_EVERY_S = 0.002
# Emptying the journal keeps every writer out for as long as it waits for a reader. So it waits for moments only, and
# between them everybody has a turn, a foreign program too, which looks at a lock at least every tenth of a second.
_WIPE_WAIT_MS, _WIPE_TURN_S, _WIPE_TRIES = 50, 0.2, 20


class Database:
    """One database by URL (``sqlite:///FILE`` or ``postgresql+psycopg://…``)."""

    def __init__(self, url: str) -> None:
        self.engine = open_engine(url)

    def work(self) -> UnitOfWork:
        """Return a unit of work for writing; on SQLite it takes the write lock at its first statement."""
        return UnitOfWork(self.engine)

    def view(self) -> UnitOfWork:
        """Return a unit of work for reading only; on SQLite it waits for nobody."""
        return UnitOfWork(self.engine.execution_options(reading=True))

    def wipe_removed(self) -> bool:
        """Empty SQLite's journal into its file, where removed rows are written over; return whether that was done.

        Nobody who writes waits for it for more than a moment at a time. Somebody who reads for more than five seconds,
        such as a backup, puts it off to the next time. PostgreSQL writes over them by its own vacuum.
        """
        if self.engine.dialect.name != "sqlite":
            return True
        # Not through a session: within a transaction nothing is emptied.
        connection = self.engine.raw_connection()
        cursor = connection.cursor()
        try:
            cursor.execute(f"PRAGMA busy_timeout={_WIPE_WAIT_MS}")
            for _ in range(_WIPE_TRIES):
                (is_in_use, *_) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                if not is_in_use:
                    return True
                time.sleep(_WIPE_TURN_S)
            return False
        except sqlite3.Error:
            # A disk that refuses even this; what was removed is removed all the same.
            return False
        finally:
            cursor.execute(f"PRAGMA busy_timeout={_PATIENCE_MS}")
            connection.close()

    def close(self) -> None:
        self.engine.dispose()


class UnitOfWork:
    """``with database.work() as work: …; work.commit()``. Leaving without commit rolls everything back.

    What the database refuses leaves the block as Clash (a uniqueness) or NotKept (disk, lock, connection).
    """

    def __init__(self, engine: Engine) -> None:
        self.session = Session(engine, expire_on_commit=False)

    def __enter__(self) -> UnitOfWork:
        return self

    def commit(self) -> None:
        """Make the act durable; when this returns, it is kept."""
        self.session.commit()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Rows that were read stay readable after the transaction; rolling back would empty them.
        self.session.expunge_all()
        # A connection that broke has rolled back by itself, and what was read before was read whole.
        with suppress(DBAPIError):
            self.session.rollback()
        self.session.close()
        # The driver's message may repeat parameters, so only its class travels on.
        if isinstance(error, IntegrityError):
            raise Clash(type(error.orig).__name__) from None
        if isinstance(error, DBAPIError):
            raise NotKept(type(error.orig).__name__) from None


def open_engine(url: str) -> Engine:
    """Open an engine. Statement parameters never appear in its errors or logs.

    Raises SettingsRefused for an address that cannot be read.
    """
    try:
        engine = create_engine(url, hide_parameters=True, pool_pre_ping=url.startswith("postgresql"))
    except (ArgumentError, ValueError):
        # SQLAlchemy's own sentence may repeat the address, and with it the password.
        mend = "it cannot be read as an address; give postgresql://USER@HOST:PORT/DATABASE, with a number as PORT"
        raise SettingsRefused("database_url", mend) from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "do_connect", _make_private_file)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _SqliteTurns().begin)
    else:
        event.listen(engine, "connect", _prepare_postgresql)
    return engine


def _make_private_file(_dialect: object, _record: object, where: list[str], _options: object) -> None:
    # SQLite would make it with the account's usual mode. What cannot be made is said by SQLite.
    file = Path(where[0])
    if not file.exists():
        with suppress(OSError), new_private_file(file):
            pass


def _prepare_postgresql(connection: Any, _record: object) -> None:
    # Without it a child would wait for a stuck lock as long as somebody holds it.
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = {_PATIENCE_MS}")
    connection.commit()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # SQLAlchemy begins transactions itself (below), so the driver must not.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={_PATIENCE_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


class _SqliteTurns:
    """Begins transactions on SQLite. Taking the write lock at once lets waiting writers queue instead of failing when
    a reader turns writer; one at a time of this process asks for it, so that who writes again is seldom faster.
    """

    def __init__(self) -> None:
        self._asking = threading.Lock()

    def begin(self, connection: Any) -> None:
        if connection.get_execution_options().get("reading", False):
            connection.exec_driver_sql("BEGIN")
            return
        driver = connection.connection.dbapi_connection
        (patience_ms,) = driver.execute("PRAGMA busy_timeout").fetchone()
        refused_at = time.monotonic() + patience_ms / 1_000
        is_next = self._asking.acquire(timeout=patience_ms / 1_000)
        try:
            driver.execute("PRAGMA busy_timeout=0")
            if not (is_next and _gets_lock(driver, refused_at)):
                connection.exec_driver_sql("BEGIN IMMEDIATE")
        finally:
            if is_next:
                self._asking.release()
            driver.execute(f"PRAGMA busy_timeout={patience_ms}")


def _gets_lock(connection: sqlite3.Connection, refused_at: float) -> bool:
    """Begin a write as soon as nobody else writes; return whether that came true in time."""
    while time.monotonic() < refused_at:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as refused:
            # A damaged file is asked once more through SQLAlchemy, whose error every act knows how to answer.
            if getattr(refused, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_BUSY:
                return False
        else:
            return True
        time.sleep(_LOOK_EVERY_S)
    return False

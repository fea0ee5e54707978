"""Writing over what was removed. Rows that went leave bytes behind in free pages, in the journal, in a table's gaps.

SQLite writes zeros over removed rows (``secure_delete``); here its file is built anew as well, and its journal emptied.
PostgreSQL keeps removed rows until a table is built anew. What neither reaches: copies made by hand, PostgreSQL's own
log and its archives, and blocks that a disk has put aside; docs/retention.md says so.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from mailbox.errors import NotKept
from mailbox.store.database import Database
from mailbox.store.order import PATIENCE, forget_order
from mailbox.store.tables import Base

# Building anew takes memory and a lock for as long as the file is large: 256 MiB are about 25,000 letters.
MOST_BYTES_ANEW = 256 * 1024 * 1024
# Whoever writes meanwhile waits, five seconds at most, and a child's letter would then be sent back with its words. The
# file is first read through, which can be given up, and then written, which cannot: so the reading has a third of that.
SECONDS_ANEW = 1.5
# Beside the letters' own tables: what held them, and what goes with a letter.
_LAID_ANEW = (
    "week_keys",
    "week_key_copies",
    "case_keys",
    "case_key_copies",
    "held_boxes",
    "approval_requests",
    "approval_reasons",
    "second_readings",
)

_log = logging.getLogger("mailbox.store")


def erase_removed(database: Database) -> bool:
    """Write over everything that was removed; return False where somebody was in the way or the file is too large.

    Then it is done at the next removal, and SQLite's zeros stand meanwhile.
    """
    try:
        if database.engine.dialect.name == "postgresql":
            _lay_tables_anew(database)
        else:
            database.wipe_removed()
            return _build_file_anew(database) and database.wipe_removed()
    except (NotKept, DBAPIError) as refused:
        _log.error("what was removed could not be written over yet", extra={"error_class": type(refused).__name__})
        return False
    return True


def _build_file_anew(database: Database) -> bool:
    name = database.engine.url.database
    if name and Path(name).exists() and Path(name).stat().st_size > MOST_BYTES_ANEW:
        return False
    # Not through a session: within a transaction nothing is built anew. Its own copy lies in memory (temp_store).
    connection = database.engine.raw_connection()
    try:
        with _interrupted_when_late(connection):
            connection.cursor().execute("VACUUM")
    except Exception as refused:
        # The driver's own error, not SQLAlchemy's: a full disk, or somebody who writes for long, or it took too long.
        raise NotKept(type(refused).__name__) from None
    finally:
        connection.close()
    return True


@contextmanager
def _interrupted_when_late(connection: Any) -> Iterator[None]:
    too_late = threading.Timer(SECONDS_ANEW, connection.interrupt)
    too_late.start()
    try:
        yield
    finally:
        too_late.cancel()
        # Nobody who borrows the connection next may be interrupted in its place.
        too_late.join()


def _lay_tables_anew(database: Database) -> None:
    forget_order(database)
    for name in _LAID_ANEW:
        table = Base.metadata.tables[name]
        with database.work() as work:
            work.session.execute(text(PATIENCE))
            work.session.execute(text(f"CLUSTER {table.name} USING pk_{table.name}"))
            work.commit()

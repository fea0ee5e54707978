"""Very many rows into the database, by the fastest way that SQLite and PostgreSQL each have. Checks nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, Integer, LargeBinary

from mailbox.office import Office
from mailbox.store.tables import Base


@cache
def columns_of(of: type[Base]) -> list[str]:
    return [column.name for column in Base.metadata.tables[of.__tablename__].columns]


def values_of(row: Base) -> tuple[Any, ...]:
    """Return the row's values in the order of its table's columns."""
    kept = row.__dict__
    return tuple([kept.get(name) for name in columns_of(type(row))])


@contextmanager
def bulk(office: Office) -> Iterator[Callable[[type[Base], Sequence[tuple[Any, ...]]], None]]:
    """Yield ``write(of, rows)``; all of it is one transaction."""
    write = _insert if office.database.engine.dialect.name == "sqlite" else _copy
    with fast_cursor(office) as cursor:
        yield lambda of, rows: write(cursor, of, _in_order(of, rows))


@contextmanager
def fast_cursor(office: Office) -> Iterator[Any]:
    """Yield a cursor within one transaction that waits for no disk and looks for no row that another names."""
    is_sqlite = office.database.engine.dialect.name == "sqlite"
    connection = office.database.engine.raw_connection()
    try:
        cursor: Any = connection.cursor()
        if is_sqlite:
            for pragma in ("synchronous=OFF", "cache_size=-400000", "foreign_keys=OFF"):
                cursor.execute(f"PRAGMA {pragma}")
            cursor.execute("BEGIN IMMEDIATE")
        else:
            cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor
        if is_sqlite:
            cursor.execute("COMMIT")
        else:
            connection.commit()
    finally:
        # Not back into the pool: nobody else may write without waiting for the disk.
        connection.invalidate()


def _in_order(of: type[Base], rows: Sequence[tuple[Any, ...]]) -> Sequence[tuple[Any, ...]]:
    # Of their random ids, as the tables lie.
    return sorted(rows, key=itemgetter(columns_of(of).index("id")))


def _insert(cursor: Any, of: type[Base], rows: Sequence[tuple[Any, ...]]) -> None:
    names = columns_of(of)
    places = ", ".join("?" for _ in names)
    cursor.executemany(
        f"INSERT INTO {of.__tablename__} ({', '.join(names)}) VALUES ({places})",  # noqa: S608 - the names are our tables'.
        ([value.isoformat() if type(value) is date else value for value in row] for row in rows),
    )


def _copy(cursor: Any, of: type[Base], rows: Sequence[tuple[Any, ...]]) -> None:
    names = columns_of(of)
    with cursor.copy(f"COPY {of.__tablename__} ({', '.join(names)}) FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types([_type(column.type) for column in Base.metadata.tables[of.__tablename__].columns])
        for row in rows:
            copy.write_row(row)


def _type(of: object) -> str:
    kinds = ((BigInteger, "int8"), (Integer, "int4"), (Boolean, "bool"), (Date, "date"), (LargeBinary, "bytea"))
    return next((name for kind, name in kinds if isinstance(of, kind)), "text")

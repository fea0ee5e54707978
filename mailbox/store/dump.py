"""Every row of every table, read at one moment and written back: what a backup holds of the database.

Owns the order of tables, which rows are left out, and how values of both databases look alike. Knows no single table,
because a backup of an older version has other ones. Rows come in the order of their random ids, which tells nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from alembic.migration import MigrationContext
from sqlalchemy import (
    Boolean,
    ColumnClause,
    Connection,
    Date,
    MetaData,
    Table,
    column,
    func,
    insert,
    inspect,
    select,
    table,
    text,
)
from sqlalchemy.exc import DBAPIError

from mailbox.errors import NotKept
from mailbox.store.database import Database, open_engine
from mailbox.store.tables import Base

Value = str | bytes | int | bool | date | None
Row = Sequence[Value]
# A login ends with the program it began in; the key in such a row opens only with a browser's cookie.
LEFT_OUT = frozenset({"desk_sessions"})
_VERSION_TABLE = "alembic_version"
_ROWS_AT_ONCE = 50


@dataclass(frozen=True)
class Columns:
    """A table with its columns, ``id`` first."""

    table: str
    names: tuple[str, ...]


class Snapshot:
    """The whole database as it was at one moment, however long reading it takes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._tables = _tables(connection)
        if connection.dialect.name == "postgresql":
            # As pg_dump does: nobody may change or lay anew a table before it is read. Everybody may read and write.
            names = ", ".join(f'"{each.name}"' for each in self._tables)
            connection.execute(text(f"LOCK TABLE {names} IN ACCESS SHARE MODE"))

    @property
    def revision(self) -> str:
        """The revision of the schema."""
        return str(MigrationContext.configure(self._connection).get_current_revision())

    @property
    def tables(self) -> list[Columns]:
        """The tables in an order in which rows can be written back: what others point at comes first."""
        return [Columns(each.name, _names(each)) for each in self._tables if each.name not in LEFT_OUT]

    def rows(self, of: Columns) -> Iterator[Row]:
        """Yield a table's rows by id, as the driver gives them: a value that no column should hold is no error."""
        columns: list[ColumnClause[Any]] = [column(name) for name in of.names]
        query = select(*columns).select_from(table(of.table, *columns)).order_by(column("id"))
        for row in self._connection.execute(query, execution_options={"yield_per": _ROWS_AT_ONCE}):
            yield tuple(row)

    def schools(self) -> list[dict[str, Value]]:
        """Return the rows of the schools by column name, with the types that they have in Python."""
        found = [(each, row) for each in self.tables if each.table == "schools" for row in self.rows(each)]
        types = Base.metadata.tables["schools"].columns
        return [
            {
                name: bool(value)
                if name in types and isinstance(types[name].type, Boolean) and value is not None
                else value
                for name, value in zip(each.names, row, strict=True)
            }
            for each, row in found
        ]


@contextmanager
def snapshot(database: Database) -> Iterator[Snapshot]:
    """Open a snapshot for reading; nobody waits for it. Raises NotKept when the database does not answer."""
    is_sqlite = database.engine.dialect.name == "sqlite"
    options = {"reading": True} if is_sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    try:
        with database.engine.connect() as plain, plain.execution_options(**options).begin():
            yield Snapshot(plain)
    except DBAPIError as broken:
        raise NotKept(type(broken.orig).__name__) from None


def size_bytes(database: Database) -> int:
    """Return about how large the database is on its disk."""
    file = sqlite_file(str(database.engine.url))
    if file is not None:
        return sum(each.stat().st_size for each in (file, Path(f"{file}-wal")) if each.exists())
    with database.engine.connect() as connection:
        return int(connection.scalar(select(func.pg_database_size(func.current_database()))) or 0)


def sqlite_file(url: str) -> Path | None:
    """Return the file of an SQLite database; None for PostgreSQL."""
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None


def is_empty(url: str) -> bool:
    """Whether nobody has ever kept anything there: no database yet, or no school in it. Raises NotKept."""
    file = sqlite_file(url)
    if file is not None and not file.exists():
        return True
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            if "schools" not in inspect(connection).get_table_names():
                return not [each for each in inspect(connection).get_table_names() if each in Base.metadata.tables]
            return connection.scalar(select(func.count()).select_from(table("schools"))) == 0
    except DBAPIError as broken:
        raise NotKept(type(broken.orig).__name__) from None
    finally:
        engine.dispose()


def drop_tables(url: str) -> None:
    """Take all tables of ours away. Only for a database in which :func:`is_empty` found nothing."""
    file = sqlite_file(url)
    if file is not None:
        for each in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
            each.unlink(missing_ok=True)
        return
    engine = open_engine(url)
    try:
        with engine.begin() as connection:
            reflected = MetaData()
            ours = {*Base.metadata.tables, _VERSION_TABLE}
            reflected.reflect(connection, only=lambda name, _: name in ours)
            reflected.drop_all(connection)
    finally:
        engine.dispose()


def write_rows(url: str, parts: Iterable[tuple[Columns, Iterator[Row]]]) -> dict[str, int]:
    """Write rows into the empty tables of a database, in one transaction; return how many each table got.

    Raises NotKept when the database refuses them.
    """
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            known = {each.name: each for each in _tables(connection)}
            connection.commit()
            with connection.begin():
                written = {of.table: _write(connection, known[of.table], of, rows) for of, rows in parts}
        return written
    except DBAPIError as broken:
        raise NotKept(type(broken.orig).__name__) from None
    finally:
        engine.dispose()


def _write(connection: Connection, known: Table, of: Columns, rows: Iterator[Row]) -> int:
    into = insert(table(of.table, *(column(name) for name in of.names)))
    kinds = [known.columns[name].type for name in of.names]
    count = 0
    while some := list(islice(rows, _ROWS_AT_ONCE)):
        fitting = (map(partial(_fitting, connection), kinds, row) for row in some)
        connection.execute(into, [dict(zip(of.names, row, strict=True)) for row in fitting])
        count += len(some)
    return count


def _fitting(connection: Connection, kind: Any, value: Value) -> Value:
    # The other database may have kept a day as text, or yes and no as 1 and 0.
    is_sqlite = connection.dialect.name == "sqlite"
    if isinstance(kind, Boolean) and isinstance(value, int):
        return int(value) if is_sqlite else bool(value)
    if isinstance(kind, Date) and isinstance(value, date):
        return value.isoformat() if is_sqlite else value
    return value


def _tables(connection: Connection) -> list[Table]:
    reflected = MetaData()
    reflected.reflect(connection)
    return [each for each in reflected.sorted_tables if each.name != _VERSION_TABLE and "id" in each.columns]


def _names(of: Table) -> tuple[str, ...]:
    return tuple(sorted((each.name for each in of.columns), key=lambda name: (name != "id", name)))

"""What an act wrote into an empty database, to be written again without the act: keys take their time to be made."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

from sqlalchemy import insert, select

from mailbox.store.database import Database
from mailbox.store.tables import Base

_Told = TypeVar("_Told")
_Rows = dict[Any, list[dict[str, Any]]]


class Remembered(Generic[_Told]):
    """Remembers, by name, what was told and which rows stood in the database afterwards."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[_Told, _Rows]] = {}

    def once(self, name: Hashable, database: Database, act: Callable[[], _Told]) -> _Told:
        """Let ``act`` write into an empty database, or write there what it wrote the first time; return its answer."""
        if name in self._kept:
            told, rows = self._kept[name]
            with database.engine.begin() as connection:
                for table, of_table in rows.items():
                    connection.execute(insert(table), of_table)
            return told
        told = act()
        with database.engine.connect() as connection:
            found = {
                table: [dict(row) for row in connection.execute(select(table)).mappings()]
                for table in Base.metadata.sorted_tables
            }
        self._kept[name] = told, {table: rows for table, rows in found.items() if rows}
        return told

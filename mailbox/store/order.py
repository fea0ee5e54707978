"""The order in which rows lie. SQLite's tables have none of their own; a PostgreSQL heap keeps the order of arrival.

Owns how that order is forgotten: places in the heap, transaction numbers and the numbers of outsourced values.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import LargeBinary, Table, text
from sqlalchemy.orm import Session

from mailbox.store.database import Database
from mailbox.store.tables import (
    Alarm,
    Base,
    Correction,
    Draft,
    Note,
    NotePart,
    ReaderCopy,
    Remark,
    Reply,
    Thread,
    ThreadReader,
)

_TELLING: Sequence[type[Base]] = (
    Thread,
    ThreadReader,
    Note,
    NotePart,
    ReaderCopy,
    Reply,
    Draft,
    Remark,
    Correction,
    Alarm,
)
# Children and colleagues wait for the tables meanwhile, behind it and then for it, five seconds in all before they are
# sent back with their words; so it gives way soon to whoever holds one for long.
PATIENCE = "SET LOCAL lock_timeout = '1s'"


def forget_order(database: Database) -> None:
    """Lay every school's letters in the order of their random ids (PostgreSQL only).

    Takes about 3 s for 10,000 answered letters; one table at a time is closed to everybody else.
    Raises NotKept if a table is busy; what is done by then stays done.
    """
    if database.engine.dialect.name != "postgresql":
        return
    for mapped in _TELLING:
        table = Base.metadata.tables[mapped.__tablename__]
        with database.work() as work:
            work.session.execute(text(PATIENCE))
            _cluster(work.session, table)
            _write_anew(work.session, table)
            work.commit()
        # The rows' former versions go only once the transaction that replaced them has ended.
        with database.work() as work:
            work.session.execute(text(PATIENCE))
            _cluster(work.session, table)
            work.commit()


def _cluster(session: Session, table: Table) -> None:
    session.execute(text(f"CLUSTER {table.name} USING pk_{table.name}"))


def _write_anew(session: Session, table: Table) -> None:
    # CLUSTER alone moves the rows but keeps the number of the transaction that wrote each, which anybody can sort by.
    # Long values lie outside the row under rising numbers, so they too are written again, in the order of the ids.
    session.execute(text("SET LOCAL synchronize_seqscans = off"))
    boxes = [column.name for column in table.columns if isinstance(column.type, LargeBinary)]
    values = ", ".join(["school_id = school_id", *(f"{box} = {box} || ''::bytea" for box in boxes)])
    session.execute(text(f"UPDATE {table.name} SET {values}"))  # noqa: S608 - the names are those of our tables.

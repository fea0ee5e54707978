"""The order in which rows lie. SQLite's tables have none of their own; a PostgreSQL heap keeps the order of arrival."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session

from mailbox.store.tables import Note, ReaderCopy, Reply, Thread

_TELLING = (Thread, Note, ReaderCopy, Reply)


def forget_order(session: Session) -> None:
    """Lay the letters of every school in the order of their random ids (PostgreSQL's CLUSTER); nothing on SQLite."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for table in _TELLING:
        name = table.__tablename__
        session.execute(text(f"CLUSTER {name} USING pk_{name}"))

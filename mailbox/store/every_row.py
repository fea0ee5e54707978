"""Every row of a table, for whoever looks them all through. SQL only; decides nothing about what is found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from mailbox.store.tables import Base

AnyRow = TypeVar("AnyRow", bound=Base)
_ROWS_AT_ONCE = 100
# SQLite 3.40, which Debian 12 has, says this of every sound row of a table without row numbers. A value that is truly
# missing is found by the row's mark.
_NO_DAMAGE = "NULL value in "
_MOST_COMPLAINTS = 100_000_000


def every_row(session: Session, of: type[AnyRow]) -> Iterator[AnyRow | str]:
    """Yield the rows one after the other; for one that cannot even be read, its id."""
    ids = session.scalars(select(of.id).order_by(of.id)).all()
    for first in range(0, len(ids), _ROWS_AT_ONCE):
        some = ids[first : first + _ROWS_AT_ONCE]
        try:
            found: list[AnyRow | str] = list(session.scalars(select(of).where(of.id.in_(some))))
        except (TypeError, ValueError):
            # SQLite keeps any text where a day belongs.
            found = [_one(session, of, each) for each in some]
        yield from found
        # What was looked at must not gather in memory.
        session.expunge_all()


def quick_check(session: Session) -> str | None:
    """Return SQLite's first complaint about its file, None where all is well. PostgreSQL watches its own files."""
    if session.get_bind().dialect.name != "sqlite":
        return None
    complaints = session.scalars(text(f"PRAGMA quick_check({_MOST_COMPLAINTS})"), execution_options={"yield_per": 100})
    return next((each for each in complaints if each != "ok" and not each.startswith(_NO_DAMAGE)), None)


def _one(session: Session, of: type[AnyRow], row_id: str) -> AnyRow | str:
    try:
        return session.get_one(of, row_id)
    except (TypeError, ValueError):
        return row_id

"""Queries on a school's own beginnings of replies. SQL only; checks no mark."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mailbox.store.tables import Beginning


def beginnings_in(session: Session, school_id: str) -> Sequence[Beginning]:
    """Return a school's own beginnings and its words on ours."""
    return session.scalars(select(Beginning).where(Beginning.school_id == school_id).order_by(Beginning.id)).all()


def end_beginning(session: Session, school_id: str, row_id: str) -> None:
    session.execute(delete(Beginning).where(Beginning.school_id == school_id, Beginning.id == row_id))

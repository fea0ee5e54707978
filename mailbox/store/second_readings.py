"""Queries on who was asked to read a thread too. SQL only; checks no mark."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mailbox.store.tables import Remark, SecondReading


def second_readings_of(session: Session, thread_id: str) -> Sequence[SecondReading]:
    query = select(SecondReading).where(SecondReading.thread_id == thread_id)
    return session.scalars(query.order_by(SecondReading.id)).all()


def asked_of(session: Session, reader_id: str) -> dict[str, str]:
    """Return the threads that a reader was asked to read too, each with who asked."""
    query = select(SecondReading.thread_id, SecondReading.asked_by).where(SecondReading.reader_id == reader_id)
    return {row.thread_id: row.asked_by for row in session.execute(query.order_by(SecondReading.thread_id))}


def handed_to(session: Session, reader_id: str) -> frozenset[str]:
    """Return those of :func:`asked_of` that were handed to the reader: they came with a remark that says so."""
    query = select(SecondReading.thread_id).join(Remark, Remark.id == SecondReading.id)
    return frozenset(session.scalars(query.where(SecondReading.reader_id == reader_id)))


def end_second_reading(session: Session, thread_id: str, reader_id: str) -> bool:
    """Say whether there was one: of two who end it, one does."""
    ended = session.execute(
        delete(SecondReading)
        .where(SecondReading.thread_id == thread_id, SecondReading.reader_id == reader_id)
        .returning(SecondReading.id)
    )
    return ended.first() is not None

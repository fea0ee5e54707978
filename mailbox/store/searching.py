"""Queries for looking through a reader's letters: what was written on some days, as boxes. SQL only; opens nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer, load_only

from mailbox.store.letters import visible_to
from mailbox.store.tables import Note, Reply, Thread

_OF_A_NOTE = (Note.id, Note.thread_id, Note.week_key_id, Note.box, Note.arrived_on, Note.arrived_half, Note.place)


def notes_between(
    session: Session, school_id: str, reader_id: str, first: date, last: date, most: int
) -> tuple[Sequence[Note], int]:
    """Return the newest letters of some days that this reader sees, and how many there are in all."""
    seen = (Note.school_id == school_id, visible_to(reader_id), Note.arrived_on.between(first, last))
    query = select(Note).join(Thread, Thread.id == Note.thread_id).where(*seen).options(load_only(*_OF_A_NOTE))
    counted = select(func.count(Note.id)).join(Thread, Thread.id == Note.thread_id).where(*seen)
    newest = query.order_by(Note.arrived_on.desc(), Note.thread_id, Note.place).limit(most)
    return session.scalars(newest).all(), session.scalar(counted) or 0


def replies_between(
    session: Session, school_id: str, reader_id: str, first: date, last: date, most: int
) -> tuple[Sequence[Reply], int]:
    """Return the newest replies of some days that this reader sees, and how many there are in all."""
    seen = (Reply.school_id == school_id, visible_to(reader_id), Reply.written_on.between(first, last))
    query = select(Reply).join(Thread, Thread.id == Reply.thread_id).where(*seen).options(defer(Reply.collected))
    counted = select(func.count(Reply.id)).join(Thread, Thread.id == Reply.thread_id).where(*seen)
    newest = query.order_by(Reply.written_on.desc(), Reply.thread_id, Reply.place).limit(most)
    return session.scalars(newest).all(), session.scalar(counted) or 0

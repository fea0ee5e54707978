"""Queries for looking through a reader's letters: what was written on some days, as boxes. SQL only; opens nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, func, not_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, defer, load_only

from mailbox.store.letters import visible_to
from mailbox.store.tables import Note, Reply, Thread

_OF_A_NOTE = (Note.id, Note.thread_id, Note.week_key_id, Note.box, Note.arrived_on, Note.arrived_half, Note.place)


def notes_between(
    session: Session, school_id: str, reader_id: str, first: date, last: date, most: int
) -> tuple[Sequence[Note], int]:
    """Return the newest letters of some days that this reader sees, and how many there are in all."""
    seen = (
        Note.school_id == school_id,
        Note.arrived_on.between(first, last),
        _seen(Note.thread_id, school_id, reader_id),
    )
    query = select(Note).where(*seen).options(load_only(*_OF_A_NOTE))
    notes = session.scalars(query.order_by(Note.arrived_on.desc(), Note.thread_id, Note.place).limit(most)).all()
    # Counting costs as much as reading, and says something only where not all of them were read.
    if len(notes) < most:
        return notes, len(notes)
    return notes, session.scalar(select(func.count(Note.id)).where(*seen)) or 0


def replies_between(
    session: Session, school_id: str, reader_id: str, first: date, last: date, most: int
) -> tuple[Sequence[Reply], int]:
    """Return the newest replies of some days that this reader sees, and how many there are in all."""
    seen = (
        Reply.school_id == school_id,
        Reply.written_on.between(first, last),
        _seen(Reply.thread_id, school_id, reader_id),
    )
    query = select(Reply).where(*seen).options(defer(Reply.collected))
    replies = session.scalars(query.order_by(Reply.written_on.desc(), Reply.thread_id, Reply.place).limit(most)).all()
    if len(replies) < most:
        return replies, len(replies)
    return replies, session.scalar(select(func.count(Reply.id)).where(*seen)) or 0


def _seen(thread_id: InstrumentedAttribute[str], school_id: str, reader_id: str) -> ColumnElement[bool]:
    """The few threads that are closed to the reader, once, rather than a look at the thread of each letter."""
    # In the words of the index of closed threads, or every thread of the school is looked at.
    closed = (Thread.school_id == school_id, Thread.closed.is_not(False), not_(visible_to(reader_id)))
    return thread_id.not_in(select(Thread.id).where(*closed))

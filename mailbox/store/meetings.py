"""Queries for times to meet: what may hold some, by clear columns alone. SQL only; opens nothing.

Nothing in the clear says that a reply offers times or that a letter chooses one, so more is read than is needed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from mailbox.store.letters import visible_to
from mailbox.store.tables import Note, Reply, Thread


def replies_of_author(session: Session, school_id: str, author_id: str, since: date) -> Sequence[Reply]:
    """Return what one colleague has written since a day."""
    query = select(Reply).where(Reply.school_id == school_id, Reply.author_id == author_id, Reply.written_on >= since)
    return session.scalars(query).all()


def threads_written_back(session: Session, school_id: str, reader_id: str, since: date) -> Sequence[str]:
    """Return the threads this reader sees in which a child wrote again since a day."""
    query = select(Note.thread_id).join(Thread, Thread.id == Note.thread_id)
    wanted = query.where(Note.school_id == school_id, visible_to(reader_id), Note.place > 1, Note.arrived_on >= since)
    return session.scalars(wanted.distinct().order_by(Note.thread_id)).all()


def is_newest_answer(session: Session, thread_id: str, reply_id: str) -> bool:
    """Whether no later answer of the thread can be read; a holding reply is none, and offers nothing."""
    readable = (Reply.thread_id == thread_id, Reply.state == "released", Reply.promised_on.is_(None))
    newest = select(Reply.id).where(*readable).order_by(Reply.place.desc()).limit(1)
    return session.scalar(newest) == reply_id

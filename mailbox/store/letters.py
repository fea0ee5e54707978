"""Queries on threads, notes and replies. SQL only; claims are conditional updates that count rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, CursorResult, delete, not_, or_, select, update
from sqlalchemy.orm import Session, defer

from mailbox.rules.claims import LONGEST_CLAIM_SECONDS
from mailbox.store.tables import Correction, Note, NotePart, ReaderCopy, Reply, Thread, ThreadReader, is_id

# How many ids one statement names; neither database takes any number of them.
IDS_AT_ONCE = 500


def note_by_send_tag(session: Session, send_tag: bytes) -> Note | None:
    return session.scalars(select(Note).where(Note.send_tag == send_tag)).one_or_none()


def thread_by_tag(session: Session, lookup_tag: bytes) -> Thread | None:
    return session.scalars(select(Thread).where(Thread.lookup_tag == lookup_tag)).one_or_none()


def visible_to(reader_id: str) -> ColumnElement[bool]:
    """Return the condition that keeps closed threads from everybody but the readers the child left them to."""
    named = select(ThreadReader.id).where(ThreadReader.thread_id == Thread.id, ThreadReader.reader_id == reader_id)
    return or_(Thread.closed.is_(False), named.exists())


def threads_seen_by(session: Session, school_id: str, reader_id: str) -> tuple[Sequence[Thread], list[str]]:
    """Return the threads, and the ids of those whose row cannot even be read (SQLite keeps any text as a date)."""
    query = select(Thread).where(Thread.school_id == school_id, visible_to(reader_id))
    try:
        return session.scalars(query).all(), []
    except (TypeError, ValueError):
        return _one_by_one(session, session.scalars(query.with_only_columns(Thread.id)).all())


def _one_by_one(session: Session, thread_ids: Sequence[str]) -> tuple[Sequence[Thread], list[str]]:
    read, broken = [], []
    for thread_id in thread_ids:
        try:
            read.append(session.get_one(Thread, thread_id))
        except (TypeError, ValueError):
            broken.append(thread_id)
    return read, broken


def thread_seen_by(
    session: Session, thread_id: str, school_id: str, reader_id: str, *, to_change: bool = False
) -> Thread | None:
    """Return a thread; ``to_change`` locks its row until commit on PostgreSQL (SQLite has one writer anyway)."""
    if not is_id(thread_id):
        return None
    query = select(Thread).where(Thread.id == thread_id, Thread.school_id == school_id, visible_to(reader_id))
    return session.scalars(query.with_for_update(key_share=True) if to_change else query).one_or_none()


def thread_to_change(session: Session, thread_id: str, school_id: str) -> Thread | None:
    """Return a thread, locked: a letter that comes while a colleague answers must find the thread as it then is."""
    if not is_id(thread_id):
        return None
    query = select(Thread).where(Thread.id == thread_id, Thread.school_id == school_id)
    return session.scalars(query.with_for_update(key_share=True)).one_or_none()


def notes_of(session: Session, thread_id: str) -> Sequence[Note]:
    query = select(Note).where(Note.thread_id == thread_id).order_by(Note.place)
    return session.scalars(query).all()


def note_seen_by(session: Session, note_id: str, school_id: str, reader_id: str) -> Note | None:
    """Return a letter of a thread that this reader may see."""
    query = select(Note).join(Thread, Thread.id == Note.thread_id)
    return session.scalars(
        query.where(Note.id == note_id, Note.school_id == school_id, visible_to(reader_id))
    ).one_or_none()


def part_of(session: Session, part_id: str, thread_id: str) -> NotePart | None:
    """Return one drawing or recording of a thread, with its box."""
    if not is_id(part_id):
        return None
    query = select(NotePart).where(NotePart.id == part_id, NotePart.thread_id == thread_id)
    return session.scalars(query).one_or_none()


def replies_of(session: Session, thread_id: str, state: str | None = None) -> Sequence[Reply]:
    query = select(Reply).where(Reply.thread_id == thread_id).order_by(Reply.place)
    return session.scalars(query.where(Reply.state == state) if state else query).all()


def replied_threads(session: Session, school_id: str) -> set[str]:
    """Return the ids of the school's threads that have an answer; a holding reply is none."""
    answers = select(Reply.thread_id).where(Reply.school_id == school_id, Reply.promised_on.is_(None))
    return set(session.scalars(answers.distinct()))


def replies_released_before(session: Session, day: date) -> Sequence[Reply]:
    """Return the replies, of all schools, that children could read before ``day`` and whose copy is still there."""
    query = select(Reply).where(Reply.state == "released", Reply.released_on < day, Reply.child_box.is_not(None))
    # Two workers may look at once: what one has in hand, the other leaves to it.
    return session.scalars(query.with_for_update(skip_locked=True)).all()


def mark_collected(session: Session, reply_ids: Sequence[str]) -> None:
    session.execute(update(Reply).where(Reply.id.in_(reply_ids)).values(collected=True))


def corrections_of(session: Session, thread_id: str) -> Sequence[Correction]:
    query = select(Correction).where(Correction.thread_id == thread_id)
    return session.scalars(query.order_by(Correction.place, Correction.id)).all()


def corrections_of_school(session: Session, school_id: str) -> Sequence[Correction]:
    """Return all corrections of a school, those of one thread in their order."""
    query = select(Correction).where(Correction.school_id == school_id)
    return session.scalars(query.order_by(Correction.thread_id, Correction.place, Correction.id)).all()


def notes_to_learn_from(session: Session, school_id: str) -> Sequence[Note]:
    """Return the letters of a school's open threads, without their second box."""
    query = select(Note).join(Thread, Thread.id == Note.thread_id)
    wanted = query.where(Note.school_id == school_id, Thread.closed.is_(False)).order_by(Note.id)
    return session.scalars(wanted.options(defer(Note.circumstances))).all()


def replies_of_school(session: Session, school_id: str) -> Sequence[Reply]:
    return session.scalars(select(Reply).where(Reply.school_id == school_id)).all()


def readers_of_closed(session: Session, thread_id: str) -> Sequence[ThreadReader]:
    return session.scalars(select(ThreadReader).where(ThreadReader.thread_id == thread_id)).all()


def copies_for(session: Session, message_ids: Sequence[str], kind: str, holder_id: str) -> dict[str, bytes]:
    """Return a holder's own boxes of closed messages, by message; those without one are left out."""
    own = select(ReaderCopy.message_id, ReaderCopy.box).where(
        ReaderCopy.kind == kind, ReaderCopy.holder_id == holder_id
    )
    copies: dict[str, bytes] = {}
    for first in range(0, len(message_ids), IDS_AT_ONCE):
        some = message_ids[first : first + IDS_AT_ONCE]
        copies |= {row.message_id: row.box for row in session.execute(own.where(ReaderCopy.message_id.in_(some)))}
    return copies


def is_claimed_at(now_seconds: int) -> ColumnElement[bool]:
    """Return the condition of ``rules.claims.is_claimed``, for threads that have an end of a claim."""
    return Thread.claimed_until.between(now_seconds, now_seconds + LONGEST_CLAIM_SECONDS)


def take_claim(session: Session, thread_id: str, reader_id: str, now_seconds: int, until_seconds: int) -> int:
    """Claim a thread unless a colleague holds it; return the number of rows changed, 0 or 1."""
    free = or_(
        Thread.claimed_by.is_(None),
        Thread.claimed_by == reader_id,
        Thread.claimed_until.is_(None),
        not_(is_claimed_at(now_seconds)),
    )
    statement = update(Thread).where(Thread.id == thread_id, free)
    return _changed(session, statement.values(claimed_by=reader_id, claimed_until=until_seconds))


def drop_claim(session: Session, thread_id: str, reader_id: str) -> int:
    statement = update(Thread).where(Thread.id == thread_id, Thread.claimed_by == reader_id)
    return _changed(session, statement.values(claimed_by=None, claimed_until=None))


def release_held(session: Session, school_id: str, today: date) -> int:
    """Make all held replies readable; return how many."""
    statement = update(Reply).where(Reply.school_id == school_id, Reply.state == "held")
    return _changed(session, statement.values(state="released", released_on=today))


def drop_held_holding(session: Session, thread_id: str) -> None:
    """Take back a holding reply that no child could read yet: an answer goes out instead of it."""
    held = select(Reply.id).where(Reply.thread_id == thread_id, Reply.state == "held", Reply.promised_on.is_not(None))
    drop_replies(session, session.scalars(held).all())


def drop_replies(session: Session, reply_ids: Sequence[str]) -> None:
    """Remove replies that no child could read yet, with their readers' copies."""
    session.execute(delete(ReaderCopy).where(ReaderCopy.message_id.in_(reply_ids)))
    session.execute(delete(Reply).where(Reply.id.in_(reply_ids)))


def _changed(session: Session, statement: object) -> int:
    result = session.execute(statement)  # type: ignore[call-overload]
    assert isinstance(result, CursorResult)  # noqa: S101 - an UPDATE always gives one; this tells the type checker.
    return result.rowcount

"""Queries on openings and the weekly operational numbers, counted from clear columns. SQL only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, not_, or_, select
from sqlalchemy.orm import Session

from mailbox.rules.letter_kinds import LetterKind
from mailbox.store.letters import visible_to
from mailbox.store.tables import Calendar, Correction, Note, Opening, OpeningCustom, Reply, Thread
from triage.protocol import Cause, Urgency


def calendar_of(session: Session, school_id: str) -> Calendar | None:
    return session.scalars(select(Calendar).where(Calendar.school_id == school_id)).one_or_none()


def opening_of(session: Session, school_id: str, due_on: date, *, by_hand: bool) -> Opening | None:
    query = select(Opening).where(Opening.school_id == school_id, Opening.due_on == due_on)
    return session.scalars(query.where(Opening.by_hand.is_(by_hand))).one_or_none()


def openings_of(session: Session, school_id: str, since: date) -> Sequence[Opening]:
    query = select(Opening).where(Opening.school_id == school_id, Opening.due_on >= since)
    return session.scalars(query).all()


def corrections_between(
    session: Session, school_id: str, reader_id: str, begin: date, end: date
) -> Sequence[tuple[str, str, int]]:
    """Return level before, level after and how often people changed it so, in the threads this reader may see."""
    query = (
        select(Correction.urgency_before, Correction.urgency_after, func.count())
        .join(Thread, Thread.id == Correction.thread_id)
        .where(Correction.school_id == school_id, Correction.corrected_on.between(begin, end), visible_to(reader_id))
        .group_by(Correction.urgency_before, Correction.urgency_after)
    )
    return [(before, after, count) for before, after, count in session.execute(query)]


def week_numbers(session: Session, school_id: str, reader_id: str, day: date) -> dict[str, int]:
    """Count the seven days that end on ``day``: letters by level, read, answered or waiting, replies and collected.

    What is closed to this reader is in no number.
    """
    begin = day - timedelta(days=6)
    notes = select(func.count(Note.id)).join(Thread, Thread.id == Note.thread_id).where(visible_to(reader_id))
    notes = notes.where(Note.school_id == school_id, Note.arrived_on.between(begin, day))
    written = select(func.count(Reply.id)).join(Thread, Thread.id == Reply.thread_id).where(visible_to(reader_id))
    written = written.where(Reply.school_id == school_id, Reply.written_on.between(begin, day))
    replies = written.where(Reply.promised_on.is_(None))
    levels = ("urgent", "soon", "routine", "unscreened")
    counts = {level: session.scalar(notes.where(Note.urgency == level)) or 0 for level in levels}
    return {
        "received": sum(counts.values()),
        **counts,
        "read": session.scalar(notes.where(Note.read)) or 0,
        "answered": session.scalar(notes.where(Thread.state == "answered")) or 0,
        "waiting": session.scalar(notes.where(Thread.state == "waiting")) or 0,
        "pranks": session.scalar(notes.where(Thread.state == "prank")) or 0,
        "replies": session.scalar(replies) or 0,
        "collected": session.scalar(replies.where(Reply.collected)) or 0,
        "holding": session.scalar(written.where(Reply.promised_on.is_not(None))) or 0,
    }


def custom_of(session: Session, school_id: str) -> OpeningCustom | None:
    return session.scalars(select(OpeningCustom).where(OpeningCustom.school_id == school_id)).one_or_none()


def end_custom(session: Session, school_id: str) -> None:
    session.execute(delete(OpeningCustom).where(OpeningCustom.school_id == school_id))


def newest_opening(session: Session, school_id: str) -> Opening | None:
    """Return the opening that took place last; of one day the one that was due."""
    query = select(Opening).where(Opening.school_id == school_id)
    # An opening of an older version does not know when it was made good.
    took_place = func.coalesce(Opening.opened_on, Opening.due_on)
    return session.scalars(query.order_by(took_place.desc(), Opening.by_hand, Opening.id).limit(1)).one_or_none()


def held_replies_seen_by(session: Session, school_id: str, reader_id: str) -> Sequence[Reply]:
    """Return the held replies of the threads that this reader may see, those of one author together."""
    query = select(Reply).join(Thread, Thread.id == Reply.thread_id)
    held = query.where(Reply.school_id == school_id, Reply.state == "held", visible_to(reader_id))
    return session.scalars(held.order_by(Reply.author_id, Reply.thread_id, Reply.place)).all()


def count_released_on(session: Session, school_id: str, reader_id: str, day: date) -> tuple[int, int]:
    """Return how many answers and holding replies became readable on a day, in the threads that this reader may see."""
    query = select(func.count(), func.count(Reply.promised_on)).join(Thread, Thread.id == Reply.thread_id)
    released = query.where(Reply.school_id == school_id, Reply.state == "released", Reply.released_on == day)
    both, holding = session.execute(released.where(visible_to(reader_id))).one()
    return both - holding, holding


def may_be_held() -> ColumnElement[bool]:
    """Say of a thread that a holding reply would be true: it waits, is not urgent, and every letter of it was read.

    A letter to parents waits for its parents, and nobody here can say by when they answer.
    """
    calm = (Urgency.ROUTINE, Urgency.SOON, Urgency.UNSCREENED)
    unread = select(Note.id).where(Note.thread_id == Thread.id, Note.read.is_(False))
    # A letter that triage failed on counts as urgent.
    is_calm = and_(Thread.urgency.in_(calm), func.coalesce(Thread.cause, "") != Cause.FAILED)
    is_ours = Thread.kind != LetterKind.TO_PARENTS
    return and_(Thread.state == "waiting", is_calm, is_ours, not_(unread.exists()))


def promises_of(session: Session, thread_ids: Sequence[str]) -> dict[str, date]:
    """Return, for each of some threads that has a holding reply, the last day that was promised."""
    query = select(Reply.thread_id, Reply.promised_on).where(
        Reply.thread_id.in_(thread_ids), Reply.promised_on.is_not(None)
    )
    promised = session.execute(query.order_by(Reply.promised_on)).all()
    return {thread_id: day for thread_id, day in promised if day is not None}


def threads_to_hold(session: Session, thread_ids: Sequence[str]) -> set[str]:
    """Return those of some threads to which a holding reply would be true."""
    return set(session.scalars(select(Thread.id).where(Thread.id.in_(thread_ids), may_be_held())))


def untrue_holding(session: Session, school_id: str, today: date) -> Sequence[Reply]:
    """Return the held holding replies whose words are not true any more, or whose day has come."""
    query = select(Reply).join(Thread, Thread.id == Reply.thread_id)
    held = query.where(Reply.school_id == school_id, Reply.state == "held", Reply.promised_on.is_not(None))
    return session.scalars(held.where(or_(Reply.promised_on <= today, not_(may_be_held())))).all()

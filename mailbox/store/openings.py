"""Queries on openings and the weekly operational numbers, counted from clear columns. SQL only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mailbox.store.tables import Calendar, Correction, Note, Opening, Reply, Thread


def calendar_of(session: Session, school_id: str) -> Calendar | None:
    return session.scalars(select(Calendar).where(Calendar.school_id == school_id)).one_or_none()


def opening_of(session: Session, school_id: str, due_on: date, *, by_hand: bool) -> Opening | None:
    query = select(Opening).where(Opening.school_id == school_id, Opening.due_on == due_on)
    return session.scalars(query.where(Opening.by_hand.is_(by_hand))).one_or_none()


def openings_of(session: Session, school_id: str, since: date) -> Sequence[Opening]:
    query = select(Opening).where(Opening.school_id == school_id, Opening.due_on >= since)
    return session.scalars(query).all()


def corrections_between(session: Session, school_id: str, begin: date, end: date) -> Sequence[tuple[str, str, int]]:
    """Return level before, level after and how often people changed it so."""
    query = (
        select(Correction.urgency_before, Correction.urgency_after, func.count())
        .where(Correction.school_id == school_id, Correction.corrected_on.between(begin, end))
        .group_by(Correction.urgency_before, Correction.urgency_after)
    )
    return [(before, after, count) for before, after, count in session.execute(query)]


def week_numbers(session: Session, school_id: str, day: date) -> dict[str, int]:
    """Count the seven days that end on ``day``: letters by level, read, answered or waiting, replies and collected."""
    begin = day - timedelta(days=6)
    notes = select(func.count()).where(Note.school_id == school_id, Note.arrived_on.between(begin, day))
    replies = select(func.count()).where(Reply.school_id == school_id, Reply.written_on.between(begin, day))
    levels = ("urgent", "soon", "routine", "unscreened")
    in_thread = notes.where(Thread.id == Note.thread_id)
    counts = {level: session.scalar(notes.where(Note.urgency == level)) or 0 for level in levels}
    return {
        "received": sum(counts.values()),
        **counts,
        "read": session.scalar(notes.where(Note.read)) or 0,
        "answered": session.scalar(in_thread.where(Thread.state == "answered")) or 0,
        "waiting": session.scalar(in_thread.where(Thread.state == "waiting")) or 0,
        "replies": session.scalar(replies) or 0,
        "collected": session.scalar(replies.where(Reply.collected)) or 0,
    }

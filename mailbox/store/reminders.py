"""Queries on what is overdue without a reader, and on which of it was told today. Clear columns only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import and_, delete, exists, literal, or_, select
from sqlalchemy.orm import Session

from mailbox.rules.queue_wish import Shape
from mailbox.store.queue import QueueColumns
from mailbox.store.tables import Case, FollowUp, Reminder, Thread

# A letter that somebody has looked at is no longer late for these two: they ask that somebody looks.
_LOOKED_AT = (Shape.URGENT, Shape.PERSON)


def late_threads(session: Session, columns: QueueColumns) -> Sequence[tuple[str, str, bool]]:
    """Return id, shape and whether it is closed of every late thread; of urgent ones only those with unread letters."""
    shape = columns.shape
    needs_look = shape.in_([one.value for one in _LOOKED_AT])
    query = select(Thread.id, shape, Thread.closed).where(
        Thread.school_id == columns.school_id, columns.is_late, or_(~needs_look, columns.unread)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def waiting_routine(session: Session, columns: QueueColumns) -> Sequence[tuple[str, bool]]:
    """Return id and whether it is closed of every routine thread that waits and is not late."""
    query = select(Thread.id, Thread.closed).where(
        Thread.school_id == columns.school_id,
        and_(columns.waiting, columns.sound, columns.has_shape(Shape.ROUTINE), ~columns.is_late),
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def visits_due(session: Session, school_id: str, today: date, steps: Sequence[str]) -> Sequence[tuple[str, bool]]:
    """Return thread and whether it is closed of every case with a visit of ``steps`` that is due and not done, once."""
    query = select(Thread.id, Thread.closed).join(Case, Case.thread_id == Thread.id)
    due = and_(FollowUp.done.is_(False), FollowUp.due_on <= today, FollowUp.step.in_(steps))
    found = query.join(FollowUp, FollowUp.case_id == Case.id).where(Case.school_id == school_id, due).distinct()
    return [(row[0], row[1]) for row in session.execute(found)]


def told_today(session: Session, school_id: str, day_ordinal: int) -> set[tuple[str, str]]:
    """Return thread and reason of everything that was told on a day."""
    query = select(Reminder.thread_id, Reminder.reason)
    found = session.execute(query.where(Reminder.school_id == school_id, Reminder.day_ordinal == day_ordinal))
    return {(row[0], row[1]) for row in found}


def forget_reminders_before(session: Session, school_id: str, day_ordinal: int) -> None:
    """Remove what was told before a day: it says nothing any more."""
    session.execute(delete(Reminder).where(Reminder.school_id == school_id, Reminder.day_ordinal < day_ordinal))


def has_reminders_before(session: Session, school_id: str, day_ordinal: int) -> bool:
    old = exists().where(Reminder.school_id == school_id, Reminder.day_ordinal < day_ordinal)
    return bool(session.scalar(select(literal(True)).where(old)))

"""Queries for the weekly numbers: a week's letters and replies by clear columns, and the frozen reports. SQL only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mailbox.store.tables import AuditRow, Correction, Note, Reply, Thread, WeekReport

_REPLY_LINE = (
    Reply.thread_id,
    Reply.place,
    Reply.written_on,
    Reply.written_half,
    Reply.collected,
    Reply.promised_on.is_not(None),
)


@dataclass(frozen=True)
class LetterLine:
    """What is in the clear of one letter and of its thread. ``place`` 1 is the letter that began the thread."""

    note_id: str
    thread_id: str
    place: int
    kind: str
    urgency: str
    cause: str | None
    arrived_on: date
    arrived_half: str
    read: bool
    read_on: date | None
    read_half: str | None
    thread_state: str


@dataclass(frozen=True)
class ReplyLine:
    """What is in the clear of one reply; ``place`` counts those of its thread. A holding reply is no answer."""

    thread_id: str
    place: int
    written_on: date
    written_half: str | None
    collected: bool
    is_holding: bool


def letters_between(session: Session, school_id: str, begin: date, end: date) -> list[LetterLine]:
    """Return the letters that arrived on the days from ``begin`` to ``end``, both included, without their boxes."""
    query = (
        select(
            Note.id,
            Note.thread_id,
            Note.place,
            Thread.kind,
            Note.urgency,
            Note.cause,
            Note.arrived_on,
            Note.arrived_half,
            Note.read,
            Note.read_on,
            Note.read_half,
            Thread.state,
        )
        .join(Thread, Thread.id == Note.thread_id)
        .where(Note.school_id == school_id, Note.arrived_on.between(begin, end))
    )
    return [LetterLine(*list(row)) for row in session.execute(query)]


def replies_between(session: Session, school_id: str, begin: date, end: date) -> list[ReplyLine]:
    """Return the replies written on the days from ``begin`` to ``end``, both included, without their boxes."""
    query = select(*_REPLY_LINE).where(Reply.school_id == school_id, Reply.written_on.between(begin, end))
    return [ReplyLine(*row) for row in session.execute(query)]


def first_replies_to(session: Session, thread_ids: Sequence[str]) -> dict[str, ReplyLine]:
    """Return the first answer of each of some threads that has one; a holding reply before it is none."""
    query = select(*_REPLY_LINE).where(Reply.thread_id.in_(thread_ids), Reply.promised_on.is_(None))
    lines = [ReplyLine(*row) for row in session.execute(query.order_by(Reply.place.desc()))]
    return {line.thread_id: line for line in lines}


def acts_between(session: Session, school_id: str, act: str, begin_seconds: int, end_seconds: int) -> list[int]:
    """Return the moments, from ``begin_seconds`` to before ``end_seconds``, at which an act was recorded."""
    query = select(AuditRow.moment_seconds).where(
        AuditRow.school_id == school_id,
        AuditRow.act == act,
        AuditRow.moment_seconds >= begin_seconds,
        AuditRow.moment_seconds < end_seconds,
    )
    return list(session.scalars(query))


def changes_between(session: Session, school_id: str, begin: date, end: date) -> list[tuple[str, str]]:
    """Return the level before and after of each change by a person."""
    query = select(Correction.urgency_before, Correction.urgency_after).where(
        Correction.school_id == school_id, Correction.corrected_on.between(begin, end)
    )
    return [(before, after) for before, after in session.execute(query)]


def reports_of(session: Session, school_id: str) -> Sequence[WeekReport]:
    """Return a school's frozen weeks, oldest first."""
    return session.scalars(
        select(WeekReport).where(WeekReport.school_id == school_id).order_by(WeekReport.ends_on)
    ).all()


def report_of(session: Session, school_id: str, ends_on: date) -> WeekReport | None:
    query = select(WeekReport).where(WeekReport.school_id == school_id, WeekReport.ends_on == ends_on)
    return session.scalars(query).one_or_none()


def newest_report(session: Session, school_id: str) -> date | None:
    return session.scalar(select(func.max(WeekReport.ends_on)).where(WeekReport.school_id == school_id))

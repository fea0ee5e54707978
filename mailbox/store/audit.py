"""Queries on the audit chain for who looks at it. SQL only; checks no mark."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select
from sqlalchemy.orm import Session

from mailbox.store.care import case_visible_to
from mailbox.store.letters import visible_to
from mailbox.store.tables import AuditRow, Case, ClosedTrace, Thread


def _of_a_thread_closed_to(viewer_id: str, forged: Sequence[str]) -> ColumnElement[bool]:
    """Whether a row's subject is a thread, or the case of a thread, that does not exist for who looks.

    Of what was closed and is gone nobody knows any more whom it was left to: only who did something sees that row.
    """
    thread = select(Thread.id).where(Thread.id == AuditRow.subject_id, not_(visible_to(viewer_id)))
    case = select(Case.id).where(Case.id == AuditRow.subject_id, not_(case_visible_to(viewer_id)))
    gone = select(ClosedTrace.id).where(
        ClosedTrace.school_id == AuditRow.school_id,
        ClosedTrace.subject_id == AuditRow.subject_id,
        ClosedTrace.id.not_in(forged),
    )
    of_another = or_(AuditRow.person_id.is_(None), AuditRow.person_id != viewer_id)
    return or_(exists(thread), exists(case), and_(of_another, exists(gone)))


def audit_rows_for(
    session: Session, school_id: str, viewer_id: str, *, own: bool, first: int, most: int, forged: Sequence[str] = ()
) -> Sequence[AuditRow]:
    """Return rows, the newest first, without those of threads that are closed to who looks.

    ``forged``: traces of closed threads that are not ours and hide nothing.
    """
    query = select(AuditRow).where(AuditRow.school_id == school_id, not_(_of_a_thread_closed_to(viewer_id, forged)))
    if own:
        query = query.where(AuditRow.person_id == viewer_id)
    return session.scalars(query.order_by(AuditRow.place.desc()).offset(first).limit(most)).all()


def threads_among(session: Session, ids: Sequence[str], viewer_id: str) -> set[str]:
    """Return which ids are threads that this reader may see."""
    return set(session.scalars(select(Thread.id).where(Thread.id.in_(ids), visible_to(viewer_id))))


def count_acts_since(session: Session, school_id: str, since_seconds: int) -> dict[str, int]:
    """Return how often each act was recorded since a moment."""
    query = select(AuditRow.act, func.count().label("number")).where(
        AuditRow.school_id == school_id, AuditRow.moment_seconds >= since_seconds
    )
    return {row.act: row.number for row in session.execute(query.group_by(AuditRow.act))}


def audit_marks(session: Session, school_id: str) -> Sequence[bytes]:
    """Return the marks of the whole chain, in its order."""
    return session.scalars(select(AuditRow.mark).where(AuditRow.school_id == school_id).order_by(AuditRow.place)).all()

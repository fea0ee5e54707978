"""Queries on who is on duty, a school's alarm times, and who took urgent letters today. SQL only; checks no mark."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import distinct, func, or_, select
from sqlalchemy.orm import Session

from mailbox.store.letters import visible_to
from mailbox.store.tables import AlarmRule, AuditRow, DutyPlan, Thread
from triage.protocol import Cause, Urgency


def duty_plan_of(session: Session, school_id: str) -> DutyPlan | None:
    """Return the school's duty list, of which there is at most one."""
    return session.scalars(select(DutyPlan).where(DutyPlan.school_id == school_id)).one_or_none()


def alarm_rule_of(session: Session, school_id: str) -> AlarmRule | None:
    return session.scalars(select(AlarmRule).where(AlarmRule.school_id == school_id)).one_or_none()


def urgent_taken_since(
    session: Session, school_id: str, viewer_id: str, since_seconds: int, acts: Sequence[str]
) -> dict[str, int]:
    """Return in how many urgent letters each person did one of ``acts``, without those closed to who looks."""
    urgent = or_(Thread.urgency == Urgency.URGENT, Thread.cause == Cause.FAILED)
    query = (
        select(AuditRow.person_id, func.count(distinct(Thread.id)))
        .join(Thread, Thread.id == AuditRow.subject_id)
        .where(AuditRow.school_id == school_id, AuditRow.moment_seconds >= since_seconds, AuditRow.act.in_(acts))
        .where(urgent, visible_to(viewer_id), AuditRow.person_id.is_not(None))
        .group_by(AuditRow.person_id)
    )
    return {person_id: number for person_id, number in session.execute(query) if person_id}

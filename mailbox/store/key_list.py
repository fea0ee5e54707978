"""Queries for the list of keys. SQL only; checks no mark."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mailbox.store.tables import AuditRow, CaseKey, VoidSlips, WeekKey


def keys_of_weeks(session: Session, school_id: str) -> Sequence[date]:
    """Return the week of each generation that is kept."""
    return session.scalars(select(WeekKey.week).where(WeekKey.school_id == school_id)).all()


def keys_of_cases(session: Session, school_id: str) -> int:
    return session.scalar(select(func.count()).select_from(CaseKey).where(CaseKey.school_id == school_id)) or 0


def void_pairs(session: Session, school_id: str) -> int:
    return session.scalar(select(func.count()).select_from(VoidSlips).where(VoidSlips.school_id == school_id)) or 0


def last_acts(session: Session, school_id: str, acts: Collection[str]) -> Sequence[AuditRow]:
    """Return the audit's rows of some acts, oldest first."""
    query = select(AuditRow).where(AuditRow.school_id == school_id, AuditRow.act.in_(acts))
    return session.scalars(query.order_by(AuditRow.place)).all()

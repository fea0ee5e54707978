"""Queries on the adjustments of triage. SQL only; checks no mark."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from mailbox.store.tables import TriageAdjustment

# Asked for with every letter.
_IN_FORCE = select(TriageAdjustment).where(TriageAdjustment.school_id == bindparam("school_id"))


def adjustment_in_force(session: Session, school_id: str) -> TriageAdjustment | None:
    return session.scalars(_IN_FORCE, {"school_id": school_id}).first()


def end_adjustment(session: Session, school_id: str) -> None:
    session.execute(delete(TriageAdjustment).where(TriageAdjustment.school_id == school_id))

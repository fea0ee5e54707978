"""Queries on the adjustments of triage. SQL only; checks no mark."""

from __future__ import annotations

from sqlalchemy import CursorResult, bindparam, delete, select
from sqlalchemy.orm import Session

from mailbox.store.tables import TriageAdjustment

# Asked for with every letter.
_IN_FORCE = select(TriageAdjustment).where(TriageAdjustment.school_id == bindparam("school_id"))


def adjustment_in_force(session: Session, school_id: str) -> TriageAdjustment | None:
    """Return the school's adjustment, of which there is at most one."""
    return session.scalars(_IN_FORCE, {"school_id": school_id}).first()


def end_adjustment(session: Session, school_id: str) -> bool:
    """Remove the school's adjustment; say whether there was one."""
    removed = session.execute(delete(TriageAdjustment).where(TriageAdjustment.school_id == school_id))
    return isinstance(removed, CursorResult) and removed.rowcount > 0

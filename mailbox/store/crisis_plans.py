"""Queries on a school's own crisis plan. SQL only; checks no mark."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mailbox.store.tables import SchoolPlan


def plans_of(session: Session, school_id: str) -> Sequence[SchoolPlan]:
    query = select(SchoolPlan).where(SchoolPlan.school_id == school_id)
    return session.scalars(query.order_by(SchoolPlan.situation)).all()


def end_plan(session: Session, school_id: str, situation: str) -> None:
    session.execute(delete(SchoolPlan).where(SchoolPlan.school_id == school_id, SchoolPlan.situation == situation))

"""Queries on proposals. SQL only; opens nothing and decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from mailbox.store.tables import Proposal, is_id

OPEN = "open"


def proposals_of(session: Session, school_id: str) -> Sequence[Proposal]:
    """Return all proposals of a school, the newest first."""
    query = select(Proposal).where(Proposal.school_id == school_id)
    return session.scalars(query.order_by(Proposal.written_on.desc(), Proposal.id)).all()


def count_open_proposals(session: Session, school_id: str) -> int:
    query = select(func.count()).where(Proposal.school_id == school_id, Proposal.state == OPEN)
    return session.scalar(query) or 0


def proposal_in(session: Session, school_id: str, proposal_id: str) -> Proposal | None:
    if not is_id(proposal_id):
        return None
    query = select(Proposal).where(Proposal.school_id == school_id, Proposal.id == proposal_id)
    return session.scalars(query.with_for_update(key_share=True)).one_or_none()


def remove_answered_before(session: Session, school_id: str, day: date) -> None:
    old = (Proposal.school_id == school_id, Proposal.answered_on < day)
    session.execute(delete(Proposal).where(*old))

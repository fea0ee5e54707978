"""Queries on colleagues' remarks. SQL only; checks no mark."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from mailbox.store.tables import Remark


def remarks_of(session: Session, thread_id: str) -> Sequence[Remark]:
    query = select(Remark).where(Remark.thread_id == thread_id)
    return session.scalars(query.order_by(Remark.place, Remark.id)).all()

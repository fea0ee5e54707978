"""Queries on drafts of replies. SQL only; checks no mark."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from mailbox.store.tables import Draft


def draft_by(session: Session, thread_id: str, author_id: str) -> Draft | None:
    """Return the draft of one author in one thread, of which there is at most one."""
    query = select(Draft).where(Draft.thread_id == thread_id, Draft.author_id == author_id)
    return session.scalars(query).one_or_none()


def threads_with_draft(session: Session, author_id: str, thread_ids: Sequence[str]) -> frozenset[str]:
    """Return in which of some threads an author has a draft."""
    query = select(Draft.thread_id).where(Draft.author_id == author_id, Draft.thread_id.in_(thread_ids))
    return frozenset(session.scalars(query))


def drop_draft(session: Session, thread_id: str, author_id: str) -> None:
    session.execute(delete(Draft).where(Draft.thread_id == thread_id, Draft.author_id == author_id))

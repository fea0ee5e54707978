"""Queries on week keys and on what is sealed to one holder. SQL only; opens nothing."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from mailbox.store.tables import CaseKeyCopy, Draft, ReaderCopy, WeekKey, WeekKeyCopy


def current_week_key(session: Session, school_id: str) -> WeekKey | None:
    query = select(WeekKey).where(WeekKey.school_id == school_id, WeekKey.current)
    return session.scalars(query.order_by(WeekKey.generation.desc()).limit(1)).one_or_none()


def newest_generation(session: Session, school_id: str) -> int:
    """Return the highest generation of the school, 0 if there is none yet."""
    return session.scalar(select(func.max(WeekKey.generation)).where(WeekKey.school_id == school_id)) or 0


def retire_week_keys(session: Session, school_id: str) -> None:
    session.execute(update(WeekKey).where(WeekKey.school_id == school_id, WeekKey.current).values(current=False))


def copies_of_holder(session: Session, holder_id: str) -> dict[str, bytes]:
    """Return the holder's boxes of private halves by week key id."""
    query = select(WeekKeyCopy.week_key_id, WeekKeyCopy.box).where(WeekKeyCopy.holder_id == holder_id)
    return {row.week_key_id: row.box for row in session.execute(query)}


def holders_of_weeks(session: Session, school_id: str) -> dict[str, set[str]]:
    """Return who holds each week's private half, by the week key's id; shredded weeks are not there."""
    query = select(WeekKeyCopy.week_key_id, WeekKeyCopy.holder_id).where(WeekKeyCopy.school_id == school_id)
    holders: dict[str, set[str]] = {}
    for row in session.execute(query):
        holders.setdefault(row.week_key_id, set()).add(row.holder_id)
    return holders


def week_keys_of(session: Session, school_id: str) -> Sequence[WeekKey]:
    query = select(WeekKey).where(WeekKey.school_id == school_id).order_by(WeekKey.generation)
    return session.scalars(query).all()


def remove_copies_of(session: Session, holder_id: str) -> None:
    """Remove all that is sealed to one holder: private halves of weeks and cases, boxes of closed threads, drafts."""
    session.execute(delete(CaseKeyCopy).where(CaseKeyCopy.holder_id == holder_id))
    session.execute(delete(WeekKeyCopy).where(WeekKeyCopy.holder_id == holder_id))
    session.execute(delete(ReaderCopy).where(ReaderCopy.holder_id == holder_id))
    session.execute(delete(Draft).where(Draft.author_id == holder_id))

"""Queries for ways back in: what is sealed to the recovery key, closed threads and their holders, wishes and notices.

SQL only; opens nothing and decides nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from mailbox.store.tables import (
    AccountWish,
    AuditRow,
    Case,
    CaseKey,
    CaseKeyCopy,
    Note,
    ReaderCopy,
    StaffNotice,
    Thread,
    VoidSlips,
    WeekKey,
    WeekKeyCopy,
    is_id,
)


def week_copies_of(session: Session, school_id: str, holder_id: str) -> list[tuple[WeekKey, WeekKeyCopy]]:
    query = select(WeekKey, WeekKeyCopy).join(WeekKeyCopy, WeekKeyCopy.week_key_id == WeekKey.id)
    held = query.where(WeekKeyCopy.school_id == school_id, WeekKeyCopy.holder_id == holder_id)
    return [(key, copy) for key, copy in session.execute(held)]


def case_copies_of(session: Session, school_id: str, holder_id: str) -> list[tuple[CaseKey, CaseKeyCopy]]:
    query = select(CaseKey, CaseKeyCopy).join(CaseKeyCopy, CaseKeyCopy.case_key_id == CaseKey.id)
    held = query.where(CaseKeyCopy.school_id == school_id, CaseKeyCopy.holder_id == holder_id)
    return [(key, copy) for key, copy in session.execute(held)]


def closed_copies_of(session: Session, thread_id: str, holder_id: str) -> Sequence[ReaderCopy]:
    """Return every box of a closed thread that is sealed to one holder."""
    query = select(ReaderCopy).where(ReaderCopy.thread_id == thread_id, ReaderCopy.holder_id == holder_id)
    return session.scalars(query).all()


def closed_threads_of(session: Session, school_id: str) -> Sequence[str]:
    return session.scalars(select(Thread.id).where(Thread.school_id == school_id, Thread.closed)).all()


def closed_threads_held_by(session: Session, holder_id: str) -> set[str]:
    """Return the closed threads of which something is sealed to this holder."""
    return set(session.scalars(select(ReaderCopy.thread_id).where(ReaderCopy.holder_id == holder_id).distinct()))


def waiting_without(session: Session, thread_ids: Collection[str], holder_ids: Collection[str]) -> Sequence[str]:
    """Return those of some threads that still wait for an answer and of which nothing is sealed to these holders."""
    held = select(ReaderCopy.id).where(ReaderCopy.thread_id == Thread.id, ReaderCopy.holder_id.in_(holder_ids))
    query = select(Thread.id).where(Thread.id.in_(thread_ids), Thread.closed, Thread.state == "waiting")
    return session.scalars(query.where(~held.exists()).order_by(Thread.id)).all()


def holders_of_thread(session: Session, thread_id: str) -> set[str]:
    return set(session.scalars(select(ReaderCopy.holder_id).where(ReaderCopy.thread_id == thread_id).distinct()))


def first_day_of(session: Session, thread_id: str) -> date | None:
    """Return the day on which the first letter of a thread came."""
    return session.scalar(select(func.min(Note.arrived_on)).where(Note.thread_id == thread_id))


def closed_case_of(session: Session, school_id: str, thread_id: str) -> Case | None:
    query = select(Case).where(Case.school_id == school_id, Case.thread_id == thread_id, Case.closed_thread)
    return session.scalars(query).one_or_none()


def arrivals_in_audit(session: Session, school_id: str, acts: Collection[str]) -> Sequence[AuditRow]:
    """Return the audit's rows of some acts, oldest first."""
    query = select(AuditRow).where(AuditRow.school_id == school_id, AuditRow.act.in_(acts))
    return session.scalars(query.order_by(AuditRow.place)).all()


def void_slips_of(session: Session) -> set[bytes]:
    return set(session.scalars(select(VoidSlips.public_key)))


def notices_for(session: Session, person_id: str) -> Sequence[StaffNotice]:
    query = select(StaffNotice).where(StaffNotice.person_id == person_id)
    return session.scalars(query.order_by(StaffNotice.written_on, StaffNotice.id)).all()


def notice_of(session: Session, person_id: str, kind: str, about_id: str, day: date) -> StaffNotice | None:
    query = select(StaffNotice).where(StaffNotice.person_id == person_id, StaffNotice.kind == kind)
    return session.scalars(query.where(StaffNotice.about_id == about_id, StaffNotice.written_on == day)).one_or_none()


def remove_notice(session: Session, person_id: str, notice_id: str) -> None:
    session.execute(delete(StaffNotice).where(StaffNotice.id == notice_id, StaffNotice.person_id == person_id))


def remove_notices_of_kind(session: Session, person_id: str, kind: str) -> None:
    session.execute(delete(StaffNotice).where(StaffNotice.kind == kind, StaffNotice.person_id == person_id))


def wishes_of(session: Session, school_id: str) -> Sequence[AccountWish]:
    query = select(AccountWish).where(AccountWish.school_id == school_id)
    return session.scalars(query.order_by(AccountWish.kind, AccountWish.id)).all()


def wish_in(session: Session, school_id: str, wish_id: str) -> AccountWish | None:
    if not is_id(wish_id):
        return None
    query = select(AccountWish).where(AccountWish.school_id == school_id, AccountWish.id == wish_id)
    return session.scalars(query).one_or_none()


def remove_wishes_about(session: Session, person_id: str) -> None:
    """Remove what waits about somebody, was asked for by them, or has their consent."""
    about = or_(
        AccountWish.person_id == person_id, AccountWish.asked_by == person_id, AccountWish.agreed_by == person_id
    )
    session.execute(delete(AccountWish).where(about))

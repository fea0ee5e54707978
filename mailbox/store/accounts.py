"""Queries on sessions, codes and spare codes of one person. SQL only; checks no mark and decides nothing."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import CursorResult, delete, func, or_, select, update
from sqlalchemy.orm import Session

from mailbox.store.tables import DeskSession, Person, SpareCode

# Steps of half a minute: a code of one step to come, then a clock set back by a minute, then a code of one step ago.
_MOST_STEPS_AHEAD = 4


def sessions_of(session: Session, person_id: str) -> Sequence[DeskSession]:
    query = select(DeskSession).where(DeskSession.person_id == person_id).order_by(DeskSession.last_act_seconds.desc())
    return session.scalars(query).all()


def use_step(session: Session, person_id: str, step: int) -> bool:
    """Note that a step's code was used; return False if it, or a later one, was used before.

    What lies further ahead than a small correction of the clock was used while the clock ran ahead: nobody may be kept
    out until that day comes.
    """
    is_astray = Person.totp_step > step + _MOST_STEPS_AHEAD
    unused = or_(Person.totp_step.is_(None), Person.totp_step < step, is_astray)
    return _changed(session, update(Person).where(Person.id == person_id, unused).values(totp_step=step)) == 1


def spare_codes_with(session: Session, person_id: str, tag: bytes) -> Sequence[SpareCode]:
    return session.scalars(select(SpareCode).where(SpareCode.person_id == person_id, SpareCode.code_tag == tag)).all()


def use_spare_code(session: Session, spare_id: str) -> bool:
    """Remove a spare code; return False if somebody else just did."""
    return _changed(session, delete(SpareCode).where(SpareCode.id == spare_id)) == 1


def remove_spare_codes(session: Session, person_id: str) -> None:
    session.execute(delete(SpareCode).where(SpareCode.person_id == person_id))


def count_spare_codes(session: Session, person_id: str) -> int:
    return session.scalar(select(func.count()).where(SpareCode.person_id == person_id)) or 0


def _changed(session: Session, statement: object) -> int:
    result = session.execute(statement)  # type: ignore[call-overload]
    assert isinstance(result, CursorResult)  # noqa: S101 - an UPDATE always gives one; this tells the type checker.
    return result.rowcount

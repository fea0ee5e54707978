"""Queries on schools, people, sessions, stations and the audit chain. SQL only; checks no mark and decides nothing."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, bindparam, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from mailbox.store.tables import AuditRow, DeskSession, Person, School, Station, is_id

# A school PC's clock is corrected by seconds now and then.
CLOCK_STEP_SECONDS = 60
# Asked for with every page; building a statement anew costs as much as running it.
_PEOPLE_OF = select(Person).where(Person.school_id == bindparam("school_id")).order_by(Person.display_name, Person.id)
_STATION_BY_TOKEN = select(Station).where(Station.token_hash == bindparam("token_hash"))


def all_schools(session: Session) -> Sequence[School]:
    return session.scalars(select(School).order_by(School.id)).all()


def school_locked(session: Session, school_id: str) -> School | None:
    """Return the school's row, locked until commit on PostgreSQL: acts that must follow one another meet here."""
    # Not the key: whoever wrote a row that names the school holds it, and two of them would wait for each other.
    return session.scalars(select(School).where(School.id == school_id).with_for_update(key_share=True)).one_or_none()


def people_of(session: Session, school_id: str) -> Sequence[Person]:
    return session.scalars(_PEOPLE_OF, {"school_id": school_id}).all()


def person_by_login(session: Session, login_name: str) -> Person | None:
    return session.scalars(select(Person).where(Person.login_name == login_name)).one_or_none()


def person_by_invitation(session: Session, invitation_hash: str) -> Person | None:
    return session.scalars(select(Person).where(Person.invitation_hash == invitation_hash)).one_or_none()


def station_by_token(session: Session, token_hash: str) -> Station | None:
    return session.scalars(_STATION_BY_TOKEN, {"token_hash": token_hash}).one_or_none()


def stations_of(session: Session, school_id: str) -> Sequence[Station]:
    query = select(Station).where(Station.school_id == school_id).order_by(Station.name, Station.id)
    return session.scalars(query).all()


def station_in(session: Session, school_id: str, station_id: str) -> Station | None:
    if not is_id(station_id):
        return None
    return session.scalars(
        select(Station).where(Station.id == station_id, Station.school_id == school_id)
    ).one_or_none()


def end_sessions_of(session: Session, person_id: str) -> None:
    session.execute(delete(DeskSession).where(DeskSession.person_id == person_id))


def end_every_session(session: Session) -> None:
    session.execute(delete(DeskSession))


def has_idle_session(session: Session, idle_before_seconds: int, now_seconds: int) -> bool:
    return bool(session.scalar(select(exists().where(_is_over(idle_before_seconds, now_seconds)))))


def end_idle_sessions(session: Session, idle_before_seconds: int, now_seconds: int) -> None:
    session.execute(delete(DeskSession).where(_is_over(idle_before_seconds, now_seconds)))


def _is_over(idle_before_seconds: int, now_seconds: int) -> ColumnElement[bool]:
    # A session of a clock that ran ahead and was set right would otherwise stay open until that day.
    return or_(
        DeskSession.last_act_seconds < idle_before_seconds,
        DeskSession.last_act_seconds > now_seconds + CLOCK_STEP_SECONDS,
    )


def last_audit_row(session: Session, school_id: str) -> AuditRow | None:
    query = select(AuditRow).where(AuditRow.school_id == school_id).order_by(AuditRow.place.desc()).limit(1)
    return session.scalars(query).one_or_none()


def newest_act_seconds(session: Session) -> int:
    """Return when the newest act of any school was recorded, 0 if there is none."""
    return session.scalar(select(func.max(AuditRow.moment_seconds))) or 0


def audit_rows(session: Session, school_id: str) -> Sequence[AuditRow]:
    query = select(AuditRow).where(AuditRow.school_id == school_id).order_by(AuditRow.place)
    return session.scalars(query).all()

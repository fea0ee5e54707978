"""Queries on the signs of life of devices. SQL only; a sign carries no mark, because it opens nothing."""

from __future__ import annotations

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from mailbox.store.tables import StationSign, new_id


def heard_at_by_station(session: Session, school_id: str) -> dict[str, int]:
    """Return when each device was last heard, in seconds since 1970, by the device's id."""
    query = select(StationSign.station_id, StationSign.heard_at).where(StationSign.school_id == school_id)
    return {sign.station_id: sign.heard_at for sign in session.execute(query)}


def has_sign_of(session: Session, station_id: str, heard_at: int) -> bool:
    query = select(StationSign.id).where(StationSign.station_id == station_id, StationSign.heard_at == heard_at)
    return session.scalar(query) is not None


def keep_sign(session: Session, school_id: str, station_id: str, heard_at: int) -> None:
    """Move a device's one sign to ``heard_at``, or make it; what was there before is gone."""
    moved = session.scalars(
        update(StationSign)
        .where(StationSign.station_id == station_id)
        .values(heard_at=heard_at)
        .returning(StationSign.id)
    ).first()
    if moved is None:
        session.add(StationSign(id=new_id(), school_id=school_id, station_id=station_id, heard_at=heard_at))


def forget_sign(session: Session, station_id: str) -> None:
    session.execute(delete(StationSign).where(StationSign.station_id == station_id))

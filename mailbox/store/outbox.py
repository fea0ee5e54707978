"""Queries on alarms and their deliveries. A delivery is claimed by a conditional update: two workers, one sender."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, CursorResult, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from mailbox.store.tables import Alarm, Channel, Delivery, is_id


def channels_of(session: Session, school_id: str) -> Sequence[Channel]:
    query = select(Channel).where(Channel.school_id == school_id).order_by(Channel.name, Channel.id)
    return session.scalars(query).all()


def channel_in(session: Session, school_id: str, channel_id: str) -> Channel | None:
    if not is_id(channel_id):
        return None
    query = select(Channel).where(Channel.id == channel_id, Channel.school_id == school_id)
    return session.scalars(query).one_or_none()


def open_alarms(session: Session, school_id: str) -> Sequence[Alarm]:
    query = select(Alarm).where(Alarm.school_id == school_id, Alarm.state == "open").order_by(Alarm.raised_at)
    return session.scalars(query).all()


def due_deliveries(session: Session, now_seconds: int) -> Sequence[str]:
    """Return the ids of deliveries to try now: waiting ones, and ones whose sender died while sending."""
    return session.scalars(select(Delivery.id).where(_due(now_seconds)).order_by(Delivery.next_attempt_at)).all()


def claim_delivery(session: Session, delivery_id: str, now_seconds: int, until_seconds: int) -> int:
    """Take a due delivery; return the number of rows changed, 0 if another worker was faster."""
    statement = (
        update(Delivery)
        .where(Delivery.id == delivery_id, _due(now_seconds))
        .values(state="sending", claimed_until=until_seconds, attempts=Delivery.attempts + 1)
    )
    result = session.execute(statement)
    assert isinstance(result, CursorResult)  # noqa: S101 - an UPDATE always gives one; this tells the type checker.
    return result.rowcount


def forget_acknowledged(session: Session, alarm_ids: Sequence[str]) -> None:
    """Acknowledge alarms, and forget the minute they were raised and every try to deliver them."""
    session.execute(delete(Delivery).where(Delivery.alarm_id.in_(alarm_ids)))
    session.execute(update(Alarm).where(Alarm.id.in_(alarm_ids)).values(state="acknowledged", raised_at=None))


def forget_heard_tests(session: Session, alarm_ids: Sequence[str]) -> None:
    """Acknowledge test alarms. What was never tried is still sent once: a test is to prove every channel."""
    tried = and_(Delivery.alarm_id.in_(alarm_ids), Delivery.attempts > 0)
    session.execute(delete(Delivery).where(tried))
    session.execute(update(Alarm).where(Alarm.id.in_(alarm_ids)).values(state="acknowledged", raised_at=None))


def alarms_of_thread(session: Session, thread_id: str) -> Sequence[str]:
    return session.scalars(select(Alarm.id).where(Alarm.thread_id == thread_id, Alarm.state == "open")).all()


def _due(now_seconds: int) -> ColumnElement[bool]:
    waiting = and_(Delivery.state == "waiting", Delivery.next_attempt_at <= now_seconds)
    abandoned = and_(Delivery.state == "sending", Delivery.claimed_until < now_seconds)
    return or_(waiting, abandoned)

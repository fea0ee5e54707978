"""Queries on alarms, whom they called, and their deliveries. A claim is a conditional update: one of two wins."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, CursorResult, Executable, Select, and_, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from mailbox.store.letters import visible_to
from mailbox.store.tables import Alarm, AlarmStep, Channel, Delivery, Thread, is_id

# What goes on to the next person until somebody opens the letter.
_CALLING = ("urgent", "closed")
# No pause, claim or hold of ours is longer. What lies further ahead was written by a clock that ran ahead and was then
# set right; it must not wait for that moment.
_LONGEST_PAUSE_SECONDS = 900
_LONGEST_HOLD_SECONDS = 4 * 3_600


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
    return _changed(session, statement)


def forget_acknowledged(session: Session, alarm_ids: Sequence[str]) -> None:
    """Acknowledge alarms, and forget their minutes, whom they called and every try to deliver them."""
    # The alarm first: a worker that calls the next person holds its row while it writes the others.
    answered = {"state": "acknowledged", "raised_at": None, "next_step_at": None, "held_until": None}
    session.execute(update(Alarm).where(Alarm.id.in_(alarm_ids)).values(answered))
    session.execute(delete(Delivery).where(Delivery.alarm_id.in_(alarm_ids)))
    session.execute(delete(AlarmStep).where(AlarmStep.alarm_id.in_(alarm_ids)))


def forget_heard_tests(session: Session, alarm_ids: Sequence[str]) -> None:
    """Acknowledge test alarms. What was never tried is still sent once: a test is to prove every channel."""
    tried = and_(Delivery.alarm_id.in_(alarm_ids), Delivery.attempts > 0)
    session.execute(delete(Delivery).where(tried))
    session.execute(update(Alarm).where(Alarm.id.in_(alarm_ids)).values(state="acknowledged", raised_at=None))


def alarms_of_thread(session: Session, thread_id: str) -> Sequence[str]:
    return session.scalars(select(Alarm.id).where(Alarm.thread_id == thread_id, Alarm.state == "open")).all()


def calling_alarms(session: Session, school_id: str, viewer_id: str) -> Sequence[Alarm]:
    """Return the open alarms of letters, the oldest first; those of letters closed to the viewer are left out."""
    seen = or_(Alarm.thread_id.is_(None), exists(select(Thread.id).where(_of_alarm(), visible_to(viewer_id))))
    # What no reader may open is everybody's to act on.
    query = _calling().where(Alarm.school_id == school_id, or_(seen, Alarm.kind == "closed"))
    return session.scalars(query.order_by(Alarm.raised_at, Alarm.id)).all()


def all_calling_alarms(session: Session, school_id: str) -> Sequence[Alarm]:
    """Return the open alarms of letters, for who reads none: the head and the technician."""
    query = _calling().where(Alarm.school_id == school_id)
    return session.scalars(query.order_by(Alarm.raised_at, Alarm.id)).all()


def calling_alarm_locked(session: Session, school_id: str, alarm_id: str) -> Alarm | None:
    """Return an open alarm of a letter, locked until commit on PostgreSQL; None where it was answered meanwhile."""
    if not is_id(alarm_id):
        return None
    query = _calling().where(Alarm.id == alarm_id, Alarm.school_id == school_id)
    return session.scalars(query.with_for_update()).one_or_none()


def alarms_to_step(session: Session, now_seconds: int) -> Sequence[Alarm]:
    """Return the open alarms that are to call somebody now."""
    return session.scalars(_calling().where(_steps_now(now_seconds))).all()


def alarm_to_step(session: Session, alarm_id: str, now_seconds: int) -> Alarm | None:
    """Take an alarm that is to call somebody now, locked; None if it was answered, or another worker has it."""
    query = _calling().where(Alarm.id == alarm_id, _steps_now(now_seconds))
    return session.scalars(query.with_for_update(skip_locked=True)).one_or_none()


def move_step(session: Session, alarm: Alarm, now_seconds: int, next_step_at: int) -> bool:
    """Say when an alarm goes on after this call; False if another worker made the call."""
    statement = update(Alarm).where(Alarm.id == alarm.id, Alarm.state == "open", _steps_now(now_seconds))
    return _changed(session, statement.values(next_step_at=next_step_at, held_until=None)) == 1


def steps_of(session: Session, alarm_ids: Sequence[str]) -> Sequence[AlarmStep]:
    query = select(AlarmStep).where(AlarmStep.alarm_id.in_(alarm_ids))
    return session.scalars(query.order_by(AlarmStep.place, AlarmStep.person_id)).all()


def forget_steps(session: Session, alarm_id: str, rung: str) -> None:
    session.execute(delete(AlarmStep).where(AlarmStep.alarm_id == alarm_id, AlarmStep.rung == rung))


def busy_channels(session: Session, alarm_id: str) -> set[str]:
    """Return the channels on which a message of this alarm is still on its way."""
    query = select(Delivery.channel_id).where(Delivery.alarm_id == alarm_id, Delivery.state != "sent")
    return set(session.scalars(query))


def forget_sent(session: Session, alarm_id: str) -> None:
    session.execute(delete(Delivery).where(Delivery.alarm_id == alarm_id, Delivery.state == "sent"))


def forget_waiting(session: Session, alarm_id: str) -> None:
    session.execute(delete(Delivery).where(Delivery.alarm_id == alarm_id, Delivery.state == "waiting"))


def forget_told_notices(session: Session) -> None:
    """Remove the notices that have nothing left to deliver."""
    left = exists(select(Delivery.id).where(Delivery.alarm_id == Alarm.id))
    session.execute(delete(Alarm).where(Alarm.state == "notice", ~left))


def note_problem(session: Session, channel_id: str, problem: str | None) -> bool:
    """Keep how a channel's last sending went; return whether it worked until now and fails from here on."""
    if problem is not None:
        broke = update(Channel).where(Channel.id == channel_id, Channel.problem.is_(None)).values(problem=problem)
        if _changed(session, broke):
            return True
    session.execute(update(Channel).where(Channel.id == channel_id).values(problem=problem))
    return False


def _calling() -> Select[Alarm]:
    return select(Alarm).where(Alarm.state == "open", Alarm.kind.in_(_CALLING))


def _of_alarm() -> ColumnElement[bool]:
    return Thread.id == Alarm.thread_id


def _steps_now(now_seconds: int) -> ColumnElement[bool]:
    is_astray = Alarm.next_step_at > now_seconds + _LONGEST_HOLD_SECONDS
    return or_(Alarm.next_step_at.is_(None), Alarm.next_step_at <= now_seconds, is_astray)


def _changed(session: Session, statement: Executable) -> int:
    result = session.execute(statement)
    assert isinstance(result, CursorResult)  # noqa: S101 - an UPDATE always gives one; this tells the type checker.
    return result.rowcount


def _due(now_seconds: int) -> ColumnElement[bool]:
    # Notices may wait for the end of the quiet hours; an open alarm never does.
    is_alarm = exists(select(Alarm.id).where(Alarm.id == Delivery.alarm_id, Alarm.state == "open"))
    # Nor does it wait for anything before its first try, whatever the clock was when it was written.
    is_astray = or_(Delivery.next_attempt_at > now_seconds + _LONGEST_PAUSE_SECONDS, Delivery.attempts == 0)
    may_go = or_(Delivery.next_attempt_at <= now_seconds, and_(is_astray, is_alarm))
    waiting = and_(Delivery.state == "waiting", may_go)
    is_over = or_(Delivery.claimed_until < now_seconds, Delivery.claimed_until > now_seconds + _LONGEST_PAUSE_SECONDS)
    return or_(waiting, and_(Delivery.state == "sending", is_over))

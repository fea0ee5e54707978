"""An alarm that nobody answers goes on: the next person, the lead, the head, and then all channels at a pause.

Performed by the worker; the rule is ``rules.escalation``. A call belongs to the worker whose conditional update moved
the alarm, so that two of them call once, and what a worker did before it died is not done again.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from mailbox.alarms.calling import calls_of, channels_for, may_be_told_of, staff_of
from mailbox.alarms.outbox import deliver_on
from mailbox.alarms.times import times_of
from mailbox.errors import Clash, NotFound, NotKept
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.roster import authentic, require_person
from mailbox.rules.escalation import Call, Rung, next_call, wait_minutes
from mailbox.rules.roles import Act
from mailbox.store.database import Session
from mailbox.store.outbox import (
    alarm_to_step,
    alarms_to_step,
    busy_channels,
    calling_alarm_locked,
    forget_sent,
    forget_steps,
    forget_waiting,
    move_step,
    steps_of,
)
from mailbox.store.people import people_of, school_locked
from mailbox.store.tables import Alarm, AlarmStep

REACHED = "reached"
_MESSAGES = {Rung.HEAD: "head", Rung.DUTY: None}

_log = logging.getLogger("mailbox.alarms")


def call_due(office: Office) -> int:
    """Let every open alarm whose time has come call its next person; return how many did."""
    with office.database.view() as view:
        due = [(alarm.id, alarm.school_id) for alarm in alarms_to_step(view.session, _now(office))]
    return sum(_tried(office, alarm_id, school_id) for alarm_id, school_id in due)


def say_reached(office: Office, school_id: str, by_person_id: str, alarm_id: str, reached_id: str) -> bool:
    """The head has reached somebody and reads nothing: the alarm is still for a time and goes on if nobody opens.

    Returns False where it was held already, by whoever was faster. Raises NotAllowed, and NotFound for an alarm that
    was answered meanwhile or a person who is not of the school.
    """
    with office.database.work() as work:
        session = work.session
        school_locked(session, school_id)
        require_person(office, session, school_id, by_person_id, Act.SAY_REACHED)
        alarm = calling_alarm_locked(session, school_id, alarm_id)
        if alarm is None:
            raise NotFound("alarm")
        staff = {one.id for one in authentic(office, people_of(session, school_id)) if one.state == "active"}
        if reached_id not in staff:
            raise NotFound("person")
        if alarm.held_until is not None and alarm.held_until > _now(office):
            return False
        hold_minutes = times_of(office, session, school_id).hold_minutes
        alarm.held_until = alarm.next_step_at = _in_minutes(office, hold_minutes)
        forget_waiting(session, alarm.id)
        _note_step(office, session, alarm, REACHED, [reached_id], by_person_id)
        record(office, session, school_id, by_person_id, "alarm.reached", _subject(alarm))
        work.commit()
    return True


def _tried(office: Office, alarm_id: str, school_id: str) -> bool:
    try:
        return _call(office, alarm_id, school_id)
    except (NotKept, Clash) as refused:
        # The others must not wait for this one; it is tried again at the next look.
        _log.error("an alarm could not call anybody", extra={"row_id": alarm_id, "error_class": type(refused).__name__})
        return False


def _call(office: Office, alarm_id: str, school_id: str) -> bool:
    with office.database.work() as work:
        session = work.session
        school_locked(session, school_id)
        alarm = alarm_to_step(session, alarm_id, _now(office))
        if alarm is None:
            return False
        staff = staff_of(office, session, school_id)
        may_be_told = may_be_told_of(office, session, staff, alarm.thread_id)
        calls, times = calls_of(staff, may_be_told), times_of(office, session, school_id)
        told = {step.person_id for step in steps_of(session, [alarm.id]) if step.person_id}
        call = next_call(calls, told)
        wait = wait_minutes(next_call(calls, told | set(call.people)), times)
        if not move_step(session, alarm, _now(office), _in_minutes(office, wait)):
            return False
        _keep(office, session, alarm, call)
        busy = busy_channels(session, alarm.id)
        forget_sent(session, alarm.id)
        ringing = channels_for(session, school_id, call, staff, may_be_told)
        message = "closed" if alarm.kind == "closed" else _MESSAGES.get(call.rung, "again")
        deliver_on(office, session, alarm, [channel for channel in ringing if channel.id not in busy], message)
        work.commit()
    return True


def _keep(office: Office, session: Session, alarm: Alarm, call: Call) -> None:
    """Keep whom the alarm called, for the desk until it is answered, and for the record."""
    if call.rung is Rung.EVERYBODY:
        rang_before = any(step.rung == Rung.EVERYBODY for step in steps_of(session, [alarm.id]))
        forget_steps(session, alarm.id, Rung.EVERYBODY)
        _note_step(office, session, alarm, call.rung, [None])
        if rang_before:
            # It rings on until somebody comes; the record says once that it got this far.
            return
    else:
        _note_step(office, session, alarm, call.rung, call.people)
    record(office, session, alarm.school_id, None, f"alarm.call.{call.rung.value}", _subject(alarm))


def _subject(alarm: Alarm) -> str:
    """What the record names: the letter, so that its rows are hidden from whom the child named, as its others are."""
    return alarm.thread_id or alarm.id


def _note_step(
    office: Office,
    session: Session,
    alarm: Alarm,
    rung: str,
    people: tuple[str, ...] | list[str] | list[None],
    by_person_id: str | None = None,
) -> None:
    place = max((step.place for step in steps_of(session, [alarm.id])), default=0) + 1
    session.add_all(
        AlarmStep(
            school_id=alarm.school_id,
            alarm_id=alarm.id,
            place=place,
            rung=rung,
            person_id=person,
            by_person_id=by_person_id,
            happened_at=_now(office),
        )
        for person in people
    )
    session.flush()


def _in_minutes(office: Office, minutes: int) -> int:
    return int((office.clock() + timedelta(minutes=minutes)).timestamp())


def _now(office: Office) -> int:
    return int(office.clock().timestamp())

"""The outbox: an alarm is a row in the letter's own transaction, so that neither is without the other.

Owns raising and acknowledging. An alarm never carries a word of the letter.
"""

from __future__ import annotations

from mailbox.office import Office
from mailbox.store.database import Session
from mailbox.store.outbox import alarms_of_thread, channels_of, forget_acknowledged
from mailbox.store.tables import Alarm, Delivery, new_id


def raise_alarm(office: Office, session: Session, school_id: str, thread_id: str | None, kind: str) -> str:
    """Write an alarm and one delivery per channel; return its id. ``kind``: urgent, closed, test."""
    now_seconds = int(office.clock().timestamp())
    alarm = Alarm(id=new_id(), school_id=school_id, thread_id=thread_id, kind=kind, state="open", raised_at=now_seconds)
    session.add(alarm)
    session.flush()
    session.add_all(
        Delivery(
            school_id=school_id,
            alarm_id=alarm.id,
            channel_id=channel.id,
            state="waiting",
            next_attempt_at=now_seconds,
            claimed_until=None,
        )
        for channel in channels_of(session, school_id)
    )
    return alarm.id


def acknowledge_thread(session: Session, thread_id: str) -> None:
    """A reader opened the letter: its alarms are answered, and their minutes forgotten."""
    forget_acknowledged(session, alarms_of_thread(session, thread_id))

"""The outbox: an alarm is a row in the letter's own transaction, so that neither is without the other.

Owns raising and acknowledging. An alarm never carries a word of the letter. Whom it calls beyond everybody's channels
is ``escalation``'s, a moment later: nothing about the duty list can keep a letter from being kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mailbox.office import Office
from mailbox.people.roster import authentic
from mailbox.rules.roles import HEAD, LEAD
from mailbox.store.database import Session
from mailbox.store.outbox import alarms_of_thread, channels_of, forget_acknowledged
from mailbox.store.people import people_of
from mailbox.store.tables import Alarm, Channel, Delivery, new_id

TEST = "test"
REVEALED = "revealed"
# Told once, and gone when it was told: nothing rings and nobody has to answer.
NOTICES = frozenset({REVEALED, "reminder", "channel"})


def raise_alarm(office: Office, session: Session, school_id: str, thread_id: str | None, kind: str) -> str:
    """Write an alarm and its deliveries on everybody's channels; return its id.

    ``kind``: urgent and closed ring until they are answered, test rings on every channel, revealed is told once.
    """
    channels = [channel for channel in channels_of(session, school_id) if _takes(office, session, channel, kind)]
    alarm = _alarm(office, school_id, thread_id, kind)
    session.add(alarm)
    session.flush()
    deliver_on(office, session, alarm, channels)
    return alarm.id


def raise_held_alarm(office: Office, session: Session, school_id: str, thread_id: str, seconds: int) -> None:
    """Write an urgent alarm of a letter that somebody took at once: it calls when they did not open it in time."""
    alarm = _alarm(office, school_id, thread_id, "urgent")
    alarm.held_until = alarm.next_step_at = int(office.clock().timestamp()) + seconds
    session.add(alarm)
    session.flush()


def raise_notice(office: Office, session: Session, school_id: str, kind: str) -> Alarm:
    """Write a notice without deliveries; the caller says with :func:`deliver_on` who is told what."""
    notice = _alarm(office, school_id, None, kind)
    session.add(notice)
    session.flush()
    return notice


def deliver_on(
    office: Office,
    session: Session,
    alarm: Alarm,
    channels: Iterable[Channel],
    message: str | None = None,
    numbers: str | None = None,
    not_before: int = 0,
) -> None:
    """Write one delivery for each channel. ``message``: other words than those of the alarm's kind."""
    session.add_all(
        Delivery(
            school_id=alarm.school_id,
            alarm_id=alarm.id,
            channel_id=channel.id,
            state="waiting",
            next_attempt_at=max(int(office.clock().timestamp()), not_before),
            claimed_until=None,
            message=message,
            numbers=numbers,
        )
        for channel in channels
    )


def ringing_for(session: Session, thread_id: str) -> Sequence[str]:
    """Return the open alarms of a thread, to be asked before its letters are read.

    One that comes later is of a letter that whoever reads now does not see.
    """
    return alarms_of_thread(session, thread_id)


def acknowledge(session: Session, alarm_ids: Sequence[str]) -> None:
    """A reader opened the letters of these alarms: they are answered, and their minutes forgotten."""
    forget_acknowledged(session, alarm_ids)


def acknowledge_thread(session: Session, thread_id: str) -> None:
    """End every alarm of a thread, where another one takes their place."""
    acknowledge(session, ringing_for(session, thread_id))


def _alarm(office: Office, school_id: str, thread_id: str | None, kind: str) -> Alarm:
    is_notice = kind in NOTICES
    return Alarm(
        id=new_id(),
        school_id=school_id,
        thread_id=thread_id,
        kind=kind,
        state="notice" if is_notice else "open",
        raised_at=None if is_notice else int(office.clock().timestamp()),
        next_step_at=None,
        held_until=None,
    )


def _takes(office: Office, session: Session, channel: Channel, kind: str) -> bool:
    if channel.person_id is None or kind == TEST:
        return True
    if kind != REVEALED:
        return False
    people = authentic(office, people_of(session, channel.school_id))
    told = {person.id for person in people if person.state == "active" and person.role in {LEAD, HEAD}}
    return channel.person_id in told

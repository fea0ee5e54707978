"""The alarm worker: claims due deliveries, sends them, tries again with growing pauses. Every alarm at least once.

Several workers may run: a delivery belongs to whom the conditional update let in. A worker that dies while sending
leaves its claim to run out, and the next one sends again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from mailbox.alarms.channels import send
from mailbox.alarms.failures import tell_failure
from mailbox.alarms.sending import SEND_SECONDS, Sending, send_all
from mailbox.alarms.times import times_of
from mailbox.alarms.words import words_of
from mailbox.office import Office
from mailbox.rules.alarm_times import quiet_ends
from mailbox.store.database import Session
from mailbox.store.outbox import claim_delivery, due_deliveries, forget_told_notices, note_problem
from mailbox.store.tables import Alarm, Channel, Delivery

CLAIM_SECONDS = 60
FIRST_PAUSE_SECONDS = 10
LONGEST_PAUSE_SECONDS = 600
# A notice that a channel does not take after this many tries is let go; alarms are tried until they are answered.
MOST_NOTICE_TRIES = 8


@dataclass(frozen=True)
class _Claimed:
    """A delivery that is ours to send now."""

    delivery_id: str
    alarm: Alarm
    channel: Channel
    send: Callable[[], None]


def deliver_due(office: Office, patience_seconds: float = SEND_SECONDS) -> int:
    """Try every due delivery once, all at the same time; return how many were sent.

    Failures, and what took longer than ``patience_seconds``, are kept on the channel and tried again.
    """
    with office.database.view() as view:
        waiting = due_deliveries(view.session, _now(office))
    claimed = [found for found in (_claim(office, delivery_id) for delivery_id in waiting) if found]
    by_sending = {Sending(found.channel.id, found.send): found for found in claimed}
    sent = 0
    for sending, problem in send_all(list(by_sending), patience_seconds):
        _note(office, by_sending[sending], problem)
        sent += problem is None
    return sent


def pause_after(attempts: int) -> int:
    """Return the seconds to wait after the ``attempts``-th failure: 10, 20, 40 … up to 600."""
    pause_seconds = FIRST_PAUSE_SECONDS
    for _ in range(attempts - 1):
        pause_seconds = min(pause_seconds * 2, LONGEST_PAUSE_SECONDS)
    return pause_seconds


def _claim(office: Office, delivery_id: str) -> _Claimed | None:
    with office.database.work() as work:
        if not claim_delivery(work.session, delivery_id, _now(office), _now(office) + CLAIM_SECONDS):
            return None
        delivery = work.session.get_one(Delivery, delivery_id)
        channel = work.session.get_one(Channel, delivery.channel_id)
        alarm = work.session.get_one(Alarm, delivery.alarm_id)
        work.commit()
    title, body = words_of(delivery.message or alarm.kind, delivery.numbers)
    return _Claimed(delivery_id, alarm, channel, partial(send, office, channel, title, body))


def _note(office: Office, claimed: _Claimed, problem: str | None) -> None:
    """Keep how a sending went; a channel that worked until now and failed is told by another one."""
    with office.database.work() as work:
        session = work.session
        if note_problem(session, claimed.channel.id, problem):
            tell_failure(office, session, claimed.channel, is_urgent=claimed.alarm.kind != "reminder")
        # Locked: who opens the letter in this moment removes it.
        kept = session.get(Delivery, claimed.delivery_id, with_for_update=True)
        if kept is not None:
            _settle(office, session, kept, session.get_one(Alarm, claimed.alarm.id), problem)
        if claimed.alarm.state == "notice":
            session.flush()
            forget_told_notices(session)
        work.commit()


def _settle(office: Office, session: Session, kept: Delivery, alarm: Alarm, problem: str | None) -> None:
    # Acknowledged in the meantime: then there is nothing left to deliver, and nothing to try again.
    if alarm.state == "acknowledged" or (alarm.state == "notice" and _is_over(alarm, kept, problem)):
        session.delete(kept)
        return
    kept.state = "waiting" if problem else "sent"
    kept.claimed_until = None
    kept.next_attempt_at = _next_try(office, session, alarm, kept) if problem else None


def _is_over(notice: Alarm, kept: Delivery, problem: str | None) -> bool:
    # That a channel failed was told anew, by the next one, when this one failed.
    return problem is None or notice.kind == "channel" or kept.attempts >= MOST_NOTICE_TRIES


def _next_try(office: Office, session: Session, alarm: Alarm, kept: Delivery) -> int:
    after_pause = _now(office) + pause_after(kept.attempts)
    if alarm.kind != "reminder":
        return after_pause
    quiet_over = quiet_ends(office.local_now(), times_of(office, session, alarm.school_id))
    return max(after_pause, int(quiet_over.timestamp()))


def _now(office: Office) -> int:
    return int(office.clock().timestamp())

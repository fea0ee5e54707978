"""The alarm worker: claims due deliveries, sends them, tries again with growing pauses. Every alarm at least once.

Several workers may run: a delivery belongs to whom the conditional update let in. A worker that dies while sending
leaves its claim to run out, and the next one sends again.
"""

from __future__ import annotations

import logging

from mailbox.alarms.channels import SendingFailed, send
from mailbox.errors import BoxNotOpened, NotAuthentic
from mailbox.office import Office
from mailbox.store.outbox import claim_delivery, due_deliveries
from mailbox.store.tables import Alarm, Channel, Delivery

CLAIM_SECONDS = 60
FIRST_PAUSE_SECONDS = 10
LONGEST_PAUSE_SECONDS = 600

# No word of the letter, no name, no hour: an alarm may be read by whoever stands beside the telephone.
_WORDS = {
    "urgent": ("悄悄话信箱:紧急", "有一封紧急的信,请现在到老师的页面打开。"),
    "closed": ("悄悄话信箱:紧急", "有一封谁都不能打开的信,请按学校的预案处理。"),
    "test": ("悄悄话信箱:测试", "这是测试。收到请在警报页面按“听到了”。"),
}

_log = logging.getLogger("mailbox.alarms")


def deliver_due(office: Office) -> int:
    """Try every due delivery once; return how many were sent. Failures are kept on the channel and tried again."""
    with office.database.view() as view:
        waiting = due_deliveries(view.session, _now(office))
    return sum(_deliver(office, delivery_id) for delivery_id in waiting)


def pause_after(attempts: int) -> int:
    """Return the seconds to wait after the ``attempts``-th failure: 10, 20, 40 … up to 600."""
    pause_seconds = FIRST_PAUSE_SECONDS
    for _ in range(attempts - 1):
        pause_seconds = min(pause_seconds * 2, LONGEST_PAUSE_SECONDS)
    return pause_seconds


def _deliver(office: Office, delivery_id: str) -> bool:
    with office.database.work() as work:
        if not claim_delivery(work.session, delivery_id, _now(office), _now(office) + CLAIM_SECONDS):
            return False
        delivery = work.session.get_one(Delivery, delivery_id)
        channel = work.session.get_one(Channel, delivery.channel_id)
        alarm = work.session.get_one(Alarm, delivery.alarm_id)
        work.commit()
    problem = _try_to_send(office, channel, alarm.kind)
    with office.database.work() as work:
        kept = work.session.get(Delivery, delivery_id)
        known = work.session.get(Channel, channel.id)
        if known is not None:
            known.problem = problem
        # Acknowledged in the meantime: then there is nothing left to deliver, and nothing to try again.
        if kept is not None and work.session.get_one(Alarm, alarm.id).state == "acknowledged":
            work.session.delete(kept)
        elif kept is not None:
            kept.state = "waiting" if problem else "sent"
            kept.claimed_until = None
            kept.next_attempt_at = _now(office) + pause_after(kept.attempts) if problem else None
        work.commit()
    return problem is None


def _try_to_send(office: Office, channel: Channel, kind: str) -> str | None:
    try:
        send(office, channel, *_WORDS[kind])
    except (SendingFailed, NotAuthentic, BoxNotOpened) as failed:
        problem = type(failed).__name__
    except Exception as failed:
        # A channel's library may fail in its own ways; the alarm must be tried again all the same.
        problem = type(failed).__name__
    else:
        return None
    _log.error("an alarm could not be delivered", extra={"channel_id": channel.id, "error_class": problem})
    return problem


def _now(office: Office) -> int:
    return int(office.clock().timestamp())

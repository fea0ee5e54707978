"""A channel that fails is told by the next one that works: once for each failure, not for each try."""

from __future__ import annotations

from mailbox.alarms.outbox import deliver_on, raise_notice
from mailbox.alarms.times import times_of
from mailbox.office import Office
from mailbox.people.roster import authentic
from mailbox.rules.alarm_times import quiet_ends
from mailbox.rules.roles import LEAD, TECHNICIAN
from mailbox.store.database import Session
from mailbox.store.outbox import channels_of
from mailbox.store.people import people_of
from mailbox.store.tables import Channel


def tell_failure(office: Office, session: Session, failed: Channel, *, is_urgent: bool) -> None:
    """Let the next working channel say that one fails; where none works only the desk says it.

    What failed to tell something urgent is told at once, anything else after the quiet hours.
    """
    found = _next_working(office, session, failed)
    if found is None:
        return
    notice = raise_notice(office, session, failed.school_id, "channel")
    now = office.local_now()
    told_at = now if is_urgent else quiet_ends(now, times_of(office, session, failed.school_id))
    deliver_on(office, session, notice, [found], not_before=int(told_at.timestamp()))


def _next_working(office: Office, session: Session, failed: Channel) -> Channel | None:
    """Return everybody's first, then the technician's and the lead's own; the one after the failed one by name."""
    roles = {one.id: one.role for one in authentic(office, people_of(session, failed.school_id))}
    working = [
        channel
        for channel in channels_of(session, failed.school_id)
        if channel.id != failed.id
        and channel.problem is None
        and (channel.person_id is None or roles.get(channel.person_id) in {TECHNICIAN, LEAD})
    ]
    working.sort(key=lambda channel: (channel.person_id is not None, channel.name <= failed.name))
    return working[0] if working else None

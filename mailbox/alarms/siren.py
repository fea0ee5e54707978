"""What a siren page shows, and the test alarm that proves somebody hears it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from mailbox.alarms.outbox import raise_alarm
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.roster import require_person
from mailbox.rules.roles import Act
from mailbox.store.outbox import forget_acknowledged, open_alarms
from mailbox.store.people import school_locked

TEST = "test"
CLOSED = "closed"
HELD = "held"


@dataclass(frozen=True)
class Ringing:
    """One open alarm. ``kind``: urgent, closed, test; held while somebody who was reached is on the way.

    No word of the letter, not even which one it is.
    """

    id: str
    kind: str


def ringing(office: Office, school_id: str) -> list[Ringing]:
    """Return the school's open alarms, the oldest first."""
    now_seconds = int(office.clock().timestamp())
    with office.database.view() as view:
        alarms = open_alarms(view.session, school_id)
    return [Ringing(alarm.id, HELD if (alarm.held_until or 0) > now_seconds else alarm.kind) for alarm in alarms]


def ring_test(office: Office, school_id: str, by_person_id: str) -> None:
    """Raise a test alarm on the siren pages and on every channel; one that still rings is enough."""
    with office.database.work() as work:
        school_locked(work.session, school_id)
        require_person(office, work.session, school_id, by_person_id, Act.RING_TEST)
        if any(alarm.kind == TEST for alarm in open_alarms(work.session, school_id)):
            return
        raise_alarm(office, work.session, school_id, None, TEST)
        record(office, work.session, school_id, by_person_id, "alarm.test.ring")
        work.commit()


def acknowledge_closed(office: Office, school_id: str, by_person_id: str, shown: Collection[str]) -> int:
    """Somebody acts by the school's plan on letters that nobody here may open: their alarms end, under that name.

    Nobody can open such a letter, so its alarm would ring for ever. ``shown``: the alarms that this person saw; one
    raised since rings on. Returns how many alarms ended.
    """
    with office.database.work() as work:
        school_locked(work.session, school_id)
        require_person(office, work.session, school_id, by_person_id, Act.END_CLOSED_ALARM)
        alarms = open_alarms(work.session, school_id)
        ended = [alarm.id for alarm in alarms if alarm.kind == CLOSED and alarm.id in shown]
        if ended:
            forget_acknowledged(work.session, ended)
            record(office, work.session, school_id, by_person_id, "alarm.closed.end")
        work.commit()
    return len(ended)

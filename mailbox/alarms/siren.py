"""What a siren page shows, and the test alarm that proves somebody hears it."""

from __future__ import annotations

from dataclasses import dataclass

from mailbox.alarms.outbox import raise_alarm
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.roster import require_person
from mailbox.rules.roles import Act
from mailbox.store.outbox import open_alarms
from mailbox.store.people import school_locked

TEST = "test"


@dataclass(frozen=True)
class Ringing:
    """One open alarm. ``kind``: urgent, closed, test. No word of the letter, not even which one it is."""

    id: str
    kind: str


def ringing(office: Office, school_id: str) -> list[Ringing]:
    """Return the school's open alarms, the oldest first."""
    with office.database.view() as view:
        return [Ringing(alarm.id, alarm.kind) for alarm in open_alarms(view.session, school_id)]


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

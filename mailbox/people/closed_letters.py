"""Letters that a child closed to named readers, when their readers change.

Owns two promises: a letter whose last reader goes rings, and only who was not closed out may be given one that nobody
can open any more.
"""

from __future__ import annotations

from datetime import date, datetime

from mailbox.alarms.outbox import acknowledge_thread, raise_alarm
from mailbox.office import Office
from mailbox.people.roster import active_readers, authentic
from mailbox.rules.roles import READERS
from mailbox.store.database import Session
from mailbox.store.letters import readers_of_closed
from mailbox.store.marked import carries_mark
from mailbox.store.people import people_of
from mailbox.store.tables import Person
from mailbox.store.ways_back import (
    arrivals_in_audit,
    closed_threads_held_by,
    first_day_of,
    waiting_without,
)

# Since when somebody reads: the first of these rows that is about them. The first reader of a school needs no second
# voice, so of that one the audit has the making of the keys alone.
_LET_IN = frozenset({"reader.approve", "slips.used"})
_KEYS_MADE = "keys.made"


def held_before(session: Session, person_id: str) -> set[str]:
    """Return the closed threads somebody can open, to be asked before what is sealed to them goes."""
    return closed_threads_held_by(session, person_id)


def ring_for_what_nobody_opens(office: Office, session: Session, school_id: str, thread_ids: set[str]) -> int:
    """Raise an alarm for each of some closed threads that waits and that no reader can open any more; return how many.

    It takes the place of an alarm that only opening the letter would have ended.
    """
    if not thread_ids:
        return 0
    readers = [reader.id for reader in active_readers(office, session, school_id)]
    left_alone = waiting_without(session, thread_ids, readers)
    for thread_id in left_alone:
        acknowledge_thread(session, thread_id)
        raise_alarm(office, session, school_id, thread_id, "closed")
    return len(left_alone)


def may_be_given(office: Office, session: Session, person: Person, thread_id: str) -> bool:
    """Say whether a closed thread may go to ``person``, whom the child did not name as one of its readers.

    Whoever read here when the letter came and is not among those the child left it to was closed out; so is anybody
    of the same name, who may have left and come back. Asked before the audit has it that ``person`` is let in.
    """
    first_day = first_day_of(session, thread_id)
    if first_day is None:
        return False
    named = {row.reader_id for row in readers_of_closed(session, thread_id) if carries_mark(row, office.marks.check)}
    since = _reading_since(office, session, person.school_id)
    closed_out = [
        one
        for one in authentic(office, people_of(session, person.school_id))
        if one.id in since and since[one.id] <= first_day and one.id not in named
    ]
    return all(one.id != person.id and _same(one.display_name) != _same(person.display_name) for one in closed_out)


def _reading_since(office: Office, session: Session, school_id: str) -> dict[str, date]:
    """Return the day on which everybody who reads, or did, began to; the first of all days where it is not known."""
    let_in: dict[str, date] = {}
    first: dict[str, date] = {}
    readers = [one for one in authentic(office, people_of(session, school_id)) if one.role in READERS]
    for row in arrivals_in_audit(session, school_id, {*_LET_IN, _KEYS_MADE}):
        # A row that is not ours could make somebody look like a newcomer.
        day = datetime.fromtimestamp(row.moment_seconds, office.settings.zone).date()
        day = day if carries_mark(row, office.marks.check) else date.min
        if row.act in _LET_IN and row.subject_id:
            let_in.setdefault(row.subject_id, day)
        elif not first and row.person_id in {one.id for one in readers}:
            first[str(row.person_id)] = day
    old_hands = {one.id: date.min for one in readers if one.state in {"active", "left"}}
    return old_hands | first | let_in


def _same(name: str) -> str:
    return "".join(name.split()).casefold()

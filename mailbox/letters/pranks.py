"""恶作剧: letters that somebody put in for fun leave the list, one or many at once, and come back with one press.

Owns which letters are never marked: whatever rings, what a colleague is busy with, what nobody has looked at and no
machine could read, and what a case or a hold is about. The child's page says nothing of it; writing again brings the
letter back into the list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from mailbox.errors import InputRefused
from mailbox.letters.desk import find_thread, require_reader
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.login import Colleague
from mailbox.rules.claims import is_claimed
from mailbox.rules.policy import rings_alarm
from mailbox.store.database import Session
from mailbox.store.letters import drop_held_holding, notes_of, thread_seen_by
from mailbox.store.retention import hold_of, open_cases_of
from mailbox.store.tables import Thread
from triage.protocol import Cause, Urgency

PRANK = "prank"
# A page of the list; a flood of more is marked page by page, with somebody who looks at each page.
MOST_AT_ONCE = 50


class Stays(StrEnum):
    """Why a letter is not marked."""

    GONE = "gone"
    URGENT = "urgent"
    CLAIMED = "claimed"
    PERSON = "person"
    FOLLOWED = "followed"


@dataclass(frozen=True)
class Choice:
    """What would be marked of some chosen letters: their ids, how many of them nobody opened, and why others stay."""

    thread_ids: list[str]
    unread: int
    stay: Mapping[Stays, int] = field(default_factory=dict)


def look_at_choice(office: Office, colleague: Colleague, thread_ids: Sequence[str]) -> Choice:
    """Say what marking these letters would do, before it is done. Raises NotAllowed, InputRefused (prank)."""
    going, unread, stay = [], 0, Counter[Stays]()
    with office.database.view() as view:
        session = view.session
        require_reader(office, session, colleague)
        _require_some(thread_ids)
        for thread_id in _each_once(thread_ids):
            thread = thread_seen_by(session, thread_id, colleague.school_id, colleague.person_id)
            why = _stays(office, session, thread) if thread else Stays.GONE
            if why:
                stay[why] += 1
            else:
                going.append(thread_id)
                unread += any(not note.read for note in notes_of(session, thread_id))
    return Choice(going, unread, dict(stay))


def mark_pranks(office: Office, colleague: Colleague, thread_ids: Sequence[str]) -> list[str]:
    """Mark what may be marked of these letters, as they are now; return which were. The others stay as they are.

    Raises NotAllowed, InputRefused (prank).
    """
    marked = []
    with office.database.work() as work:
        session = work.session
        require_reader(office, session, colleague)
        _require_some(thread_ids)
        for thread in _locked(session, colleague, _each_once(thread_ids)):
            if _stays(office, session, thread) is None:
                _mark(office, session, colleague, thread)
                marked.append(thread.id)
        work.commit()
    return marked


def mark_prank(office: Office, colleague: Colleague, thread_id: str) -> None:
    """Mark one letter from its own page, also one that I am busy with; marking it twice changes nothing.

    Raises NotAllowed, NotFound, InputRefused (prank: why it stays).
    """
    with office.database.work() as work:
        thread = find_thread(office, work.session, colleague, thread_id, to_change=True)
        if thread.state == PRANK:
            return
        why = _stays(office, work.session, thread, mine=colleague.person_id, is_opened=True)
        if why:
            raise InputRefused("prank", why.value)
        _mark(office, work.session, colleague, thread)
        work.commit()


def take_back_pranks(office: Office, colleague: Colleague, thread_ids: Sequence[str]) -> int:
    """Bring letters back into the list, where they wait as before; return how many came back. Raises NotAllowed."""
    back = 0
    with office.database.work() as work:
        session = work.session
        require_reader(office, session, colleague)
        for thread in _locked(session, colleague, sorted(_each_once(thread_ids))[:MOST_AT_ONCE]):
            if thread.state == PRANK:
                thread.state = "waiting"
                record(office, session, thread.school_id, colleague.person_id, "thread.prank.undo", thread.id)
                back += 1
        work.commit()
    return back


def _locked(session: Session, colleague: Colleague, thread_ids: Iterable[str]) -> list[Thread]:
    """Return those of some threads that the reader may see, all locked, in one order.

    All before the first is recorded: who answers one of them locks it first and the audit afterwards, and two who did
    it the other way round would wait for each other.
    """
    found = [
        thread_seen_by(session, thread_id, colleague.school_id, colleague.person_id, to_change=True)
        for thread_id in sorted(thread_ids)
    ]
    return [thread for thread in found if thread is not None]


def _stays(
    office: Office, session: Session, thread: Thread, *, mine: str = "", is_opened: bool = False
) -> Stays | None:
    if thread.state != "waiting":
        return Stays.GONE
    try:
        urgency, cause = Urgency(thread.urgency), Cause(thread.cause) if thread.cause else None
    except ValueError:
        # A row that says what cannot be counts as urgent everywhere.
        return Stays.URGENT
    if rings_alarm(urgency, cause):
        return Stays.URGENT
    is_held = is_claimed(thread.claimed_until, int(office.clock().timestamp()))
    if thread.claimed_by and is_held and thread.claimed_by != mine:
        return Stays.CLAIMED
    if urgency is Urgency.UNSCREENED and not is_opened and any(not note.read for note in notes_of(session, thread.id)):
        return Stays.PERSON
    if open_cases_of(session, [thread.id]) or hold_of(session, thread.id):
        return Stays.FOLLOWED
    return None


def _mark(office: Office, session: Session, colleague: Colleague, thread: Thread) -> None:
    thread.state, thread.claimed_by, thread.claimed_until = PRANK, None, None
    record(office, session, thread.school_id, colleague.person_id, "thread.prank", thread.id)
    # A holding reply promises an answer by some day, and none will come. Behind the record, which waits for an opening
    # that is going on: what went out with it is not taken back.
    drop_held_holding(session, thread.id)


def _each_once(thread_ids: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(thread_ids))


def _require_some(thread_ids: Sequence[str]) -> None:
    if not thread_ids:
        raise InputRefused("prank", "none_chosen")
    if len(_each_once(thread_ids)) > MOST_AT_ONCE:
        raise InputRefused("prank", "too_many")

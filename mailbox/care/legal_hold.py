"""依法留存: a thread that stays beyond its days while somebody may still ask for it, such as the police or a court.

Placed by the lead with a written reason and, where the school has one, a second voice; ended by the lead, and then it
goes like any other. What was sealed to weeks is sealed anew to the case key, so that weeks' keys go in their time. The
thread of a child that closed readers out is sealed to its own readers already, and stays theirs alone.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import date

from mailbox.care.approvals import OPEN, ask, require_reason, state_now
from mailbox.care.entries import CaseKeys
from mailbox.care.held_boxes import (
    HOLD_REASON,
    can_copy,
    copy_boxes,
    drop_copies,
    drop_reason,
    open_reason_of,
    seal_reason,
    strip,
)
from mailbox.care.second_person import Kind, Subject, subject_of_thread
from mailbox.errors import NotAllowed, NotFound
from mailbox.letters.desk import find_thread, require_reader
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.case_keys import current_case_key
from mailbox.people.login import Colleague
from mailbox.people.stand_in import may_as_lead, require_as_lead
from mailbox.rules.roles import Act
from mailbox.store.approvals import requests_about
from mailbox.store.database import Session
from mailbox.store.letters import thread_to_change
from mailbox.store.marked import carries_mark, set_mark
from mailbox.store.retention import hold_of, holds_of, holds_seen_by, threads_with_held_box
from mailbox.store.tables import ApprovalRequest, CaseKey, LegalHold, Thread, new_id

_log = logging.getLogger("mailbox.care")


@dataclass(frozen=True)
class Hold:
    """A hold as a reader of its thread sees it; ``reason`` is None where it does not open."""

    thread_id: str
    placed_by: str
    second_id: str | None
    placed_on: date
    reason: str | None = field(default=None, repr=False)


def place_hold(office: Office, colleague: Colleague, thread_id: str, reason: str) -> bool:
    """Hold a thread, or ask a second person to agree where there is one; return whether it is held now.

    A second click changes nothing. Raises InputRefused (reason; second_person: asked, waiting), NotAllowed, NotFound.
    """
    with office.database.work() as work:
        session = work.session
        require_as_lead(office, session, colleague.school_id, colleague.person_id, Act.HOLD_LETTER)
        require_reason(reason)
        subject = subject_of_thread(office, session, colleague, thread_id)
        thread = subject.thread
        if thread is None:
            raise NotFound("thread")
        if is_on_hold(office, session, thread.id):
            return True
        is_asked = bool(subject.voices(colleague.person_id, Kind.HOLD))
        if is_asked:
            ask(office, session, colleague, Kind.HOLD, subject, reason)
        case_key = _key_for(office, session, subject)
        seal_reason(session, thread, case_key, reason)
        copy_boxes(session, colleague, thread, case_key)
        if not is_asked:
            _hold(office, session, thread.school_id, thread.id, colleague.person_id, None)
        work.commit()
    return not is_asked


def agree_to_hold(office: Office, session: Session, request: ApprovalRequest, second_id: str) -> None:
    """Hold the thread that a colleague asked for, in the decider's transaction."""
    if request.thread_id and not is_on_hold(office, session, request.thread_id):
        _hold(office, session, request.school_id, request.thread_id, request.requester_id, second_id)


def end_hold(office: Office, colleague: Colleague, thread_id: str) -> None:
    """End a hold; a thread whose days are over goes at the next round. Ending none changes nothing.

    Where somebody else has asked for a new one meanwhile, its copies and its reason stay. Raises NotAllowed, NotFound.
    """
    with office.database.work() as work:
        session = work.session
        require_as_lead(office, session, colleague.school_id, colleague.person_id, Act.HOLD_LETTER)
        thread = find_thread(office, session, colleague, thread_id, to_change=True)
        hold = hold_of(session, thread.id)
        if hold is None:
            return
        session.delete(hold)
        session.flush()
        drop_what_is_not_held(office, session, thread.id)
        record(office, session, thread.school_id, colleague.person_id, "hold.end", thread.id)
        work.commit()


def keep_up_hold(office: Office, colleague: Colleague, thread_id: str) -> Hold | None:
    """Return a thread's hold, if there is one, after sealing anew what came since. Raises NotAllowed, NotFound."""
    with office.database.view() as view:
        thread = find_thread(office, view.session, colleague, thread_id)
        hold = hold_of(view.session, thread.id)
        if hold is None or not carries_mark(hold, office.marks.check):
            return None
        shown = _shown(view.session, colleague, hold)
        # What this reader cannot open, no look of theirs can seal anew: the lock is for what will be written.
        is_behind = can_copy(view.session, colleague, thread)
    if is_behind:
        with office.database.work() as work:
            thread = find_thread(office, work.session, colleague, thread_id, to_change=True)
            case_key = current_case_key(office, work.session, thread.school_id)
            # It may have been ended since the look above: then nothing is sealed for longer than its weeks.
            if is_on_hold(office, work.session, thread.id) and copy_boxes(work.session, colleague, thread, case_key):
                work.commit()
    return shown


def holds_for(office: Office, colleague: Colleague) -> list[Hold]:
    """Return the holds on threads that this reader may see, the oldest first. Raises NotAllowed."""
    with office.database.view() as view:
        require_reader(office, view.session, colleague)
        rows = holds_seen_by(view.session, colleague.school_id, colleague.person_id)
        return [_shown(view.session, colleague, row) for row in rows if carries_mark(row, office.marks.check)]


def may_hold(office: Office, colleague: Colleague) -> bool:
    """Say whether this person may place and end holds: the lead, or a counselor where there is none."""
    return may_as_lead(office, colleague.school_id, colleague.person_id, Act.HOLD_LETTER)


def is_on_hold(office: Office, session: Session, thread_id: str) -> bool:
    """Whether a hold of ours is on the thread. One that somebody wrote into the database holds nothing."""
    hold = hold_of(session, thread_id)
    if hold is not None and not carries_mark(hold, office.marks.check):
        _log.error("a legal hold is not authentic and holds nothing", extra={"row_id": hold.id})
        return False
    return hold is not None


def is_held(office: Office, session: Session, thread_id: str) -> bool:
    """Whether the thread must not go: it is on hold, or somebody asked for one and nobody has decided yet."""
    asked = requests_about(session, Kind.HOLD, thread_id, None, [OPEN])
    return is_on_hold(office, session, thread_id) or any(
        state_now(office, request) == OPEN and carries_mark(request, office.marks.check) for request in asked
    )


def drop_what_is_not_held(office: Office, session: Session, thread_id: str) -> None:
    """Remove the copies and the reason of a hold that ended, however it did, unless the thread is still held.

    Copies that are the only ones of a letter stay until the thread goes.
    """
    if not is_held(office, session, thread_id):
        drop_copies(session, thread_id)
        drop_reason(session, thread_id)


def drop_what_nobody_holds(office: Office, school_id: str) -> int:
    """Remove what was sealed for holds that nobody decided on in time; return of how many threads. For the worker."""
    with office.database.view() as view:
        over = [
            thread_id
            for thread_id in threads_with_held_box(view.session, school_id, HOLD_REASON)
            # A hold whose mark is damaged may come back with a restored row; its only reason stays till then.
            if hold_of(view.session, thread_id) is None and not is_held(office, view.session, thread_id)
        ]
    for thread_id in over:
        with office.database.work() as work:
            if thread_to_change(work.session, thread_id, school_id):
                drop_what_is_not_held(office, work.session, thread_id)
                work.commit()
    return len(over)


def held_threads(office: Office, session: Session, school_id: str) -> set[str]:
    """Return the threads of a school that are on hold."""
    return {row.thread_id for row in holds_of(session, school_id) if carries_mark(row, office.marks.check)}


def strip_held(office: Office, session: Session, thread: Thread) -> bool:
    """Let a held thread go on without its weeks' keys, once all of it is sealed anew; return whether this did it."""
    if thread.closed or not is_on_hold(office, session, thread.id):
        return False
    return strip(office, session, thread.id)


def _hold(
    office: Office, session: Session, school_id: str, thread_id: str, person_id: str, second_id: str | None
) -> None:
    row = LegalHold(
        id=new_id(),
        school_id=school_id,
        thread_id=thread_id,
        placed_by=person_id,
        second_id=second_id,
        placed_on=office.local_now().date(),
    )
    set_mark(row, office.marks.mac)
    session.add(row)
    record(office, session, school_id, person_id, "hold.place", thread_id)


def _key_for(office: Office, session: Session, subject: Subject) -> CaseKey:
    thread = subject.thread
    if thread is None or not subject.readers:
        raise NotAllowed("nobody could read it")
    if thread.closed:
        named = {reader.id for reader in subject.readers}
        return current_case_key(office, session, thread.school_id, thread.id, named)
    return current_case_key(office, session, thread.school_id)


def _shown(session: Session, colleague: Colleague, row: LegalHold) -> Hold:
    reason = open_reason_of(session, CaseKeys(session, colleague), row.thread_id)
    return Hold(row.thread_id, row.placed_by, row.second_id, row.placed_on, reason)

"""Cases: opened by a reader from a letter, written to, closed and opened again.

The thread's letters, replies and corrections are sealed anew to the case key, so that they outlive the week's time of
keeping. The case of a thread that a child left to some readers is for these alone, and so is its key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mailbox.care.access import case_key_of, case_to_change
from mailbox.care.copies import copy_thread, has_something_new
from mailbox.care.entries import EntryKind, add_entry, form_id, to_bytes
from mailbox.care.plan import crisis_plan
from mailbox.care.reading import CaseLine, case_line, has_step
from mailbox.care.school_plan import plan_in
from mailbox.errors import InputRefused
from mailbox.letters.desk import find_thread
from mailbox.letters.recipients import left_to
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.login import Colleague
from mailbox.people.school_calendar import calendar_for
from mailbox.rules.follow_ups import due_days
from mailbox.store.care import case_of_thread, follow_ups_of
from mailbox.store.database import Session
from mailbox.store.marked import check_mark, set_mark
from mailbox.store.tables import Case, CaseReader, FollowUp, new_id

OUTCOMES = ("support", "referral", "report", "prank", "duplicate")
# After these nobody needs to be looked after again.
_NOTHING_TO_FOLLOW = frozenset({"prank", "duplicate"})
MAX_WORDS = 2_000


def open_case(office: Office, colleague: Colleague, thread_id: str, situations: Sequence[str], why: str) -> str:
    """Open a case from a letter, or find the one that is there; return its id.

    Raises InputRefused (situation, case_words), NotAllowed for who is no reader, NotFound, NotAuthentic.
    """
    known = require_situations(situations)
    require_words(why, may_be_blank=True)
    with office.database.work() as work:
        session = work.session
        thread = find_thread(office, session, colleague, thread_id, to_change=True)
        check_mark(thread, office.marks.check)
        there = case_of_thread(session, thread.id, thread.school_id, colleague.person_id)
        if there is not None:
            return there.id
        named = left_to(office, session, thread.id) if thread.closed else None
        case = Case(
            id=new_id(),
            school_id=thread.school_id,
            thread_id=thread.id,
            closed_thread=thread.closed,
            state="open",
            outcome=None,
        )
        set_mark(case, office.marks.mac)
        session.add(case)
        session.flush()
        for reader_id in sorted(named or ()):
            reader = CaseReader(id=new_id(), school_id=case.school_id, case_id=case.id, reader_id=reader_id)
            set_mark(reader, office.marks.mac)
            session.add(reader)
        days = due_days(office.local_now(), calendar_for(office, session, case.school_id))
        for step, due_on in days.items():
            follow_up = FollowUp(
                id=new_id(), school_id=case.school_id, case_id=case.id, step=step, due_on=due_on, done=False
            )
            set_mark(follow_up, office.marks.mac)
            session.add(follow_up)
        session.flush()
        case_key = case_key_of(office, session, case)
        plan = plan_in(office, session, case.school_id)
        opened = {"situations": known, "why": why.strip(), "plan": plan.to_json()}
        add_entry(office, session, case_key, case.id, new_id(), EntryKind.OPENED, colleague.person_id, opened)
        copy_thread(office, session, colleague, case, case_key)
        record(office, session, case.school_id, colleague.person_id, "case.open", thread.id)
        work.commit()
        return case.id


def keep_up(office: Office, colleague: Colleague, thread_id: str) -> CaseLine | None:
    """Return a thread's case, if there is one, after sealing to it what came since. Raises NotAllowed, NotFound."""
    with office.database.view() as view:
        thread = find_thread(office, view.session, colleague, thread_id)
        case = case_of_thread(view.session, thread.id, thread.school_id, colleague.person_id)
        if case is None:
            return None
        line, is_behind = case_line(view.session, case), has_something_new(view.session, case)
    if is_behind:
        with office.database.work() as work:
            locked = case_to_change(office, work.session, colleague, case.id)
            case_key = case_key_of(office, work.session, locked)
            if copy_thread(office, work.session, colleague, locked, case_key):
                work.commit()
    return line


def write(
    office: Office, colleague: Colleague, case_id: str, kind: EntryKind, said: Mapping[str, Any], form_nonce: bytes
) -> str:
    """Append one entry and return its id; the same form twice is one. Raises NotAllowed, NotFound, TextRefused."""
    content = to_bytes({"kind": kind, "said": dict(said)})
    with office.database.work() as work:
        case = case_to_change(office, work.session, colleague, case_id)
        entry_id = form_id(office, form_nonce, case.id, content)
        case_key = case_key_of(office, work.session, case)
        if add_entry(office, work.session, case_key, case.id, entry_id, kind, colleague.person_id, said):
            record(office, work.session, case.school_id, colleague.person_id, f"case.{kind}", case.id)
            work.commit()
    return entry_id


def change_situations(
    office: Office, colleague: Colleague, case_id: str, situations: Sequence[str], form_nonce: bytes
) -> None:
    """Say anew what a case is about; the plan follows. Raises InputRefused (situation)."""
    said = {"situations": require_situations(situations)}
    write(office, colleague, case_id, EntryKind.SITUATION, said, form_nonce)


def tick(office: Office, colleague: Colleague, case_id: str, step: str, *, done: bool, form_nonce: bytes) -> None:
    """Tick a step of the case's plan, or take a tick back; both stay in the record. Raises InputRefused (step)."""
    if not has_step(office, colleague, case_id, step):
        raise InputRefused("step", "unknown")
    write(office, colleague, case_id, EntryKind.STEP, {"step": step, "done": done}, form_nonce)


def remark(office: Office, colleague: Colleague, case_id: str, text: str, form_nonce: bytes) -> None:
    """Write down what was done or agreed. Raises InputRefused (case_words)."""
    require_words(text)
    write(office, colleague, case_id, EntryKind.REMARK, {"text": text.strip()}, form_nonce)


def close_case(office: Office, colleague: Colleague, case_id: str, outcome: str, text: str, form_nonce: bytes) -> None:
    """Close an open case; closing a closed one changes nothing. Raises InputRefused (outcome, case_words).

    A prank or a letter that came twice needs no more visits; after every other outcome they remain due.
    """
    if outcome not in OUTCOMES:
        raise InputRefused("outcome", "unknown")
    require_words(text, may_be_blank=True)
    said = {"outcome": outcome, "text": text.strip()}
    with office.database.work() as work:
        session = work.session
        case = case_to_change(office, session, colleague, case_id)
        if case.state != "open":
            return
        case.state, case.outcome, case.closed_on = "closed", outcome, office.local_now().date()
        set_mark(case, office.marks.mac)
        if outcome in _NOTHING_TO_FOLLOW:
            for follow_up in follow_ups_of(session, case.id):
                follow_up.done = True
                set_mark(follow_up, office.marks.mac)
        _add(office, session, colleague, case, EntryKind.CLOSED, said, form_nonce)
        record(office, session, case.school_id, colleague.person_id, f"case.close.{outcome}", case.id)
        work.commit()


def reopen_case(office: Office, colleague: Colleague, case_id: str, form_nonce: bytes) -> None:
    """Open a closed case again; an open one stays as it is."""
    with office.database.work() as work:
        session = work.session
        case = case_to_change(office, session, colleague, case_id)
        if case.state == "open":
            return
        case.state, case.outcome, case.closed_on = "open", None, None
        set_mark(case, office.marks.mac)
        _add(office, session, colleague, case, EntryKind.REOPENED, {}, form_nonce)
        record(office, session, case.school_id, colleague.person_id, "case.reopen", case.id)
        work.commit()


def require_situations(situations: Sequence[str]) -> list[str]:
    """Return the situations in the plan's order. Raises InputRefused."""
    known = [one.key for one in crisis_plan().situations]
    if not situations or not set(situations) <= set(known):
        raise InputRefused("situation", "unknown")
    return [key for key in known if key in situations]


def require_words(text: str, *, may_be_blank: bool = False) -> None:
    """Raises InputRefused."""
    if len(text) > MAX_WORDS or not (may_be_blank or text.strip()):
        raise InputRefused("case_words", "blank_or_long")


def _add(
    office: Office,
    session: Session,
    colleague: Colleague,
    case: Case,
    kind: EntryKind,
    said: Mapping[str, Any],
    form_nonce: bytes,
) -> None:
    entry_id = form_id(office, form_nonce, case.id, to_bytes({"kind": kind, "said": dict(said)}))
    case_key = case_key_of(office, session, case)
    add_entry(office, session, case_key, case.id, entry_id, kind, colleague.person_id, said)

"""Who may see and write a case, and to which key it is sealed now. A row that is not ours lets nobody in."""

from __future__ import annotations

from mailbox.errors import NotFound
from mailbox.letters.desk import require_reader
from mailbox.office import Office
from mailbox.people.case_keys import current_case_key
from mailbox.people.login import Colleague
from mailbox.store.care import case_seen_by, readers_of_case
from mailbox.store.database import Session
from mailbox.store.marked import carries_mark, check_mark
from mailbox.store.tables import Case, CaseKey


def case_to_change(office: Office, session: Session, colleague: Colleague, case_id: str) -> Case:
    """Return a case this reader may see, locked. Raises NotAllowed, NotFound, NotAuthentic."""
    require_reader(office, session, colleague)
    case = case_seen_by(session, case_id, colleague.school_id, colleague.person_id, to_change=True)
    if case is None:
        raise NotFound("case")
    check_mark(case, office.marks.check)
    if case.closed_thread and colleague.person_id not in named_readers(office, session, case):
        raise NotFound("case")
    return case


def case_key_of(office: Office, session: Session, case: Case) -> CaseKey:
    """Return the key for what is written to a case now."""
    if case.closed_thread:
        named = named_readers(office, session, case)
        return current_case_key(office, session, case.school_id, case.thread_id, named)
    return current_case_key(office, session, case.school_id)


def named_readers(office: Office, session: Session, case: Case) -> set[str]:
    return {row.reader_id for row in readers_of_case(session, case.id) if carries_mark(row, office.marks.check)}

"""Who the second person is: for each thread or case the active readers who may see it, or the head. Owns this rule.

Never the requester decides. Whatever is closed to named readers is asked of its readers alone. Where nobody else could
see it, the head is the second voice, who learns what is asked and by which rule, and never the letter or the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mailbox.care.access import case_to_change, named_readers
from mailbox.errors import NotFound
from mailbox.letters.desk import find_thread
from mailbox.letters.recipients import left_to
from mailbox.office import Office
from mailbox.people.login import Colleague
from mailbox.people.roster import authentic
from mailbox.rules.roles import Act, may
from mailbox.store.database import Session
from mailbox.store.marked import check_mark
from mailbox.store.people import people_of
from mailbox.store.tables import ApprovalRequest, Case, Person, Thread


class Kind(StrEnum):
    """What may be asked for. A lowering is asked of readers only: a head cannot judge a letter that they never read."""

    REVEAL = "reveal"
    LOWER = "lower"
    CASE_FILE = "case_file"
    HOLD = "hold"


@dataclass(frozen=True)
class Subject:
    """What a request is about, and the active people who could decide on it: readers, and a head where needed."""

    thread: Thread | None
    case: Case | None
    readers: list[Person]
    heads: list[Person]

    @property
    def row(self) -> Thread | Case:
        row = self.thread or self.case
        assert row is not None  # noqa: S101 - one of the two is always given; this tells the type checker.
        return row

    def voices(self, requester_id: str, kind: Kind) -> list[Person]:
        """Return who may decide on what ``requester_id`` asks for; nobody, if there is no second person."""
        others = [reader for reader in self.readers if reader.id != requester_id]
        return others or ([] if kind is Kind.LOWER else self.heads)


def subject_of_thread(office: Office, session: Session, colleague: Colleague, thread_id: str) -> Subject:
    """Return a thread that this reader may see, locked. Raises NotAllowed, NotFound, NotAuthentic."""
    thread = find_thread(office, session, colleague, thread_id, to_change=True)
    check_mark(thread, office.marks.check)
    named = left_to(office, session, thread.id) if thread.closed else None
    if named is not None and colleague.person_id not in named:
        raise NotFound("thread")
    return Subject(thread, None, *_deciders(office, session, thread.school_id, named))


def subject_of_case(office: Office, session: Session, colleague: Colleague, case_id: str) -> Subject:
    """Return a case that this reader may see, locked. Raises NotAllowed, NotFound, NotAuthentic."""
    case = case_to_change(office, session, colleague, case_id)
    named = named_readers(office, session, case) if case.closed_thread else None
    return Subject(None, case, *_deciders(office, session, case.school_id, named))


def subject_of(office: Office, session: Session, colleague: Colleague, request: ApprovalRequest) -> Subject:
    """Return what a request is about, for a reader who may see it. Raises NotAllowed, NotFound, NotAuthentic."""
    if request.case_id is not None:
        return subject_of_case(office, session, colleague, request.case_id)
    return subject_of_thread(office, session, colleague, request.thread_id or "")


def head_may_decide(office: Office, session: Session, request: ApprovalRequest) -> bool:
    """Say whether the head is the second voice for a request: nothing closed, and no other reader in the school."""
    row: Thread | Case | None
    if request.case_id is not None:
        row = session.get(Case, request.case_id)
        is_closed = row is None or row.closed_thread
    else:
        row = session.get(Thread, request.thread_id)
        is_closed = row is None or row.closed
    if row is None or is_closed or request.kind == Kind.LOWER:
        return False
    check_mark(row, office.marks.check)
    readers, _ = _deciders(office, session, request.school_id, None)
    return not any(reader.id != request.requester_id for reader in readers)


def _deciders(
    office: Office, session: Session, school_id: str, named: set[str] | None
) -> tuple[list[Person], list[Person]]:
    """Return the active readers, of a closed thing only the named ones, and the heads, of a closed thing none."""
    active = [one for one in authentic(office, people_of(session, school_id)) if one.state == "active"]
    readers = [one for one in active if may(one.role, Act.BE_SECOND_PERSON) and one.public_key]
    if named is not None:
        return [reader for reader in readers if reader.id in named], []
    return readers, [one for one in active if may(one.role, Act.BE_SECOND_PERSON_AS_HEAD)]

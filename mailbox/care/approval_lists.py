"""What waits for somebody's decision, what they asked for, what was done alone, and every reveal for the lead.

Opens reasons with the asker's own key. What is closed to a reader is in no list of theirs and in no count.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from mailbox.care.approvals import APPROVED, OPEN, can_be_used, open_reason, state_now
from mailbox.care.second_person import Kind, head_may_decide, subject_of_case, subject_of_thread
from mailbox.care.telling import told_to
from mailbox.errors import NotAllowed, NotAuthentic, NotFound
from mailbox.letters.desk import require_reader
from mailbox.office import Office
from mailbox.people.login import Colleague
from mailbox.people.roster import require_person
from mailbox.rules.roles import Act, may
from mailbox.store.approvals import (
    reason_boxes_of,
    requests_about_open_things,
    requests_seen_by,
)
from mailbox.store.database import Session
from mailbox.store.marked import carries_mark
from mailbox.store.tables import ApprovalRequest

# For how long one's own requests stay on the page; who did what stays in the audit.
_DAYS_OF_OWN = 60


@dataclass(frozen=True)
class RequestLine:
    """One request as one person sees it. A head sees neither thread, case nor reason; ``ends`` is on the school's wall.

    ``state``: open, approved, refused, withdrawn, expired; ``can_be_used``: by its requester, now.
    """

    id: str
    kind: Kind
    thread_id: str | None
    case_id: str | None
    requester_id: str
    decided_by: str | None
    state: str
    rule: str | None
    level: str | None
    alone: bool
    asked_on: date
    used_on: date | None
    ends: datetime
    can_be_used: bool
    reason: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Decisions:
    """The page: what waits for this person, what they are to know of, their own requests, and, for a lead, reveals."""

    waiting: list[RequestLine]
    told: list[RequestLine]
    own: list[RequestLine]
    reveals: list[RequestLine] | None

    @property
    def number(self) -> int:
        return len(self.waiting) + len(self.told)


def decisions(office: Office, colleague: Colleague) -> Decisions:
    """Return everything for the page. Raises NotAllowed for who neither reads letters nor is head of the school."""
    with office.database.view() as view:
        session = view.session
        rows = _rows(office, session, colleague)
        told = told_to(office, session, colleague)
        is_reader = may(colleague.role, Act.BE_SECOND_PERSON)
        boxes = reason_boxes_of(session, colleague.person_id, [row.id for row in (*rows, *told)]) if is_reader else {}
        seen = {row.id for row in rows} if is_reader else set()
        since = office.local_now().date() - timedelta(days=_DAYS_OF_OWN)

        def lines(chosen: list[ApprovalRequest]) -> list[RequestLine]:
            return [_line(office, colleague, row, boxes.get(row.id), names_it=row.id in seen) for row in chosen]

        reveals = [row for row in rows if row.kind == Kind.REVEAL and row.state == APPROVED]
        return Decisions(
            waiting=lines(_waiting(office, session, colleague, rows)),
            told=lines(told),
            own=lines([row for row in rows if row.requester_id == colleague.person_id and row.asked_on >= since]),
            reveals=lines(reveals) if may(colleague.role, Act.SEE_WHOLE_AUDIT) else None,
        )


def number_waiting(office: Office, colleague: Colleague) -> int:
    """Return how many things wait for this person to decide or to know of; 0 for who has no part in it."""
    with office.database.view() as view:
        try:
            rows = _rows(office, view.session, colleague, only_open=True)
        except NotAllowed:
            return 0
        waiting = _waiting(office, view.session, colleague, rows)
        return len(waiting) + len(told_to(office, view.session, colleague))


def line_of(office: Office, colleague: Colleague, request_id: str) -> RequestLine:
    """Return one of this person's own requests. Raises NotAllowed, NotFound."""
    for line in decisions(office, colleague).own:
        if line.id == request_id:
            return line
    raise NotFound("request")


def lines_about(office: Office, colleague: Colleague, about_id: str) -> list[RequestLine]:
    """Return what was asked for about one thread or one case, for its readers, without reasons. Raises NotAllowed."""
    with office.database.view() as view:
        rows = _rows(office, view.session, colleague)
        about = [row for row in rows if about_id in (row.thread_id, row.case_id)]
        return [_line(office, colleague, row, None, names_it=True) for row in about]


def voices_for(
    office: Office, colleague: Colleague, kind: Kind, *, thread_id: str = "", case_id: str = ""
) -> list[str]:
    """Return the names of who could decide. Raises NotAllowed, NotFound, NotAuthentic."""
    with office.database.work() as work:
        subject = (
            subject_of_case(office, work.session, colleague, case_id)
            if case_id
            else subject_of_thread(office, work.session, colleague, thread_id)
        )
        return [person.display_name for person in subject.voices(colleague.person_id, kind)]


def _rows(office: Office, session: Session, colleague: Colleague, *, only_open: bool = False) -> list[ApprovalRequest]:
    """Return the requests this person may know of, without those that are not ours. Raises NotAllowed."""
    if may(colleague.role, Act.BE_SECOND_PERSON_AS_HEAD):
        act = Act.BE_SECOND_PERSON_AS_HEAD
        require_person(office, session, colleague.school_id, colleague.person_id, act)
        rows = requests_about_open_things(session, colleague.school_id)
    else:
        require_reader(office, session, colleague)
        rows = requests_seen_by(session, colleague.school_id, colleague.person_id, only_open=only_open)
    return [row for row in rows if carries_mark(row, office.marks.check)]


def _waiting(
    office: Office, session: Session, colleague: Colleague, rows: list[ApprovalRequest]
) -> list[ApprovalRequest]:
    is_head = may(colleague.role, Act.BE_SECOND_PERSON_AS_HEAD)
    return [
        row
        for row in rows
        if row.requester_id != colleague.person_id
        and state_now(office, row) == OPEN
        and (not is_head or _head_may(office, session, row))
    ]


def _head_may(office: Office, session: Session, row: ApprovalRequest) -> bool:
    try:
        return head_may_decide(office, session, row)
    except NotAuthentic:
        return False


def _line(
    office: Office, colleague: Colleague, row: ApprovalRequest, box: bytes | None, *, names_it: bool
) -> RequestLine:
    return RequestLine(
        id=row.id,
        kind=Kind(row.kind),
        thread_id=row.thread_id if names_it else None,
        case_id=row.case_id if names_it else None,
        requester_id=row.requester_id,
        decided_by=row.decided_by,
        state=state_now(office, row),
        # Who only is told that something was done, and not where, is not told by which rule either.
        rule=row.rule if names_it or not row.alone else None,
        level=row.level,
        alone=row.alone,
        asked_on=row.asked_on,
        used_on=row.used_on,
        ends=datetime.fromtimestamp(row.ends_at, office.settings.zone),
        can_be_used=row.requester_id == colleague.person_id and can_be_used(office, row),
        reason=open_reason(colleague, row.id, box) if names_it else None,
    )

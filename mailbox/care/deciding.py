"""Deciding on what a colleague asks for: agree or not. Of two who decide, the first one counts.

Owns taking one's own request back too, since a hold that somebody only asked for leaves nothing sealed either way.
"""

from __future__ import annotations

from mailbox.care.approvals import (
    APPROVED,
    EXPIRED,
    GRANTED_SECONDS,
    OPEN,
    REFUSED,
    WITHDRAWN,
    find_request,
    now_seconds,
    open_reason,
    own_request,
    state_now,
)
from mailbox.care.legal_hold import agree_to_hold, drop_what_is_not_held
from mailbox.care.lowering import carry_out, is_as_it_was
from mailbox.care.second_person import Kind, Subject, head_may_decide, subject_of
from mailbox.errors import Changed, InputRefused, NotAllowed, NotFound
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.login import Colleague
from mailbox.people.roster import require_person
from mailbox.rules.roles import Act, may
from mailbox.store.approvals import reason_boxes_of
from mailbox.store.database import Session
from mailbox.store.marked import set_mark
from mailbox.store.tables import ApprovalRequest


def decide(office: Office, colleague: Colleague, request_id: str, *, agrees: bool) -> None:
    """Agree to a request or refuse it; the same decision once more changes nothing.

    Raises InputRefused (second_person: own), Changed if it was decided otherwise, is over, or a letter came since,
    NotAllowed, NotFound for what is not this person's to decide.
    """
    if not (may(colleague.role, Act.BE_SECOND_PERSON) or may(colleague.role, Act.BE_SECOND_PERSON_AS_HEAD)):
        raise NotAllowed(Act.BE_SECOND_PERSON.value)
    wanted = APPROVED if agrees else REFUSED
    with office.database.work() as work:
        session = work.session
        request = find_request(office, session, colleague, request_id)
        subject = _require_voice(office, session, colleague, request)
        if request.state == wanted and request.decided_by == colleague.person_id:
            return
        if state_now(office, request) != OPEN:
            raise Changed("request")
        about = request.thread_id or request.case_id
        if agrees and subject and subject.thread and request.kind == Kind.LOWER:
            if not is_as_it_was(session, request, subject.thread):
                request.state = EXPIRED
                set_mark(request, office.marks.mac)
                work.commit()
                raise Changed("thread")
            reason = open_reason(
                colleague, request.id, reason_boxes_of(session, colleague.person_id, [request.id]).get(request.id)
            )
            carry_out(office, session, request, subject.thread, reason, colleague.person_id)
        if agrees and request.kind == Kind.HOLD:
            agree_to_hold(office, session, request, colleague.person_id)
        request.state, request.decided_by = wanted, colleague.person_id
        if agrees:
            request.ends_at = now_seconds(office) + GRANTED_SECONDS
        set_mark(request, office.marks.mac)
        _leave_nothing(office, session, request)
        word = "agree" if agrees else "refuse"
        record(office, session, request.school_id, colleague.person_id, f"{word}.{request.kind}", about)
        work.commit()


def withdraw(office: Office, colleague: Colleague, request_id: str) -> None:
    """Take back what one asked for; what is decided stays so. Raises NotFound."""
    with office.database.work() as work:
        request = own_request(office, work.session, colleague, request_id)
        if request.state != OPEN:
            return
        request.state = WITHDRAWN
        set_mark(request, office.marks.mac)
        _leave_nothing(office, work.session, request)
        about = request.thread_id or request.case_id
        record(office, work.session, request.school_id, colleague.person_id, f"withdraw.{request.kind}", about)
        work.commit()


def _leave_nothing(office: Office, session: Session, request: ApprovalRequest) -> None:
    """Remove the copies and the reason of a hold that was not agreed to."""
    if request.kind == Kind.HOLD and request.thread_id:
        session.flush()
        drop_what_is_not_held(office, session, request.thread_id)


def _require_voice(office: Office, session: Session, colleague: Colleague, request: ApprovalRequest) -> Subject | None:
    """Return what the request is about, None for a head, who may not see it."""
    if may(colleague.role, Act.BE_SECOND_PERSON_AS_HEAD):
        require_person(office, session, colleague.school_id, colleague.person_id, Act.BE_SECOND_PERSON_AS_HEAD)
        if not head_may_decide(office, session, request):
            raise NotFound("request")
        return None
    subject = subject_of(office, session, colleague, request)
    if request.requester_id == colleague.person_id:
        raise InputRefused("second_person", "own")
    return subject

"""Requests to a second person: asked for, found again. Owns a request's life and its sealed reason.

Who may decide is ``second_person``'s; what follows from a decision is of ``deciding``, ``reveal`` and ``case_file``.
"""

from __future__ import annotations

import logging

from mailbox.care.second_person import Kind, Subject, subject_of
from mailbox.errors import BoxNotOpened, InputRefused, NotFound, TextRefused
from mailbox.letters.desk import require_reader
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.login import Colleague
from mailbox.sealing.box import BoxAddress, PublicKey, bytes_to_text, open_box, seal, text_to_bytes
from mailbox.store.approvals import reason_boxes_of, request_to_change, requests_about
from mailbox.store.database import Session
from mailbox.store.letters import notes_of
from mailbox.store.marked import carries_mark, check_mark, set_mark
from mailbox.store.tables import ApprovalReason, ApprovalRequest, Person, new_id

REQUEST_REASON = "request-reason"
MAX_REASON_CHARACTERS = 400
ASKED_SECONDS = 3 * 24 * 3_600
GRANTED_SECONDS = 24 * 3_600
OPEN, APPROVED, REFUSED, WITHDRAWN, EXPIRED = "open", "approved", "refused", "withdrawn", "expired"

_log = logging.getLogger("mailbox.care")


def ask(
    office: Office,
    session: Session,
    colleague: Colleague,
    kind: Kind,
    subject: Subject,
    reason: str,
    *,
    rule: str | None = None,
    level: str | None = None,
) -> str:
    """Keep a request in the caller's transaction; return its id. The same one that still waits is not asked twice.

    Raises InputRefused (second_person: nobody, asked; waiting, if one's own still waits in other words).
    """
    voices = subject.voices(colleague.person_id, kind)
    if not voices:
        raise InputRefused("second_person", "nobody")
    request = _still_open(office, session, colleague, kind, subject)
    if request is not None:
        if not is_the_same(session, colleague, request, reason, rule=rule, level=level):
            raise InputRefused("second_person", "waiting")
        return request.id
    request = new_request(office, session, colleague, kind, subject, rule=rule, level=level)
    seal_reason(session, request, [colleague.person_id, *(one.id for one in voices)], subject.readers, reason)
    record(office, session, request.school_id, colleague.person_id, f"ask.{kind}", subject.row.id)
    return request.id


def new_request(
    office: Office,
    session: Session,
    colleague: Colleague,
    kind: Kind,
    subject: Subject,
    *,
    rule: str | None = None,
    level: str | None = None,
    alone: bool = False,
) -> ApprovalRequest:
    """Add a request's row: open, or with ``alone`` granted at once."""
    request = ApprovalRequest(
        id=new_id(),
        school_id=colleague.school_id,
        thread_id=subject.thread.id if subject.thread else None,
        case_id=subject.case.id if subject.case else None,
        kind=kind,
        state=APPROVED if alone else OPEN,
        requester_id=colleague.person_id,
        decided_by=None,
        rule=rule,
        level=level,
        alone=alone,
        letters=len(notes_of(session, subject.thread.id)) if subject.thread else 0,
        asked_on=office.local_now().date(),
        used_on=None,
        ends_at=now_seconds(office) + (GRANTED_SECONDS if alone else ASKED_SECONDS),
    )
    set_mark(request, office.marks.mac)
    session.add(request)
    session.flush()
    return request


def seal_reason(
    session: Session, request: ApprovalRequest, holder_ids: list[str], readers: list[Person], reason: str
) -> None:
    """Seal the reason to each holder who reads letters; a head among them gets none. Raises TextRefused."""
    content = text_to_bytes(reason.strip())
    for reader in readers:
        if reader.id in holder_ids and reader.public_key:
            address = BoxAddress(REQUEST_REASON, request.id, reader.id)
            box = seal(PublicKey.from_bytes(reader.public_key), address, content)
            session.add(
                ApprovalReason(
                    id=new_id(), school_id=request.school_id, request_id=request.id, holder_id=reader.id, box=box
                )
            )


def open_reason(colleague: Colleague, request_id: str, box: bytes | None) -> str | None:
    """Return the reason from a holder's own box; None where there is none or it does not open."""
    if box is None:
        return None
    try:
        return bytes_to_text(
            open_box(colleague.private, BoxAddress(REQUEST_REASON, request_id, colleague.person_id), box)
        )
    except (BoxNotOpened, TextRefused):
        _log.error("the reason of a request could not be opened", extra={"row_id": request_id})
        return None


def is_the_same(
    session: Session,
    colleague: Colleague,
    request: ApprovalRequest,
    reason: str,
    *,
    rule: str | None = None,
    level: str | None = None,
) -> bool:
    """Say whether one's own request says just this: then it is a second click, and no words are lost by it.

    Of minute and kiosk it must be about the same letters: for one that came since, nobody was asked.
    """
    if request.kind == Kind.REVEAL and request.letters != len(notes_of(session, request.thread_id or "")):
        return False
    box = reason_boxes_of(session, colleague.person_id, [request.id]).get(request.id)
    return (request.rule, request.level, open_reason(colleague, request.id, box)) == (rule, level, reason.strip())


def find_request(office: Office, session: Session, colleague: Colleague, request_id: str) -> ApprovalRequest:
    """Return a request, locked. Raises NotFound, NotAuthentic."""
    request = request_to_change(session, request_id, colleague.school_id)
    if request is None:
        raise NotFound("request")
    check_mark(request, office.marks.check)
    return request


def own_request(office: Office, session: Session, colleague: Colleague, request_id: str) -> ApprovalRequest:
    """Return one's own request about what one may still see, locked. Raises NotAllowed, NotFound, NotAuthentic."""
    require_reader(office, session, colleague)
    request = find_request(office, session, colleague, request_id)
    if request.requester_id != colleague.person_id:
        raise NotFound("request")
    subject_of(office, session, colleague, request)
    return request


def state_now(office: Office, request: ApprovalRequest) -> str:
    """Return a request's state at this moment: an open one whose time is over is expired."""
    return EXPIRED if request.state == OPEN and request.ends_at < now_seconds(office) else request.state


def can_be_used(office: Office, request: ApprovalRequest) -> bool:
    return request.state == APPROVED and request.ends_at >= now_seconds(office)


def require_reason(reason: str, *, may_be_blank: bool = False) -> None:
    """Raises InputRefused (reason)."""
    if len(reason) > MAX_REASON_CHARACTERS or not (may_be_blank or reason.strip()):
        raise InputRefused("reason", "blank_or_long")


def now_seconds(office: Office) -> int:
    return int(office.clock().timestamp())


def _still_open(
    office: Office, session: Session, colleague: Colleague, kind: Kind, subject: Subject
) -> ApprovalRequest | None:
    thread_id = subject.thread.id if subject.thread else None
    case_id = subject.case.id if subject.case else None
    waiting = [
        request
        for request in requests_about(session, kind, thread_id, case_id, [OPEN])
        if state_now(office, request) == OPEN and carries_mark(request, office.marks.check)
    ]
    own = [request for request in waiting if request.requester_id == colleague.person_id]
    # A second one would stand beside the first, with another level or another reason, and one of both would be lost.
    if waiting and not own and kind in (Kind.LOWER, Kind.HOLD):
        raise InputRefused("second_person", "asked")
    return own[0] if own else None

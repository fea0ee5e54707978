"""Queries on what somebody asks a second person for. SQL only; checks no mark and decides nothing."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from mailbox.store.care import case_visible_to
from mailbox.store.letters import visible_to
from mailbox.store.tables import ApprovalNotice, ApprovalReason, ApprovalRequest, Case, Thread, is_id


def request_to_change(session: Session, request_id: str, school_id: str) -> ApprovalRequest | None:
    """Return a request, locked until commit: of two who decide, the second one finds what the first one did."""
    if not is_id(request_id):
        return None
    query = select(ApprovalRequest).where(ApprovalRequest.id == request_id, ApprovalRequest.school_id == school_id)
    return session.scalars(query.with_for_update(key_share=True)).one_or_none()


def requests_about(
    session: Session, kind: str, thread_id: str | None, case_id: str | None, states: Sequence[str]
) -> Sequence[ApprovalRequest]:
    """Return the requests of a kind about one thread or one case, in some states."""
    about = ApprovalRequest.case_id == case_id if case_id else ApprovalRequest.thread_id == thread_id
    query = select(ApprovalRequest).where(ApprovalRequest.kind == kind, about, ApprovalRequest.state.in_(states))
    return session.scalars(query.order_by(ApprovalRequest.id)).all()


def requests_seen_by(
    session: Session, school_id: str, reader_id: str, *, only_open: bool = False
) -> Sequence[ApprovalRequest]:
    """Return the requests about threads and cases that this reader may see, the newest first."""
    thread = exists(select(Thread.id).where(Thread.id == ApprovalRequest.thread_id, visible_to(reader_id)))
    case = exists(select(Case.id).where(Case.id == ApprovalRequest.case_id, case_visible_to(reader_id)))
    seen = or_(thread, case)
    return _newest_first(session, school_id, and_(ApprovalRequest.state == "open", seen) if only_open else seen)


def requests_about_open_things(session: Session, school_id: str) -> Sequence[ApprovalRequest]:
    """Return the open requests about what is closed to no reader: all that a head may know of, the newest first."""
    thread = exists(select(Thread.id).where(Thread.id == ApprovalRequest.thread_id, Thread.closed.is_(False)))
    case = exists(select(Case.id).where(Case.id == ApprovalRequest.case_id, Case.closed_thread.is_(False)))
    return _newest_first(session, school_id, and_(ApprovalRequest.state == "open", or_(thread, case)))


def _newest_first(session: Session, school_id: str, which: ColumnElement[bool]) -> Sequence[ApprovalRequest]:
    query = select(ApprovalRequest).where(ApprovalRequest.school_id == school_id, which)
    return session.scalars(query.order_by(ApprovalRequest.ends_at.desc(), ApprovalRequest.id)).all()


def reason_boxes_of(session: Session, holder_id: str, request_ids: Sequence[str]) -> dict[str, bytes]:
    """Return a holder's boxes by request."""
    query = select(ApprovalReason.request_id, ApprovalReason.box)
    boxes = session.execute(
        query.where(ApprovalReason.holder_id == holder_id, ApprovalReason.request_id.in_(request_ids))
    )
    return {row.request_id: row.box for row in boxes}


def notices_of(session: Session, person_id: str) -> list[tuple[ApprovalNotice, ApprovalRequest]]:
    """Return what a person is to know of and has not said that they do."""
    query = select(ApprovalNotice, ApprovalRequest).join(
        ApprovalRequest, ApprovalRequest.id == ApprovalNotice.request_id
    )
    wanted = query.where(ApprovalNotice.person_id == person_id, ApprovalNotice.seen.is_(False))
    return [(notice, request) for notice, request in session.execute(wanted.order_by(ApprovalNotice.id))]


def notice_to_change(session: Session, request_id: str, person_id: str) -> ApprovalNotice | None:
    if not is_id(request_id):
        return None
    query = select(ApprovalNotice).where(ApprovalNotice.request_id == request_id, ApprovalNotice.person_id == person_id)
    return session.scalars(query.with_for_update(key_share=True)).one_or_none()

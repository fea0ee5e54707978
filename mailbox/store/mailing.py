"""Queries on the weekly summary by mail. A mail is claimed by a conditional update: two workers, one sender."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, CursorResult, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from mailbox.store.tables import SummaryMail, SummaryRecipient, WeekReport, is_id

# Longer than any mail waits or is being sent: what says so was written while the clock ran ahead.
_LONGEST_WAIT_SECONDS = 7 * 3_600


def recipients_of(session: Session, school_id: str) -> Sequence[SummaryRecipient]:
    query = select(SummaryRecipient).where(SummaryRecipient.school_id == school_id)
    return session.scalars(query.order_by(SummaryRecipient.name, SummaryRecipient.id)).all()


def recipient_in(session: Session, school_id: str, recipient_id: str) -> SummaryRecipient | None:
    if not is_id(recipient_id):
        return None
    query = select(SummaryRecipient).where(SummaryRecipient.id == recipient_id)
    return session.scalars(query.where(SummaryRecipient.school_id == school_id)).one_or_none()


def mails_of(session: Session, school_id: str) -> Sequence[SummaryMail]:
    return session.scalars(select(SummaryMail).where(SummaryMail.school_id == school_id)).all()


def drop_mails(session: Session, school_id: str) -> None:
    session.execute(delete(SummaryMail).where(SummaryMail.school_id == school_id))


def newest_report_of(session: Session, school_id: str) -> WeekReport | None:
    query = select(WeekReport).where(WeekReport.school_id == school_id).order_by(WeekReport.ends_on.desc())
    return session.scalars(query.limit(1)).one_or_none()


def due_mails(session: Session, now_seconds: int) -> Sequence[str]:
    """Return the ids of mails to try now: waiting ones, and ones whose sender died while sending."""
    return session.scalars(select(SummaryMail.id).where(_due(now_seconds)).order_by(SummaryMail.next_attempt_at)).all()


def claim_mail(session: Session, mail_id: str, now_seconds: int, until_seconds: int) -> int:
    """Take a due mail; return the number of rows changed, 0 if another worker was faster."""
    statement = (
        update(SummaryMail)
        .where(SummaryMail.id == mail_id, _due(now_seconds))
        .values(state="sending", claimed_until=until_seconds, attempts=SummaryMail.attempts + 1)
    )
    result = session.execute(statement)
    assert isinstance(result, CursorResult)  # noqa: S101 - an UPDATE always gives one; this tells the type checker.
    return result.rowcount


def _due(now_seconds: int) -> ColumnElement[bool]:
    is_astray = SummaryMail.next_attempt_at > now_seconds + _LONGEST_WAIT_SECONDS
    waiting = and_(SummaryMail.state == "waiting", or_(SummaryMail.next_attempt_at <= now_seconds, is_astray))
    is_over = or_(
        SummaryMail.claimed_until < now_seconds, SummaryMail.claimed_until > now_seconds + _LONGEST_WAIT_SECONDS
    )
    return or_(waiting, and_(SummaryMail.state == "sending", is_over))

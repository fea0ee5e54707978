"""The audit chain: who did what to which thread, never content. Each row carries the mark of the row before."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from mailbox.errors import NotAuthentic
from mailbox.office import Office
from mailbox.store.audit import audit_marks
from mailbox.store.database import Session
from mailbox.store.marked import check_mark, set_mark
from mailbox.store.people import audit_rows, last_audit_row, school_locked
from mailbox.store.tables import AuditRow, new_id

_BEGINNING = b""
_HEAD_DIGITS, _GROUP = 12, 4


def record(
    office: Office, session: Session, school_id: str, person_id: str | None, act: str, subject_id: str | None = None
) -> None:
    """Append one row in the act's own transaction, so that neither can be without the other."""
    record_all(office, session, school_id, person_id, [(act, subject_id)])


def record_all(
    office: Office, session: Session, school_id: str, person_id: str | None, acts: Sequence[tuple[str, str | None]]
) -> None:
    """Append one row for each act and its subject, in their order; the chain is read once and written once."""
    school_locked(session, school_id)
    last = last_audit_row(session, school_id)
    moment_seconds = int(office.clock().timestamp())
    for act, subject_id in acts:
        row = AuditRow(
            id=new_id(),
            school_id=school_id,
            place=last.place + 1 if last else 1,
            person_id=person_id,
            act=act,
            subject_id=subject_id,
            moment_seconds=moment_seconds,
            previous_mark=last.mark if last else _BEGINNING,
        )
        set_mark(row, office.marks.mac)
        session.add(row)
        last = row
    session.flush()


def verify(office: Office, session: Session, school_id: str) -> int:
    """Walk the chain; return its length. Raises NotAuthentic at the first changed, missing, added or moved row.

    A chain cut at its end still verifies here: a head that was noted elsewhere tells, see :func:`has_head`.
    """
    previous, place = _BEGINNING, 0
    for row in audit_rows(session, school_id):
        place += 1
        check_mark(row, office.marks.check)
        if row.place != place or row.previous_mark != previous:
            raise NotAuthentic("audit", row.id)
        previous = row.mark
    return place


def short_head(mark: bytes) -> str:
    """Return twelve hex digits of a row's mark, in groups, to print and to compare: 3f9a-12bc-07de."""
    digits = hashlib.sha256(mark).hexdigest()[:_HEAD_DIGITS]
    return "-".join(digits[at : at + _GROUP] for at in range(0, _HEAD_DIGITS, _GROUP))


def head_of(session: Session, school_id: str) -> str:
    """Return the chain's head, short: written down elsewhere, it shows later that nothing before it is missing."""
    last = last_audit_row(session, school_id)
    return short_head(last.mark if last else _BEGINNING)


def audit_head(office: Office, school_id: str) -> str:
    """Return the head in a view of its own, for whoever prints it."""
    with office.database.view() as view:
        return head_of(view.session, school_id)


def has_head(session: Session, school_id: str, noted: str) -> bool:
    """Say whether a head that was noted once still stands in the chain; one that was cut off has lost it."""
    return noted.strip().lower() in {short_head(mark) for mark in audit_marks(session, school_id)}

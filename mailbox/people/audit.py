"""The audit chain: who did what to which thread, never content. Each row carries the mark of the row before."""

from __future__ import annotations

from mailbox.errors import NotAuthentic
from mailbox.office import Office
from mailbox.store.database import Session
from mailbox.store.marked import check_mark, set_mark
from mailbox.store.people import audit_rows, last_audit_row, school_locked
from mailbox.store.tables import AuditRow, new_id

_BEGINNING = b""


def record(
    office: Office, session: Session, school_id: str, person_id: str | None, act: str, subject_id: str | None = None
) -> None:
    """Append one row in the act's own transaction, so that neither can be without the other."""
    school_locked(session, school_id)
    last = last_audit_row(session, school_id)
    row = AuditRow(
        id=new_id(),
        school_id=school_id,
        place=last.place + 1 if last else 1,
        person_id=person_id,
        act=act,
        subject_id=subject_id,
        moment_seconds=int(office.clock().timestamp()),
        previous_mark=last.mark if last else _BEGINNING,
    )
    set_mark(row, office.marks.mac)
    session.add(row)
    session.flush()


def verify(office: Office, session: Session, school_id: str) -> int:
    """Walk the chain; return its length. Raises NotAuthentic at the first changed, missing, added or moved row.

    A chain cut at its end still verifies here: its head must be compared with one noted elsewhere.
    """
    previous, place = _BEGINNING, 0
    for row in audit_rows(session, school_id):
        place += 1
        check_mark(row, office.marks.check)
        if row.place != place or row.previous_mark != previous:
            raise NotAuthentic("audit", row.id)
        previous = row.mark
    return place

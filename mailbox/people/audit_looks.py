"""Looking at the audit chain: the lead sees all of it, a counselor their own acts, the head of school only counts.

Owns what is left out: rows of letters that are closed to who looks, so that not even an act tells of them. The chain
itself, and its head, are ``people.audit``'s.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from mailbox.errors import NotAllowed
from mailbox.office import Office
from mailbox.people.audit import head_of
from mailbox.people.login import Colleague
from mailbox.people.roster import require_person
from mailbox.rules.roles import Act, may
from mailbox.store.audit import audit_rows_for, count_acts_since, threads_among
from mailbox.store.care import traces_of
from mailbox.store.database import Session
from mailbox.store.marked import carries_mark

ROWS_A_PAGE = 100
COUNTED_WEEKS = 4

_log = logging.getLogger("mailbox.people")


@dataclass(frozen=True)
class AuditLine:
    """One act. ``moment`` is on the school's wall; ``person_id`` None for the mailbox itself.

    ``thread_id`` only where the row is about a letter. ``is_ours`` false: somebody wrote into the database, and
    nothing of the row is to be believed.
    """

    moment: datetime
    person_id: str | None
    act: str
    thread_id: str | None
    is_ours: bool


@dataclass(frozen=True)
class AuditPage:
    """Acts by day, the newest first. ``days`` is empty and ``counts`` filled for who sees only counts."""

    days: list[tuple[date, list[AuditLine]]]
    counts: dict[str, int]
    is_whole: bool
    page: int
    has_more: bool
    head: str


def audit_page(office: Office, colleague: Colleague, page: int = 1) -> AuditPage:
    """Return what this person may see of the chain; ``page`` counts from 1. Raises NotAllowed."""
    whole, own = may(colleague.role, Act.SEE_WHOLE_AUDIT), may(colleague.role, Act.SEE_OWN_AUDIT)
    if not (whole or own or may(colleague.role, Act.COUNT_AUDIT)):
        raise NotAllowed(Act.SEE_OWN_AUDIT.value)
    act = Act.SEE_WHOLE_AUDIT if whole else Act.SEE_OWN_AUDIT if own else Act.COUNT_AUDIT
    first = (page - 1) * ROWS_A_PAGE
    since = office.clock() - timedelta(weeks=COUNTED_WEEKS)
    with office.database.view() as view:
        session, school_id = view.session, colleague.school_id
        # Who still waits to be let in looks at nothing.
        require_person(office, session, school_id, colleague.person_id, act)
        head = head_of(session, school_id)
        if not (whole or own):
            return AuditPage([], count_acts_since(session, school_id, int(since.timestamp())), False, 1, False, head)
        # One more than is shown tells whether there is another page.
        rows = audit_rows_for(
            session,
            school_id,
            colleague.person_id,
            own=not whole,
            first=first,
            most=ROWS_A_PAGE + 1,
            forged=_forged_traces(office, session, school_id),
        )
        shown = rows[:ROWS_A_PAGE]
        subjects = [row.subject_id for row in shown if row.subject_id]
        threads = threads_among(session, subjects, colleague.person_id)
        lines = [
            AuditLine(
                moment=datetime.fromtimestamp(row.moment_seconds, office.settings.zone),
                person_id=row.person_id,
                act=row.act,
                thread_id=row.subject_id if row.subject_id in threads else None,
                is_ours=carries_mark(row, office.marks.check),
            )
            for row in shown
        ]
    days = [(day, list(group)) for day, group in groupby(lines, key=lambda line: line.moment.date())]
    return AuditPage(days, {}, whole, page, len(rows) > ROWS_A_PAGE, head)


def _forged_traces(office: Office, session: Session, school_id: str) -> list[str]:
    """Return the traces that somebody wrote into the database, who would like some acts to be seen by nobody."""
    forged = [trace.id for trace in traces_of(session, school_id) if not carries_mark(trace, office.marks.check)]
    for trace_id in forged:
        _log.error("a trace of a closed letter is not authentic and hides nothing", extra={"row_id": trace_id})
    return forged

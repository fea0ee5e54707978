"""Lowering a letter from urgent with a second person. Owns asking for it and carrying it out when somebody agreed.

The other way, a written reason of one's own, is ``letters.answer.correct``; both are counted in the week's numbers.
"""

from __future__ import annotations

from mailbox.care.approvals import ask, require_reason
from mailbox.care.second_person import Kind, subject_of_thread
from mailbox.errors import InputRefused
from mailbox.letters.answer import change_level
from mailbox.office import Office
from mailbox.people.login import Colleague
from mailbox.rules.policy import lowers_from_urgent
from mailbox.store.database import Session
from mailbox.store.letters import notes_of
from mailbox.store.tables import ApprovalRequest, Thread
from triage.protocol import Urgency


def ask_to_lower(office: Office, colleague: Colleague, thread_id: str, level: Urgency, reason: str) -> str:
    """Ask a second person to lower an urgent thread; return the request's id.

    Raises InputRefused (urgency: not_lower; reason; second_person: nobody, asked), NotAllowed, NotFound.
    """
    require_reason(reason, may_be_blank=True)
    with office.database.work() as work:
        subject = subject_of_thread(office, work.session, colleague, thread_id)
        if subject.thread is None or not lowers_from_urgent(subject.thread.urgency, level):
            raise InputRefused("urgency", "not_lower")
        request_id = ask(office, work.session, colleague, Kind.LOWER, subject, reason, level=level.value)
        work.commit()
    return request_id


def is_as_it_was(session: Session, request: ApprovalRequest, thread: Thread) -> bool:
    """Say whether the thread is still urgent and no letter came since somebody asked."""
    return thread.urgency == Urgency.URGENT and len(notes_of(session, thread.id)) == request.letters


def carry_out(
    office: Office, session: Session, request: ApprovalRequest, thread: Thread, reason: str | None, second_id: str
) -> None:
    """Lower the thread in the name of who asked and of who agreed."""
    level = Urgency(request.level or "")
    change_level(office, session, thread, request.requester_id, level, reason or "", second_id=second_id)

"""A counselor proposes, the lead decides and then changes the page by hand. Words only, wrapped under the key file.

No child's words belong here: nothing seals them to readers. Owns who proposes and who answers; an answered one goes
after ``KEPT_DAYS``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from mailbox.errors import BoxNotOpened, Changed, InputRefused, NotAllowed, NotFound
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.login import Colleague
from mailbox.people.roster import require_person
from mailbox.people.stand_in import may_as_lead, require_as_lead
from mailbox.rules.roles import READERS, Act, may
from mailbox.sealing.box import BoxAddress, bytes_to_text, text_to_bytes
from mailbox.sealing.wrapping import unwrap, wrap
from mailbox.store.database import Session
from mailbox.store.marked import carries_mark, set_mark
from mailbox.store.people import people_of, school_locked
from mailbox.store.proposals import (
    OPEN,
    count_open_proposals,
    proposal_in,
    proposals_of,
    remove_answered_before,
)
from mailbox.store.tables import Proposal, new_id

ACCEPTED, DECLINED = "accepted", "declined"
LONGEST_WORDS = 600
LONGEST_ANSWER = 300
MOST_OPEN = 20
KEPT_DAYS = 90
_PURPOSE = "form/proposals"


@dataclass(frozen=True)
class ProposalLine:
    """One proposal; ``words`` and ``answer`` are None where somebody changed the row from outside."""

    id: str
    page: str
    state: str
    by: str
    written_on: date
    words: str | None = field(repr=False)
    answered_by: str
    answer: str | None = field(repr=False)
    may_answer: bool
    may_remove: bool


def propose(office: Office, colleague: Colleague, page: str, words: str) -> None:
    """Keep a wish for one page; the same words sent twice are one wish. Raises NotAllowed, InputRefused, TextRefused.

    ``page`` is a short name that the desk gives its page.
    """
    said = _clean(words, LONGEST_WORDS)
    proposal_id, today = new_id(), office.local_now().date()
    row = Proposal(
        id=proposal_id,
        school_id=colleague.school_id,
        page=page,
        state=OPEN,
        by_person_id=colleague.person_id,
        written_on=today,
        wrapped_words=wrap(_key(office), _place(colleague.school_id, proposal_id), text_to_bytes(said)),
    )
    set_mark(row, office.marks.mac)
    with office.database.work() as work:
        session, school_id = work.session, colleague.school_id
        school_locked(session, school_id)
        require_person(office, session, school_id, colleague.person_id, Act.PROPOSE)
        mine = [one for one in proposals_of(session, school_id) if one.by_person_id == colleague.person_id]
        waiting = [one for one in mine if one.state == OPEN]
        if any(one.page == page and _words(office, one, one.wrapped_words) == said for one in waiting):
            return
        if len(waiting) >= MOST_OPEN:
            raise InputRefused("proposal", "too_many")
        session.add(row)
        remove_answered_before(session, school_id, today - timedelta(days=KEPT_DAYS))
        record(office, session, school_id, colleague.person_id, "proposal.make")
        work.commit()


def answer_proposal(office: Office, colleague: Colleague, proposal_id: str, answer: str, *, accepts: bool) -> None:
    """Accept or decline, with a word back that may be blank. Raises NotAllowed, NotFound, Changed, InputRefused."""
    said = _clean(answer, LONGEST_ANSWER, may_be_blank=True)
    with office.database.work() as work:
        session, school_id = work.session, colleague.school_id
        school_locked(session, school_id)
        require_as_lead(office, session, school_id, colleague.person_id, Act.DECIDE_PROPOSAL)
        row = _found(office, session, school_id, proposal_id)
        if row.state != OPEN:
            raise Changed("proposal")
        row.state = ACCEPTED if accepts else DECLINED
        row.answered_by, row.answered_on = colleague.person_id, office.local_now().date()
        row.wrapped_answer = wrap(_key(office), _place(school_id, f"{row.id}-answer"), text_to_bytes(said))
        set_mark(row, office.marks.mac)
        record(office, session, school_id, colleague.person_id, f"proposal.{row.state}")
        work.commit()


def remove_proposal(office: Office, colleague: Colleague, proposal_id: str) -> None:
    """Take a proposal out, words and all: one's own, or any for who decides. Gone already is no error."""
    with office.database.work() as work:
        session, school_id = work.session, colleague.school_id
        school_locked(session, school_id)
        row = proposal_in(session, school_id, proposal_id)
        if row is None:
            return
        if row.by_person_id != colleague.person_id:
            require_as_lead(office, session, school_id, colleague.person_id, Act.DECIDE_PROPOSAL)
        session.delete(row)
        record(office, session, school_id, colleague.person_id, "proposal.remove")
        work.commit()


def proposal_lines(office: Office, colleague: Colleague) -> list[ProposalLine]:
    """Return the school's proposals, the open ones first and the newest first among them. Raises NotAllowed."""
    if colleague.role not in READERS:
        raise NotAllowed(Act.PROPOSE.value)
    decides = may_as_lead(office, colleague.school_id, colleague.person_id, Act.DECIDE_PROPOSAL)
    with office.database.view() as view:
        require_person(office, view.session, colleague.school_id, colleague.person_id, Act.READ_LETTERS)
        rows = proposals_of(view.session, colleague.school_id)
        names = {person.id: person.display_name for person in people_of(view.session, colleague.school_id)}
    lines = [
        ProposalLine(
            row.id,
            row.page,
            row.state,
            names.get(row.by_person_id, ""),
            row.written_on,
            _words(office, row, row.wrapped_words),
            names.get(row.answered_by or "", ""),
            _words(office, row, row.wrapped_answer, "-answer") if row.wrapped_answer else "",
            decides and row.state == OPEN,
            decides or row.by_person_id == colleague.person_id,
        )
        for row in rows
    ]
    return sorted(lines, key=lambda line: line.state != OPEN)


def may_propose(office: Office, colleague: Colleague) -> bool:
    """Say whether there is somebody to propose to: whoever may decide changes the page at once."""
    decides = may_as_lead(office, colleague.school_id, colleague.person_id, Act.DECIDE_PROPOSAL)
    return may(colleague.role, Act.PROPOSE) and not decides


def proposals_to_decide(office: Office, colleague: Colleague) -> int:
    """Return how many proposals wait for this person, 0 for who does not decide."""
    if not may_as_lead(office, colleague.school_id, colleague.person_id, Act.DECIDE_PROPOSAL):
        return 0
    with office.database.view() as view:
        return count_open_proposals(view.session, colleague.school_id)


def _found(office: Office, session: Session, school_id: str, proposal_id: str) -> Proposal:
    row = proposal_in(session, school_id, proposal_id)
    if row is None or not carries_mark(row, office.marks.check):
        raise NotFound("proposal")
    return row


def _words(office: Office, row: Proposal, wrapped: bytes, suffix: str = "") -> str | None:
    if not carries_mark(row, office.marks.check):
        return None
    try:
        return bytes_to_text(unwrap(_key(office), _place(row.school_id, f"{row.id}{suffix}"), wrapped))
    except BoxNotOpened:
        return None


def _clean(text: str, longest: int, *, may_be_blank: bool = False) -> str:
    said = text.replace("\r\n", "\n").strip()
    if len(said) > longest or not (said or may_be_blank):
        raise InputRefused("proposal", "blank_or_long" if longest == LONGEST_WORDS else "answer_long")
    return said


def _place(school_id: str, message_id: str) -> BoxAddress:
    return BoxAddress("proposal", school_id, message_id)


def _key(office: Office) -> bytes:
    return office.keys.subkey(_PURPOSE)

"""Follow-ups: which are due for a reader today, and done with a sealed remark."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mailbox.care.access import case_key_of, case_to_change
from mailbox.care.cases import require_words
from mailbox.care.entries import EntryKind, add_entry, form_id, to_bytes
from mailbox.errors import NotFound
from mailbox.letters.desk import require_reader
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.login import Colleague
from mailbox.store.care import follow_ups_due, follow_ups_of
from mailbox.store.marked import check_mark, set_mark


@dataclass(frozen=True)
class DueFollowUp:
    """One visit that is due. ``days_over``: how many days have gone by since, 0 today."""

    case_id: str
    step: str
    due_on: date
    days_over: int


def due_today(office: Office, colleague: Colleague) -> list[DueFollowUp]:
    """Return what is due in the cases this reader may see, the oldest first. Raises NotAllowed."""
    today = office.local_now().date()
    with office.database.view() as view:
        require_reader(office, view.session, colleague)
        rows = follow_ups_due(view.session, colleague.school_id, colleague.person_id, today)
        # A row that is not ours is still shown: looking once too often harms nobody.
        return [DueFollowUp(row.case_id, row.step, row.due_on, (today - row.due_on).days) for row in rows]


def follow_up_done(
    office: Office, colleague: Colleague, case_id: str, follow_up_id: str, text: str, form_nonce: bytes
) -> None:
    """Write down how the child is and mark the visit as done. Raises InputRefused (case_words), NotFound.

    If a colleague was faster, the words are kept all the same, as a second remark on the same visit.
    """
    require_words(text)
    with office.database.work() as work:
        session = work.session
        case = case_to_change(office, session, colleague, case_id)
        follow_up = next((row for row in follow_ups_of(session, case.id) if row.id == follow_up_id), None)
        if follow_up is None:
            raise NotFound("follow-up")
        check_mark(follow_up, office.marks.check)
        said = {"step": follow_up.step, "text": text.strip()}
        entry_id = form_id(office, form_nonce, case.id, to_bytes({"kind": EntryKind.FOLLOW_UP, "said": said}))
        case_key = case_key_of(office, session, case)
        if not add_entry(office, session, case_key, case.id, entry_id, EntryKind.FOLLOW_UP, colleague.person_id, said):
            return
        follow_up.done = True
        set_mark(follow_up, office.marks.mac)
        record(office, session, case.school_id, colleague.person_id, f"follow_up.{follow_up.step}", case.id)
        work.commit()

"""Letters to the parents: that the school passed one on, and that it did not after all.

Owns the mark only; who carries a letter to whom is people's work.
"""

from __future__ import annotations

from datetime import date

from mailbox.errors import InputRefused
from mailbox.letters.desk import find_thread
from mailbox.letters.opened import ReaderKeys, open_note
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.login import Colleague
from mailbox.rules.letter_kinds import LetterKind
from mailbox.store.database import Session
from mailbox.store.letters import notes_of
from mailbox.store.tables import Thread


def mark_passed_on(office: Office, colleague: Colleague, thread_id: str) -> None:
    """Note that this letter went to the parents today. Raises NotAllowed, NotFound, InputRefused (not theirs)."""
    _set(office, colleague, thread_id, office.local_now().date(), "thread.pass_on")


def take_back_passed_on(office: Office, colleague: Colleague, thread_id: str) -> None:
    """Take the mark back: it was pressed by mistake. Raises NotAllowed, NotFound, InputRefused."""
    _set(office, colleague, thread_id, None, "thread.pass_on.undo")


def _set(office: Office, colleague: Colleague, thread_id: str, day: date | None, act: str) -> None:
    with office.database.work() as work:
        thread = find_thread(office, work.session, colleague, thread_id, to_change=True)
        _require_for_parents(work.session, colleague, thread)
        if (thread.passed_on is None) == (day is None):
            # Pressed twice: the first day stays, and the audit says it once.
            return
        thread.passed_on = day
        record(office, work.session, thread.school_id, colleague.person_id, act, thread.id)
        work.commit()


def _require_for_parents(session: Session, colleague: Colleague, thread: Thread) -> None:
    """Believe the letter's own box: who has the database could make a whisper look like a letter to the parents."""
    first = open_note(ReaderKeys(session, colleague), notes_of(session, thread.id)[0])
    if first.content is None or first.content.kind is not LetterKind.TO_PARENTS:
        raise InputRefused("passed_on", "not_for_parents")

"""Paper notes (纸条): a reader types in what a child put into the wooden box, and it becomes a letter like any other.

Goes the way of every letter (``post``): the same reading, the same sealing, the same alarm, the same closed readers,
one note with one code however often its form is sent. Owns who may type, and that the finding is believable.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mailbox.errors import InputRefused, NoteRefused, NotFound
from mailbox.letters.desk import find_thread, require_reader
from mailbox.letters.found import FoundOnPaper, require_found
from mailbox.letters.post import Letter, Posted, post
from mailbox.letters.waiting import QueueRow, queue_row
from mailbox.office import Office
from mailbox.people.login import Colleague
from mailbox.people.roster import active_readers
from mailbox.people.school_calendar import calendar_for

# Where another letter names its tablet, a note out of the box names none.
NO_KIOSK = ""


@dataclass(frozen=True)
class EnteredNote:
    """The kept note's code, and its line of the list; None where the child shut its typist out."""

    posted: Posted = field(repr=False)
    row: QueueRow | None


def readers_to_choose(office: Office, colleague: Colleague) -> list[tuple[str, str]]:
    """Return the ids and names of the readers whom a child may have shut out. Raises NotAllowed."""
    with office.database.view() as view:
        require_reader(office, view.session, colleague)
        return [
            (reader.id, reader.display_name) for reader in active_readers(office, view.session, colleague.school_id)
        ]


def enter_note(
    office: Office,
    colleague: Colleague,
    text: str,
    found: FoundOnPaper,
    not_for_readers: frozenset[str],
    form_nonce: bytes,
) -> EnteredNote:
    """Keep a note; return its code, once. Raises InputRefused(found or paper_note), TextRefused, AlreadySent, NotKept.

    Raises NotAllowed for who reads no letters: whoever types a note has read it.
    """
    with office.database.view() as view:
        require_reader(office, view.session, colleague)
    require_found(found, office.local_now())
    letter = Letter(colleague.school_id, NO_KIOSK, text, form_nonce, not_for_readers, paper=found)
    try:
        posted = post(office, letter)
    except NoteRefused as refused:
        raise InputRefused("paper_note", refused.reason) from None
    return EnteredNote(posted, _line(office, colleague, posted.thread_id))


def _line(office: Office, colleague: Colleague, thread_id: str) -> QueueRow | None:
    with office.database.view() as view:
        try:
            thread = find_thread(office, view.session, colleague, thread_id)
        except NotFound:
            return None
        now_seconds = int(office.clock().timestamp())
        calendar = calendar_for(office, view.session, colleague.school_id)
        return queue_row(thread, office, now_seconds, False, calendar)

"""Reading at the desk: the queue in policy order and one thread opened with the reader's own key.

A damaged letter is shown as damaged; it never takes the queue down. Closed threads do not exist for who was named.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mailbox.alarms.outbox import acknowledge, ringing_for
from mailbox.errors import NotAllowed, NotFound
from mailbox.letters.opened import (
    OpenedCorrection,
    OpenedNote,
    OpenedRemark,
    OpenedReply,
    ReaderKeys,
    open_corrections,
    open_note,
    open_part,
    open_remarks,
    open_reply,
)
from mailbox.letters.waiting import QueueRow, damaged_row, queue_row
from mailbox.media.clean import MEDIA_TYPES
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.login import Colleague
from mailbox.people.roster import active_readers
from mailbox.people.school_calendar import calendar_for
from mailbox.rules.letter_kinds import LetterKind
from mailbox.rules.policy import order_queue
from mailbox.rules.roles import Act, may
from mailbox.rules.school_week import half_day
from mailbox.store.database import Session
from mailbox.store.letters import notes_of, part_of, replied_threads, replies_of, thread_seen_by, threads_seen_by
from mailbox.store.people import school_locked
from mailbox.store.tables import Thread

__all__ = [
    "OpenedCorrection",
    "OpenedNote",
    "OpenedPart",
    "OpenedRemark",
    "OpenedReply",
    "OpenedThread",
    "QueueRow",
    "find_thread",
    "has_unread_letter",
    "open_part_of",
    "open_thread",
    "queue",
    "require_reader",
]


@dataclass(frozen=True)
class OpenedThread:
    """A conversation as a reader sees it, oldest first."""

    row: QueueRow
    notes: list[OpenedNote]
    replies: list[OpenedReply]
    corrections: list[OpenedCorrection]
    remarks: list[OpenedRemark]

    @property
    def kind(self) -> LetterKind:
        """What the child chose, as it was sealed with the first letter; the row's word where that does not open."""
        first = self.notes[0].content if self.notes else None
        return first.kind if first else self.row.kind


@dataclass(frozen=True)
class OpenedPart:
    """A drawing or a recording, opened in memory."""

    media_type: str
    content: bytes = field(repr=False)


def queue(office: Office, colleague: Colleague, *, answered: bool = False) -> list[QueueRow]:
    """Return the waiting (or answered) threads this reader may see, in policy order. Raises NotAllowed."""
    now_seconds = int(office.clock().timestamp())
    with office.database.view() as view:
        require_reader(office, view.session, colleague)
        threads, broken = threads_seen_by(view.session, colleague.school_id, colleague.person_id)
        replied = replied_threads(view.session, colleague.school_id)
        calendar = calendar_for(office, view.session, colleague.school_id)
    # A state that is none must not hide a letter from both lists.
    wanted = [thread for thread in threads if (thread.state in ("answered", "prank")) == answered]
    rows = [queue_row(thread, office, now_seconds, thread.id in replied, calendar) for thread in wanted]
    return order_queue(rows + ([] if answered else [damaged_row(office, thread_id) for thread_id in broken]))


def open_thread(office: Office, colleague: Colleague, thread_id: str) -> OpenedThread:
    """Open a thread: acknowledges its alarm and notes in the audit who read it. Raises NotAllowed, NotFound."""
    now, now_seconds = office.local_now(), int(office.clock().timestamp())
    with office.database.work() as work:
        session = work.session
        thread = find_thread(office, session, colleague, thread_id)
        alarms = ringing_for(session, thread.id)
        keys = ReaderKeys(session, colleague)
        kept = notes_of(session, thread.id)
        notes = [open_note(keys, note) for note in kept]
        replies = [open_reply(office, keys, reply) for reply in replies_of(session, thread.id)]
        corrections = open_corrections(office, session, keys, thread.id)
        remarks = open_remarks(office, session, keys, thread.id)
        for note, opened in zip(kept, notes, strict=True):
            if opened.content is not None and not note.read:
                note.read, note.read_on, note.read_half = True, now.date(), half_day(now)
        # Who has no key of an urgent letter's week must not silence its alarm by opening the thread.
        if all(note.read or opened.problem == "damaged" for note, opened in zip(kept, notes, strict=True)):
            # The school's row first, as everywhere: the head may say in this moment that somebody was reached.
            school_locked(session, thread.school_id)
            acknowledge(session, alarms)
        record(office, session, thread.school_id, colleague.person_id, "thread.read", thread.id)
        is_answered = any(reply.promised_on is None for reply in replies)
        row = queue_row(thread, office, now_seconds, is_answered, calendar_for(office, session, thread.school_id))
        work.commit()
    return OpenedThread(row, notes, replies, corrections, remarks)


def open_part_of(office: Office, colleague: Colleague, thread_id: str, part_id: str) -> OpenedPart:
    """Open one drawing or recording. Raises NotAllowed, NotFound.

    The audit says nothing of it: its id is known only from the letter's page, whose opening is audited already, and a
    browser asks for one recording many times.
    """
    with office.database.view() as view:
        thread = find_thread(office, view.session, colleague, thread_id)
        part = part_of(view.session, part_id, thread.id)
        if part is None or part.kind not in MEDIA_TYPES:
            raise NotFound("part")
        return OpenedPart(MEDIA_TYPES[part.kind], open_part(ReaderKeys(view.session, colleague), part))


def find_thread(
    office: Office, session: Session, colleague: Colleague, thread_id: str, *, to_change: bool = False
) -> Thread:
    """Return a thread this reader may see; ``to_change`` keeps others from changing it until commit.

    Raises NotAllowed for who is no reader, NotFound for everything else.
    """
    require_reader(office, session, colleague)
    thread = thread_seen_by(session, thread_id, colleague.school_id, colleague.person_id, to_change=to_change)
    if thread is None:
        raise NotFound("thread")
    return thread


def has_unread_letter(session: Session, colleague: Colleague, thread: Thread) -> bool:
    """Say whether a letter came that this reader could open and nobody has: answering must not put it away."""
    unread = [note for note in notes_of(session, thread.id) if not note.read]
    if not unread:
        return False
    keys = ReaderKeys(session, colleague)
    return any(open_note(keys, note).content is not None for note in unread)


def require_reader(office: Office, session: Session, colleague: Colleague) -> None:
    """Raise NotAllowed unless this colleague is an active, authentic reader."""
    readers = {reader.id for reader in active_readers(office, session, colleague.school_id)}
    if not may(colleague.role, Act.READ_LETTERS) or colleague.person_id not in readers:
        raise NotAllowed("only readers")

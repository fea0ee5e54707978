"""Reading at the desk: the queue in policy order and one thread opened with the reader's own key.

A damaged letter is shown as damaged; it never takes the queue down. Closed threads do not exist for who was named.
"""

from __future__ import annotations

from dataclasses import dataclass

from mailbox.alarms.outbox import acknowledge_thread
from mailbox.errors import NotAllowed, NotFound
from mailbox.letters.opened import (
    OpenedCorrection,
    OpenedNote,
    OpenedReply,
    ReaderKeys,
    open_corrections,
    open_note,
    open_reply,
)
from mailbox.letters.waiting import QueueRow, damaged_row, queue_row
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.login import Colleague
from mailbox.people.roster import COUNSELOR, active_readers
from mailbox.rules.policy import order_queue
from mailbox.store.database import Session
from mailbox.store.letters import notes_of, replied_threads, replies_of, thread_seen_by, threads_seen_by
from mailbox.store.tables import Thread

__all__ = [
    "OpenedCorrection",
    "OpenedNote",
    "OpenedReply",
    "OpenedThread",
    "QueueRow",
    "find_thread",
    "has_unread_letter",
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


def queue(office: Office, colleague: Colleague, *, answered: bool = False) -> list[QueueRow]:
    """Return the waiting (or answered) threads this reader may see, in policy order. Raises NotAllowed."""
    now_seconds = int(office.clock().timestamp())
    with office.database.view() as view:
        require_reader(office, view.session, colleague)
        threads, broken = threads_seen_by(view.session, colleague.school_id, colleague.person_id)
        replied = replied_threads(view.session, colleague.school_id)
    # A state that is none must not hide a letter from both lists.
    wanted = [thread for thread in threads if (thread.state == "answered") == answered]
    rows = [queue_row(thread, office, now_seconds, thread.id in replied) for thread in wanted]
    return order_queue(rows + ([] if answered else [damaged_row(office, thread_id) for thread_id in broken]))


def open_thread(office: Office, colleague: Colleague, thread_id: str) -> OpenedThread:
    """Open a thread: acknowledges its alarm and notes in the audit who read it. Raises NotAllowed, NotFound."""
    now_seconds = int(office.clock().timestamp())
    with office.database.work() as work:
        session = work.session
        thread = find_thread(office, session, colleague, thread_id)
        keys = ReaderKeys(session, colleague)
        kept = notes_of(session, thread.id)
        notes = [open_note(keys, note) for note in kept]
        replies = [open_reply(office, keys, reply) for reply in replies_of(session, thread.id)]
        corrections = open_corrections(office, session, keys, thread.id)
        for note, opened in zip(kept, notes, strict=True):
            note.read = note.read or opened.content is not None
        # Who has no key of an urgent letter's week must not silence its alarm by opening the thread.
        if all(note.read or opened.problem == "damaged" for note, opened in zip(kept, notes, strict=True)):
            acknowledge_thread(session, thread.id)
        record(office, session, thread.school_id, colleague.person_id, "thread.read", thread.id)
        row = queue_row(thread, office, now_seconds, bool(replies))
        work.commit()
    return OpenedThread(row, notes, replies, corrections)


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
    if colleague.role != COUNSELOR or colleague.person_id not in readers:
        raise NotAllowed("only readers")

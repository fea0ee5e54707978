"""Reading at the desk: the queue in policy order and one thread opened with the reader's own key.

A damaged letter is shown as damaged; it never takes the queue down. Closed threads do not exist for who was named.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import date

from mailbox.alarms.outbox import acknowledge_thread
from mailbox.errors import BoxNotOpened, NotAllowed, NotAuthentic, NotFound, TextRefused
from mailbox.letters.content import NOTE, REASON, REPLY_FOR_READERS, NoteContent
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.login import Colleague
from mailbox.people.roster import COUNSELOR, active_readers
from mailbox.rules.policy import order_queue, read_by
from mailbox.rules.school_week import half_day, half_days_waited
from mailbox.sealing.box import BoxAddress, PrivateKey, bytes_to_text, open_box
from mailbox.sealing.keyring import open_week_key
from mailbox.store.database import Session
from mailbox.store.keys import copies_of_holder
from mailbox.store.letters import (
    copy_for,
    corrections_of,
    notes_of,
    replied_threads,
    replies_of,
    thread_seen_by,
    threads_seen_by,
)
from mailbox.store.marked import check_mark
from mailbox.store.tables import Correction, Note, Reply, Thread
from triage.protocol import Cause, Urgency

_log = logging.getLogger("mailbox.letters")


@dataclass(frozen=True)
class QueueRow:
    """One thread, from clear columns only: no key is needed to see that somebody waits.

    ``wrote_again``: the child wrote after an answer, and that letter waits. ``damaged``: the row says what cannot be;
    it stands with the urgent ones, since nobody knows that it is not.
    """

    id: str
    urgency: str
    cause: str | None
    arrived_on: date
    arrived_half: str
    state: str
    closed: bool
    claimed_by: str | None
    overdue: bool
    half_days_waited: int
    wrote_again: bool
    damaged: bool = False


@dataclass(frozen=True)
class OpenedNote:
    """A child's letter; ``content`` is None if it is damaged or of a week this reader has no key for."""

    id: str
    arrived_on: date
    arrived_half: str
    content: NoteContent | None = field(repr=False)
    problem: str | None


@dataclass(frozen=True)
class OpenedReply:
    """A colleague's or one's own answer, as the readers' copy has it."""

    author_id: str
    written_on: date
    state: str
    text: str | None = field(repr=False)


@dataclass(frozen=True)
class OpenedCorrection:
    """A level changed by a person, with the reason they gave; None if it cannot be opened."""

    person_id: str
    corrected_on: date
    urgency_before: str
    urgency_after: str
    reason: str | None = field(repr=False)


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
        _require_reader(office, view.session, colleague)
        threads, broken = threads_seen_by(view.session, colleague.school_id, colleague.person_id)
        replied = replied_threads(view.session, colleague.school_id)
    # A state that is none must not hide a letter from both lists.
    wanted = [thread for thread in threads if (thread.state == "answered") == answered]
    rows = [_row(thread, office, now_seconds, thread.id in replied) for thread in wanted]
    return order_queue(rows + ([] if answered else [_damaged_row(office, thread_id) for thread_id in broken]))


def open_thread(office: Office, colleague: Colleague, thread_id: str) -> OpenedThread:
    """Open a thread: acknowledges its alarm and notes in the audit who read it. Raises NotAllowed, NotFound."""
    now_seconds = int(office.clock().timestamp())
    with office.database.work() as work:
        session = work.session
        thread = find_thread(office, session, colleague, thread_id)
        keys = _Keys(colleague, copies_of_holder(session, colleague.person_id))
        kept = notes_of(session, thread.id)
        notes = [_open_note(session, keys, note) for note in kept]
        replies = [_open_reply(office, session, keys, reply) for reply in replies_of(session, thread.id)]
        corrections = _open_corrections(office, session, keys, thread.id)
        for note, opened in zip(kept, notes, strict=True):
            note.read = note.read or opened.content is not None
        # Who has no key of an urgent letter's week must not silence its alarm by opening the thread.
        if all(note.read or opened.problem == "damaged" for note, opened in zip(kept, notes, strict=True)):
            acknowledge_thread(session, thread.id)
        record(office, session, thread.school_id, colleague.person_id, "thread.read", thread.id)
        row = _row(thread, office, now_seconds, bool(replies))
        work.commit()
    return OpenedThread(row, notes, replies, corrections)


def find_thread(
    office: Office, session: Session, colleague: Colleague, thread_id: str, *, to_change: bool = False
) -> Thread:
    """Return a thread this reader may see; ``to_change`` keeps others from changing it until commit.

    Raises NotAllowed for who is no reader, NotFound for everything else.
    """
    _require_reader(office, session, colleague)
    thread = thread_seen_by(session, thread_id, colleague.school_id, colleague.person_id, to_change=to_change)
    if thread is None:
        raise NotFound("thread")
    return thread


def has_unread_letter(session: Session, colleague: Colleague, thread: Thread) -> bool:
    """Say whether a letter came that this reader could open and nobody has: answering must not put it away."""
    unread = [note for note in notes_of(session, thread.id) if not note.read]
    if not unread:
        return False
    keys = _Keys(colleague, copies_of_holder(session, colleague.person_id))
    return any(_open_note(session, keys, note).content is not None for note in unread)


class _Keys:
    """The week keys of one reader, opened when first needed and only for one request."""

    def __init__(self, colleague: Colleague, copies: dict[str, bytes]) -> None:
        self.colleague = colleague
        self._copies = copies
        self._opened: dict[str, PrivateKey] = {}

    def week(self, address: BoxAddress, week_key_id: str) -> PrivateKey:
        if week_key_id not in self._copies:
            raise address.refuse("no key of this week")
        if week_key_id not in self._opened:
            copy = self._copies[week_key_id]
            self._opened[week_key_id] = open_week_key(
                self.colleague.private, week_key_id, self.colleague.person_id, copy
            )
        return self._opened[week_key_id]

    def open(self, session: Session, address: BoxAddress, week_key_id: str | None, box: bytes | None) -> bytes:
        """Open a shared box, or this reader's own copy of a closed one. Raises BoxNotOpened."""
        if week_key_id is not None and box is not None:
            return open_box(self.week(address, week_key_id), address, box)
        copy = copy_for(session, address.message_id, address.kind, self.colleague.person_id)
        if copy is None:
            raise address.refuse("gone")
        own = BoxAddress(address.kind, address.owner_id, f"{address.message_id}-{self.colleague.person_id}")
        return open_box(self.colleague.private, own, copy)


def _open_note(session: Session, keys: _Keys, note: Note) -> OpenedNote:
    address = BoxAddress(NOTE, note.thread_id, note.id)
    content, problem = None, None
    try:
        content = NoteContent.from_bytes(keys.open(session, address, note.week_key_id, note.box))
    except BoxNotOpened as refused:
        problem = "no_key" if refused.reason == "no key of this week" else "damaged"
    except (TextRefused, ValueError, KeyError, TypeError):
        problem = "damaged"
    if problem == "damaged":
        _log.error("a letter could not be opened", extra={"row_id": note.id})
    return OpenedNote(note.id, note.arrived_on, note.arrived_half, content, problem)


def _open_reply(office: Office, session: Session, keys: _Keys, reply: Reply) -> OpenedReply:
    text = None
    try:
        check_mark(reply, office.marks.check)
        address = BoxAddress(REPLY_FOR_READERS, reply.thread_id, reply.id)
        text = bytes_to_text(keys.open(session, address, reply.week_key_id, reply.reader_box))
    except (BoxNotOpened, NotAuthentic, TextRefused):
        _log.error("a reply could not be opened", extra={"row_id": reply.id})
    return OpenedReply(reply.author_id, reply.written_on, reply.state, text)


def _open_corrections(office: Office, session: Session, keys: _Keys, thread_id: str) -> list[OpenedCorrection]:
    opened = []
    for row in corrections_of(session, thread_id):
        try:
            check_mark(row, office.marks.check)
        except NotAuthentic:
            _log.error("a correction is not authentic and is not shown", extra={"row_id": row.id})
        else:
            opened.append(_open_correction(session, keys, row))
    return opened


def _open_correction(session: Session, keys: _Keys, row: Correction) -> OpenedCorrection:
    reason = None
    try:
        address = BoxAddress(REASON, row.thread_id, row.id)
        reason = bytes_to_text(keys.open(session, address, row.week_key_id, row.reason_box))
    except (BoxNotOpened, TextRefused):
        _log.error("a reason could not be opened", extra={"row_id": row.id})
    return OpenedCorrection(row.person_id, row.corrected_on, row.urgency_before, row.urgency_after, reason)


def _row(thread: Thread, office: Office, now_seconds: int, has_replies: bool) -> QueueRow:
    try:
        return _sound_row(thread, office, now_seconds, has_replies)
    except (TypeError, ValueError):
        return _damaged_row(office, thread.id)


def _damaged_row(office: Office, thread_id: str) -> QueueRow:
    _log.error("a thread's row is damaged", extra={"row_id": thread_id})
    now = office.local_now()
    return QueueRow(
        id=thread_id,
        urgency=Urgency.UNSCREENED,
        cause=Cause.FAILED,
        arrived_on=now.date(),
        arrived_half=half_day(now),
        state="waiting",
        closed=False,
        claimed_by=None,
        overdue=True,
        half_days_waited=0,
        wrote_again=False,
        damaged=True,
    )


def _sound_row(thread: Thread, office: Office, now_seconds: int, has_replies: bool) -> QueueRow:
    cause = Cause(thread.cause) if thread.cause else None
    due = read_by(Urgency(thread.urgency), cause, thread.arrived_on)
    held = thread.claimed_by if (thread.claimed_until or 0) >= now_seconds else None
    if thread.state not in {"waiting", "answered"}:
        raise ValueError("no such state")
    return QueueRow(
        id=thread.id,
        urgency=thread.urgency,
        cause=thread.cause,
        arrived_on=thread.arrived_on,
        arrived_half=thread.arrived_half,
        state=thread.state,
        closed=thread.closed,
        claimed_by=held,
        overdue=thread.state == "waiting" and office.local_now().date() > due,
        half_days_waited=half_days_waited(thread.arrived_on, thread.arrived_half, office.local_now()),
        wrote_again=thread.state == "waiting" and has_replies,
    )


def _require_reader(office: Office, session: Session, colleague: Colleague) -> None:
    readers = {reader.id for reader in active_readers(office, session, colleague.school_id)}
    if colleague.role != COUNSELOR or colleague.person_id not in readers:
        raise NotAllowed("only readers")

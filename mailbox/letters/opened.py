"""Opening what lies in a thread's boxes with one reader's own key. What does not open is shown as damaged.

Owns the reader's week keys for one request. Decides nothing about who may read.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from mailbox.care.entries import CaseKeys
from mailbox.errors import BoxNotOpened, NotAuthentic, NotFound, TextRefused
from mailbox.letters.content import NOTE, REASON, REMARK, REPLY_FOR_READERS, NoteContent
from mailbox.letters.held import open_held
from mailbox.letters.reply_words import ReplyWords
from mailbox.office import Office
from mailbox.people.login import Colleague
from mailbox.sealing.box import BoxAddress, PrivateKey, bytes_to_text, open_box
from mailbox.sealing.keyring import WEEK_KEY, open_week_key
from mailbox.store.database import Session
from mailbox.store.keys import copies_of_holder
from mailbox.store.letters import copies_for, corrections_of
from mailbox.store.marked import check_mark
from mailbox.store.remarks import remarks_of
from mailbox.store.retention import held_boxes
from mailbox.store.tables import Correction, HeldBox, Note, NotePart, Remark, Reply

_log = logging.getLogger("mailbox.letters")


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
    """A colleague's or one's own answer, as the readers' copy has it; ``words`` is None if it does not open.

    ``promised_on`` makes it a holding reply: the day by which it promises an answer.
    """

    id: str
    author_id: str
    written_on: date
    state: str
    words: ReplyWords | None = field(repr=False)
    promised_on: date | None = None

    @property
    def text(self) -> str | None:
        return self.words.text if self.words else None


@dataclass(frozen=True)
class OpenedCorrection:
    """A level changed by a person, with the reason they gave, None if it cannot be opened; and who agreed, if asked."""

    person_id: str
    corrected_on: date
    urgency_before: str
    urgency_after: str
    reason: str | None = field(repr=False)
    second_id: str | None = None


@dataclass(frozen=True)
class OpenedRemark:
    """What a colleague said to the others, and to whom the thread was handed; ``text`` is None if it does not open."""

    person_id: str
    handed_to: str | None
    written_on: date
    text: str | None = field(repr=False)


class ReaderKeys:
    """The week keys of one reader, opened when first needed and only for one request."""

    def __init__(self, session: Session, colleague: Colleague) -> None:
        self.colleague = colleague
        self._session = session
        self._copies = copies_of_holder(session, colleague.person_id)
        self._opened: dict[str, PrivateKey] = {}
        # By kind and message: what was asked for, this reader's own copies, and what was sealed anew for a hold.
        self._asked: set[tuple[str, str]] = set()
        self._own: dict[tuple[str, str], bytes] = {}
        self._held: dict[tuple[str, str], HeldBox] = {}

    def week(self, address: BoxAddress, week_key_id: str) -> PrivateKey:
        if week_key_id not in self._copies:
            raise address.refuse("no key of this week")
        if week_key_id not in self._opened:
            copy = self._copies[week_key_id]
            self._opened[week_key_id] = open_week_key(
                self.colleague.private, week_key_id, self.colleague.person_id, copy
            )
        return self._opened[week_key_id]

    def open(self, address: BoxAddress, week_key_id: str | None, box: bytes | None) -> bytes:
        """Open a shared box, this reader's own copy of a closed one, or a held one's. Raises BoxNotOpened."""
        if week_key_id is not None and box is not None:
            return open_box(self.week(address, week_key_id), address, box)
        message = (address.kind, address.message_id)
        if message not in self._asked:
            self.look_ahead(address.kind, [address.message_id])
        if message in self._own:
            own = BoxAddress(address.kind, address.owner_id, f"{address.message_id}-{self.colleague.person_id}")
            return open_box(self.colleague.private, own, self._own[message])
        if message not in self._held:
            raise address.refuse("gone")
        return open_held(self._case_keys, self._held[message], address)

    def look_ahead(self, kind: str, message_ids: Sequence[str]) -> None:
        """Ask for many messages at once what :meth:`open` would ask for each that is sealed to no week."""
        self._asked |= {(kind, message_id) for message_id in message_ids}
        own = copies_for(self._session, message_ids, kind, self.colleague.person_id)
        others = [message_id for message_id in message_ids if message_id not in own]
        self._own |= {(kind, message_id): box for message_id, box in own.items()}
        held = held_boxes(self._session, others, kind)
        self._held |= {(kind, message_id): row for message_id, row in held.items()}

    @cached_property
    def _case_keys(self) -> CaseKeys:
        return CaseKeys(self._session, self.colleague)


def open_note(keys: ReaderKeys, note: Note) -> OpenedNote:
    address = BoxAddress(NOTE, note.thread_id, note.id)
    content, problem = None, None
    try:
        content = NoteContent.from_bytes(keys.open(address, note.week_key_id, note.box))
    except BoxNotOpened as refused:
        # A damaged copy of the week's key is this reader's trouble; a colleague's copy may open the letter.
        lacks_key = refused.kind == WEEK_KEY or refused.reason in ("no key of this week", "no case key")
        problem = "no_key" if lacks_key else "damaged"
    except (TextRefused, ValueError, KeyError, TypeError):
        problem = "damaged"
    if problem == "damaged":
        _log.error("a letter could not be opened", extra={"row_id": note.id})
    return OpenedNote(note.id, note.arrived_on, note.arrived_half, content, problem)


def open_part(keys: ReaderKeys, part: NotePart) -> bytes:
    """Return the bytes of a drawing or a recording. Raises NotFound for what does not open."""
    try:
        return keys.open(BoxAddress(part.kind, part.thread_id, part.id), part.week_key_id, part.box)
    except (BoxNotOpened, ValueError):
        _log.error("a part of a letter could not be opened", extra={"row_id": part.id})
        raise NotFound("part") from None


def open_reply(office: Office, keys: ReaderKeys, reply: Reply) -> OpenedReply:
    complaint, words = "a reply could not be opened", None
    if _is_ours(office, reply, complaint):
        address = BoxAddress(REPLY_FOR_READERS, reply.thread_id, reply.id)
        try:
            words = ReplyWords.from_bytes(keys.open(address, reply.week_key_id, reply.reader_box))
        except (BoxNotOpened, TextRefused):
            _log.error(complaint, extra={"row_id": reply.id})
    return OpenedReply(reply.id, reply.author_id, reply.written_on, reply.state, words, reply.promised_on)


def open_corrections(office: Office, session: Session, keys: ReaderKeys, thread_id: str) -> list[OpenedCorrection]:
    opened = []
    for row in corrections_of(session, thread_id):
        if _is_ours(office, row, "a correction is not authentic and is not shown"):
            address = BoxAddress(REASON, row.thread_id, row.id)
            reason = _words(keys, address, row.week_key_id, row.reason_box, "a reason could not be opened")
            levels = row.urgency_before, row.urgency_after
            opened.append(OpenedCorrection(row.person_id, row.corrected_on, *levels, reason, row.second_id))
    return opened


def open_remarks(office: Office, session: Session, keys: ReaderKeys, thread_id: str) -> list[OpenedRemark]:
    opened = []
    for row in remarks_of(session, thread_id):
        if _is_ours(office, row, "a remark is not authentic and is not shown"):
            address = BoxAddress(REMARK, row.thread_id, row.id)
            text = _words(keys, address, row.week_key_id, row.box, "a remark could not be opened")
            opened.append(OpenedRemark(row.person_id, row.handed_to, row.written_on, text))
    return opened


def _is_ours(office: Office, row: Reply | Correction | Remark, complaint: str) -> bool:
    try:
        check_mark(row, office.marks.check)
    except NotAuthentic:
        _log.error(complaint, extra={"row_id": row.id})
        return False
    return True


def _words(
    keys: ReaderKeys, address: BoxAddress, week_key_id: str | None, box: bytes | None, complaint: str
) -> str | None:
    """Open a box of words; None where it does not open, with ``complaint`` in the log."""
    try:
        return bytes_to_text(keys.open(address, week_key_id, box))
    except (BoxNotOpened, TextRefused):
        _log.error(complaint, extra={"row_id": address.message_id})
        return None

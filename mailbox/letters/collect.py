"""Reading replies by the picture code. The code opens the child's copies of replies, never what the child wrote."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import date

from mailbox.errors import BoxNotOpened, NotAuthentic, NotKept, TextRefused, UnknownCode
from mailbox.letters.content import REPLY_FOR_CHILD
from mailbox.letters.new_pepper import go_over
from mailbox.letters.reply_words import MeetingTime, ReplyWords
from mailbox.office import Office
from mailbox.sealing.box import BoxAddress, PrivateKey, open_box
from mailbox.sealing.receipt import ReceiptCode, ReceiptSecret, derive_receipt, open_receipt_key
from mailbox.store.letters import mark_collected, replies_of, thread_by_tag
from mailbox.store.marked import check_mark
from mailbox.store.tables import Reply, School, Thread

_log = logging.getLogger("mailbox.letters")


@dataclass(frozen=True)
class CollectedReply:
    """One answer as the child reads it; ``times``: those to meet that were offered with it."""

    id: str
    words: ReplyWords = field(repr=False)
    released_on: date | None

    @property
    def text(self) -> str:
        return self.words.text

    @property
    def times(self) -> tuple[MeetingTime, ...]:
        return self.words.times


@dataclass(frozen=True)
class Collected:
    """What a code opens. ``damaged`` counts answers that could not be opened; they are said to exist, kindly.

    ``gone`` counts answers whose days are over; ``newest_id`` is the last of all answers, none before there is one.
    """

    thread_id: str
    replies: list[CollectedReply]
    damaged: int
    gone: int = 0
    newest_id: str | None = None

    @property
    def about_times(self) -> CollectedReply | None:
        """The newest reply that says something about times to meet: what it says holds, and nothing before it."""
        return next((reply for reply in reversed(self.replies) if reply.words.is_about_times), None)


def code_from_pictures(pictures: tuple[int, ...]) -> ReceiptCode:
    """Return the code of six chosen pictures. Raises UnknownCode for what cannot be one."""
    try:
        return ReceiptCode(pictures)
    except ValueError:
        raise UnknownCode("no code") from None


def collect(office: Office, school_id: str, code: ReceiptCode) -> Collected:
    """Return the released replies behind a code, oldest first. Raises UnknownCode."""
    thread, secret = _find(office, school_id, code)
    with office.database.view() as view:
        released = replies_of(view.session, thread.id, state="released")
    private = _receipt_key(thread, secret)
    replies, opened, damaged, gone = [], [], 0, 0
    for reply in released:
        try:
            check_mark(reply, office.marks.check)
            if reply.child_box is None:
                # Its days are over: it was read, or the child did not come back in time.
                gone += 1
                continue
            replies.append(CollectedReply(reply.id, _open(private, reply), reply.released_on))
            opened.append(reply)
        except (BoxNotOpened, NotAuthentic, TextRefused) as refused:
            damaged += 1
            _log.error("a reply could not be shown", extra={"row_id": reply.id, "error_class": type(refused).__name__})
    _count(office, [reply.id for reply in opened if not reply.collected])
    if opened:
        go_over(office, thread, code, private)
    answers = [reply.id for reply in released if reply.promised_on is None]
    return Collected(thread.id, replies, damaged, gone, answers[-1] if answers else None)


def _receipt_key(thread: Thread, secret: ReceiptSecret) -> PrivateKey | None:
    try:
        return open_receipt_key(secret, thread.id, thread.wrapped_receipt_key)
    except BoxNotOpened:
        _log.error("a thread's receipt key is damaged", extra={"row_id": thread.id})
        return None


def _count(office: Office, reply_ids: list[str]) -> None:
    """Remember for the weekly numbers that replies were read. A full disk must not keep a child from its answer."""
    if not reply_ids:
        return
    try:
        with office.database.work() as work:
            mark_collected(work.session, reply_ids)
            work.commit()
    except NotKept as refused:
        _log.error("replies that were read could not be counted", extra={"error_class": str(refused)})


def _find(office: Office, school_id: str, code: ReceiptCode) -> tuple[Thread, ReceiptSecret]:
    with office.database.view() as view:
        school = view.session.get(School, school_id)
    if school is None:
        raise UnknownCode("no school")
    # The newest pepper first; older ones answer for letters kept before it.
    for version in sorted(office.keys.peppers, reverse=True):
        secret = derive_receipt(code, school.receipt_salt, office.keys.peppers[version], version)
        with office.database.view() as view:
            thread = thread_by_tag(view.session, secret.lookup_tag)
        if thread is not None and thread.school_id == school_id:
            return thread, secret
    raise UnknownCode("no letter answers to this code")


def _open(private: PrivateKey | None, reply: Reply) -> ReplyWords:
    address = BoxAddress(REPLY_FOR_CHILD, reply.thread_id, reply.id)
    if private is None or reply.child_box is None:
        raise address.refuse("no key")
    return ReplyWords.from_bytes(open_box(private, address, reply.child_box))

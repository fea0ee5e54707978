"""The boxes of a held thread, sealed anew to the case key by a reader who can open them; later its weeks' boxes go.

Every box comes along, minute and kiosk too: nobody sees more by it than before. What one reader cannot open is sealed
anew by the next one who can.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator

from mailbox.care.entries import CaseKeys
from mailbox.errors import BoxNotOpened, TextRefused
from mailbox.letters.content import CIRCUMSTANCES, NOTE, REASON, REMARK, REPLY_FOR_READERS
from mailbox.letters.held import held_address
from mailbox.letters.opened import ReaderKeys
from mailbox.office import Office
from mailbox.people.login import Colleague
from mailbox.sealing.box import BoxAddress, PublicKey, bytes_to_text, seal, text_to_bytes
from mailbox.store.care import parts_of_note
from mailbox.store.database import Session
from mailbox.store.letters import corrections_of, notes_of, replies_of
from mailbox.store.marked import carries_mark, set_mark
from mailbox.store.remarks import remarks_of
from mailbox.store.retention import held_box, held_kinds
from mailbox.store.tables import CaseKey, Correction, HeldBox, Note, NotePart, Remark, Reply, Thread, new_id

HOLD_REASON = "hold-reason"
_Row = Note | NotePart | Reply | Correction | Remark
# A row, the column of one of its boxes, and the kind at which that box was sealed.
_Box = tuple[_Row, str, str]

_log = logging.getLogger("mailbox.care")


def copy_boxes(session: Session, colleague: Colleague, thread: Thread, case_key: CaseKey) -> int:
    """Seal to the case key what is sealed to weeks and this reader can open; return how many boxes that is."""
    public, copied = PublicKey.from_bytes(case_key.public_key), 0
    for message_id, kind, content in list(_openable(session, colleague, thread)):
        box = seal(public, held_address(kind, thread.id, message_id), content)
        _add(session, thread, message_id, kind, case_key, box)
        copied += 1
    session.flush()
    return copied


def can_copy(session: Session, colleague: Colleague, thread: Thread) -> bool:
    """Whether something is not sealed anew yet that this reader can open; takes no lock."""
    return any(True for _ in _openable(session, colleague, thread))


def is_copied(session: Session, thread_id: str) -> bool:
    """Whether everything of a thread that is sealed to weeks is sealed anew too, and something is."""
    of_weeks = {(row.id, kind) for row, _, kind in _of_weeks(session, thread_id)}
    return bool(of_weeks) and of_weeks <= held_kinds(session, thread_id)


def strip(office: Office, session: Session, thread_id: str) -> bool:
    """Take away the weeks' boxes of a thread whose copies are complete; return whether there were any."""
    if not is_copied(session, thread_id):
        return False
    for row, column, _ in list(_of_weeks(session, thread_id)):
        is_ours = not isinstance(row, Reply | Correction | Remark) or carries_mark(row, office.marks.check)
        setattr(row, column, None)
        if column != "circumstances":
            row.week_key_id = None
        # A row that is not ours gains no mark by it.
        if is_ours and isinstance(row, Reply | Correction | Remark):
            set_mark(row, office.marks.mac)
    session.flush()
    return True


def seal_reason(session: Session, thread: Thread, case_key: CaseKey, reason: str) -> None:
    """Keep why a thread is held, for its readers; an earlier reason gives way. Raises TextRefused."""
    drop_reason(session, thread.id)
    address = held_address(HOLD_REASON, thread.id, thread.id)
    box = seal(PublicKey.from_bytes(case_key.public_key), address, text_to_bytes(reason.strip()))
    _add(session, thread, thread.id, HOLD_REASON, case_key, box)
    session.flush()


def drop_copies(session: Session, thread_id: str) -> None:
    """Remove the copies of what its weeks still open. A copy whose week's box is gone stays until the thread goes."""
    for row, _, kind in _of_weeks(session, thread_id):
        _drop(session, row.id, kind)
    session.flush()


def drop_reason(session: Session, thread_id: str) -> None:
    _drop(session, thread_id, HOLD_REASON)
    session.flush()


def open_reason_of(session: Session, keys: CaseKeys, thread_id: str) -> str | None:
    """Return why a thread is held; None where that does not open."""
    kept = held_box(session, thread_id, HOLD_REASON)
    if kept is None:
        return None
    try:
        opened = keys.open(held_address(HOLD_REASON, thread_id, thread_id), kept.case_key_id, kept.box)
        return bytes_to_text(opened)
    except (BoxNotOpened, TextRefused):
        _log.error("the reason of a hold could not be opened", extra={"row_id": kept.id})
        return None


def _openable(session: Session, colleague: Colleague, thread: Thread) -> Iterator[tuple[str, str, bytes]]:
    """Yield message, kind and content of what is not sealed anew yet, as far as this reader can open it."""
    if thread.closed:
        return
    keys, known = ReaderKeys(session, colleague), held_kinds(session, thread.id)
    for row, column, kind in _of_weeks(session, thread.id):
        if (row.id, kind) in known:
            continue
        try:
            content = keys.open(BoxAddress(kind, thread.id, row.id), row.week_key_id, getattr(row, column))
        except BoxNotOpened:
            # A week that this reader has no key of, or a damaged box: both stay with their week.
            continue
        yield row.id, kind, content


def _of_weeks(session: Session, thread_id: str) -> Iterator[_Box]:
    """Yield what is sealed to weeks. The minute comes before the words of its letter, which name the week for both."""
    for note in notes_of(session, thread_id):
        yield from _box(note, "circumstances", CIRCUMSTANCES)
        yield from _box(note, "box", NOTE)
        for part in parts_of_note(session, note.id):
            yield from _box(part, "box", part.kind)
    for reply in replies_of(session, thread_id):
        yield from _box(reply, "reader_box", REPLY_FOR_READERS)
    for correction in corrections_of(session, thread_id):
        yield from _box(correction, "reason_box", REASON)
    for remark in remarks_of(session, thread_id):
        yield from _box(remark, "box", REMARK)


def _box(row: _Row, column: str, kind: str) -> Iterator[_Box]:
    if row.week_key_id is not None and getattr(row, column) is not None:
        yield row, column, kind


def _drop(session: Session, message_id: str, kind: str) -> None:
    kept = held_box(session, message_id, kind)
    if kept is not None:
        session.delete(kept)


def _add(session: Session, thread: Thread, message_id: str, kind: str, case_key: CaseKey, box: bytes) -> None:
    session.add(
        HeldBox(
            id=new_id(),
            school_id=thread.school_id,
            thread_id=thread.id,
            message_id=message_id,
            kind=kind,
            case_key_id=case_key.id,
            box=box,
        )
    )

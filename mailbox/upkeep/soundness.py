"""Looks all rows through: which carry our mark, and, with a recovery key at hand, which boxes open.

Owns which boxes there are and with which key each opens. What was opened is let go at once; only numbers leave here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from mailbox.care.entries import CASE_ENCLOSURE, CASE_ENTRY, TALK
from mailbox.errors import BoxNotOpened
from mailbox.letters.content import CIRCUMSTANCES, NOTE, REASON, REMARK, REPLY_FOR_READERS
from mailbox.letters.held import held_address
from mailbox.office import Office
from mailbox.sealing.box import BoxAddress, PrivateKey, open_box
from mailbox.sealing.keyring import CASE_KEY, RECOVERY_HOLDER, WEEK_KEY
from mailbox.store.database import Session
from mailbox.store.every_row import every_row, quick_check
from mailbox.store.marked import carries_mark, marked_tables
from mailbox.store.tables import (
    Base,
    CaseEnclosure,
    CaseEntry,
    CaseKey,
    CaseKeyCopy,
    Correction,
    HeldBox,
    Note,
    NotePart,
    ReaderCopy,
    Remark,
    Reply,
    TalkRecord,
    WeekKey,
    WeekKeyCopy,
)


@dataclass
class Found:
    """How many rows or boxes were looked at, and ``damaged``: table and id of those that are not as they were.

    ``earlier``: boxes that whoever made new slips could not open, and no colleague has sealed to them yet. Only the
    slips before open these, or their readers.
    """

    looked_at: int = 0
    damaged: list[tuple[str, str]] = field(default_factory=list)
    earlier: int = 0
    earlier_keys: set[str] = field(default_factory=set, repr=False)

    def add(self, table: str, row_id: str, *, is_sound: bool) -> None:
        self.looked_at += 1
        if not is_sound:
            self.damaged.append((table, row_id))


Row = Any


@dataclass(frozen=True)
class _Sealed:
    """One kind of box: the table, the column, the column that names its key, and the address it was sealed at."""

    of: type[Base]
    box: str
    key: str
    address: Callable[[Row], BoxAddress]


_SEALED = (
    _Sealed(Note, "box", "week_key_id", lambda row: BoxAddress(NOTE, row.thread_id, row.id)),
    _Sealed(Note, "circumstances", "week_key_id", lambda row: BoxAddress(CIRCUMSTANCES, row.thread_id, row.id)),
    _Sealed(NotePart, "box", "week_key_id", lambda row: BoxAddress(row.kind, row.thread_id, row.id)),
    _Sealed(Reply, "reader_box", "week_key_id", lambda row: BoxAddress(REPLY_FOR_READERS, row.thread_id, row.id)),
    _Sealed(Correction, "reason_box", "week_key_id", lambda row: BoxAddress(REASON, row.thread_id, row.id)),
    _Sealed(Remark, "box", "week_key_id", lambda row: BoxAddress(REMARK, row.thread_id, row.id)),
    _Sealed(CaseEntry, "box", "case_key_id", lambda row: BoxAddress(CASE_ENTRY, row.case_id, row.id)),
    _Sealed(CaseEnclosure, "box", "case_key_id", lambda row: BoxAddress(CASE_ENCLOSURE, row.case_id, row.part_id)),
    _Sealed(HeldBox, "box", "case_key_id", lambda row: held_address(row.kind, row.thread_id, row.message_id)),
    _Sealed(TalkRecord, "box", "case_key_id", lambda row: BoxAddress(TALK, row.author_id, row.id)),
)


def look_at_marks(office: Office) -> Found:
    """Check the mark of every row that has one. Raises NotKept when the database cannot be read."""
    found = Found()
    for of in marked_tables():
        with office.database.view() as view:
            for row in every_row(view.session, of):
                if isinstance(row, str):
                    found.add(of.__tablename__, row, is_sound=False)
                else:
                    found.add(of.__tablename__, row.id, is_sound=carries_mark(row, office.marks.check))
    return found


def file_complaint(office: Office) -> str | None:
    """Return what SQLite says is wrong with its file. Raises NotKept."""
    with office.database.view() as view:
        return quick_check(view.session)


def look_at_boxes(office: Office, school_id: str, recovery: PrivateKey) -> Found:
    """Open every box of a school that its recovery key can open, keeping nothing of it."""
    found = Found()
    with office.database.view() as view:
        session = view.session
        keys = _keys(session, school_id, recovery, found, WeekKey, WeekKeyCopy, WEEK_KEY)
        keys |= _keys(session, school_id, recovery, found, CaseKey, CaseKeyCopy, CASE_KEY)
        for sealed in _SEALED:
            for row in _of_school(session, sealed.of, school_id, found):
                box, key_id = getattr(row, sealed.box), getattr(row, sealed.key)
                # What was shredded in its time is no damage.
                if box is not None and key_id in found.earlier_keys:
                    found.earlier += 1
                elif box is not None and key_id is not None:
                    found.add(row.__tablename__, row.id, is_sound=_opens(keys.get(key_id), sealed.address(row), box))
        for copy in _of_school(session, ReaderCopy, school_id, found):
            if copy.holder_id == RECOVERY_HOLDER:
                address = BoxAddress(copy.kind, copy.thread_id, f"{copy.message_id}-{RECOVERY_HOLDER}")
                is_sound = _opens(recovery, address, copy.box)
                if copy.of_earlier_slips and not is_sound:
                    found.earlier += 1
                else:
                    found.add(copy.__tablename__, copy.id, is_sound=is_sound)
    return found


def _keys(
    session: Session,
    school_id: str,
    recovery: PrivateKey,
    found: Found,
    keys: type[Base],
    copies: type[Base],
    kind: str,
) -> dict[str, PrivateKey]:
    """Return the private keys of weeks or cases whose copy for the recovery key is the one to their public half."""
    public = {row.id: row.public_key for row in _of_school(session, keys, school_id, found)}
    opened = {}
    for copy in _of_school(session, copies, school_id, found):
        if copy.holder_id != RECOVERY_HOLDER:
            continue
        key_id = copy.week_key_id if kind == WEEK_KEY else copy.case_key_id
        address = BoxAddress(kind, key_id, RECOVERY_HOLDER)
        try:
            private = PrivateKey.from_box(address, open_box(recovery, address, copy.box))
        except (BoxNotOpened, TypeError):
            if copy.of_earlier_slips:
                found.earlier += 1
                found.earlier_keys.add(key_id)
            else:
                found.add(copies.__tablename__, copy.id, is_sound=False)
            continue
        is_sound = private.public().to_bytes() == public.get(key_id)
        found.add(copies.__tablename__, copy.id, is_sound=is_sound)
        if is_sound:
            opened[key_id] = private
    return opened


def _of_school(session: Session, of: type[Base], school_id: str, found: Found) -> Iterator[Row]:
    for row in every_row(session, of):
        if isinstance(row, str):
            found.add(of.__tablename__, row, is_sound=False)
        elif getattr(row, "school_id", None) == school_id:
            yield row


def _opens(private: PrivateKey | None, address: BoxAddress, box: bytes) -> bool:
    try:
        if private is not None:
            open_box(private, address, box)
            return True
    except (BoxNotOpened, TypeError):
        pass
    return False

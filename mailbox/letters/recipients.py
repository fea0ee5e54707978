"""To whom a message is sealed: the week key, or, for a closed thread, each reader the child left it to."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from mailbox.errors import NotAuthentic
from mailbox.office import Office
from mailbox.people.generations import current_generation
from mailbox.people.roster import active_readers, public_keys, recovery_public
from mailbox.sealing.box import BoxAddress, PublicKey, seal
from mailbox.sealing.keyring import RECOVERY_HOLDER
from mailbox.store.database import Session
from mailbox.store.letters import readers_of_closed
from mailbox.store.marked import check_mark
from mailbox.store.people import school_locked
from mailbox.store.tables import ReaderCopy, Thread

_log = logging.getLogger("mailbox.letters")


@dataclass(frozen=True)
class Recipients:
    """Either a week key (``week_key_id`` and its public half) or named holders; never both."""

    week_key_id: str | None
    week_public: PublicKey | None
    holders: Mapping[str, PublicKey]

    @property
    def closed(self) -> bool:
        return self.week_key_id is None

    @property
    def reader_ids(self) -> list[str]:
        return [holder_id for holder_id in self.holders if holder_id != RECOVERY_HOLDER]

    def seal_shared(self, kind: str, owner_id: str, message_id: str, content: bytes) -> bytes | None:
        """Seal to the week key; None for a closed thread, whose copies :meth:`seal_copies` makes."""
        if self.week_public is None:
            return None
        return seal(self.week_public, BoxAddress(kind, owner_id, message_id), content)

    def seal_copies(
        self, school_id: str, kind: str, owner_id: str, message_id: str, content: bytes
    ) -> list[ReaderCopy]:
        """Seal one copy to each holder of a closed thread; nothing for an open one."""
        return [
            ReaderCopy(
                school_id=school_id,
                thread_id=owner_id,
                message_id=message_id,
                kind=kind,
                holder_id=holder_id,
                box=seal(public, BoxAddress(kind, owner_id, f"{message_id}-{holder_id}"), content),
            )
            for holder_id, public in self.holders.items()
        ]


def recipients_of(office: Office, session: Session, thread: Thread) -> Recipients:
    """Return to whom the next message of a thread is sealed.

    Raises KioskClosed, and NotAuthentic for a thread that was changed by somebody who has the database only: its
    child's key or its readers may be theirs.
    """
    check_mark(thread, office.marks.check)
    if thread.closed:
        return closed_recipients(office, session, thread.school_id, left_to(office, session, thread.id))
    return open_recipients(office, session, thread.school_id)


def open_recipients(office: Office, session: Session, school_id: str) -> Recipients:
    """Return the current week key. Raises KioskClosed if nobody could read."""
    week_key = current_generation(office, session, school_id)
    return Recipients(week_key.id, PublicKey.from_bytes(week_key.public_key), {})


def closed_recipients(office: Office, session: Session, school_id: str, reader_ids: set[str]) -> Recipients:
    """Return the named readers who are still active, and the recovery key, which alone remains if there are none."""
    school = school_locked(session, school_id)
    assert school is not None  # noqa: S101 - the caller found the thread or the kiosk of this very school.
    readers = [reader for reader in active_readers(office, session, school_id) if reader.id in reader_ids]
    return Recipients(None, None, public_keys(readers) | {RECOVERY_HOLDER: recovery_public(office, school)})


def left_to(office: Office, session: Session, thread_id: str) -> set[str]:
    """Return the readers a closed thread was left to by the child; a row that is not ours names nobody."""
    believed = set()
    for row in readers_of_closed(session, thread_id):
        try:
            check_mark(row, office.marks.check)
        except NotAuthentic:
            _log.error("a reader of a closed letter is not authentic and is ignored", extra={"row_id": row.id})
        else:
            believed.add(row.reader_id)
    return believed

"""Sealing anew, with a key that opens it, what is kept for the recovery key and for somebody who comes back.

Owns what belongs to whom: weeks and cases to every reader; a closed letter to its own readers, and to who comes back
only where nobody else can open it and the child did not close it to them.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from mailbox.errors import BoxNotOpened, NotAuthentic
from mailbox.office import Office
from mailbox.people.closed_letters import may_be_given
from mailbox.people.roster import active_readers
from mailbox.sealing.box import BoxAddress, PrivateKey, PublicKey, open_box, seal
from mailbox.sealing.keyring import CASE_KEY, RECOVERY_HOLDER, WEEK_KEY
from mailbox.store.database import Session
from mailbox.store.letters import readers_of_closed
from mailbox.store.marked import carries_mark, check_mark, set_mark
from mailbox.store.tables import (
    CaseKey,
    CaseKeyCopy,
    CaseReader,
    Person,
    ReaderCopy,
    ThreadReader,
    WeekKey,
    WeekKeyCopy,
    new_id,
)
from mailbox.store.ways_back import (
    case_copies_of,
    closed_case_of,
    closed_copies_of,
    closed_threads_of,
    holders_of_thread,
    week_copies_of,
)

_log = logging.getLogger("mailbox.people")


@dataclass(frozen=True)
class Resealed:
    """What came of it: letters handed to who came back, those that must stay closed to them, and damaged boxes."""

    letters_given: int = 0
    letters_withheld: int = 0
    damaged: int = 0


def seal_everything_anew(
    office: Office, session: Session, person: Person, old: PrivateKey, recovery: PublicKey
) -> Resealed:
    """Seal to ``person`` what they may read, and everything to the new recovery key. A damaged box stays as it is.

    ``person.public_key`` is their new key and their earlier copies are gone; ``old`` is the private recovery key.
    """
    assert person.public_key is not None  # noqa: S101 - made by the caller a line before.
    public, school_id = PublicKey.from_bytes(person.public_key), person.school_id
    given = withheld = damaged = 0
    mine: set[str] = set()
    for thread_id in closed_threads_of(session, school_id):
        belongs, is_new = _belongs_to(office, session, person, thread_id)
        if belongs:
            mine.add(thread_id)
            given += is_new
            if is_new:
                _name_as_reader(office, session, person, thread_id)
        elif not _has_reader(office, session, school_id, thread_id):
            withheld += 1
        damaged += _closed_copies(session, person.id, public if belongs else None, thread_id, old, recovery)
    for week_key, copy in week_copies_of(session, school_id, RECOVERY_HOLDER):
        content = _key_in(office, week_key, WEEK_KEY, old, copy.box)
        damaged += content is None and not copy.of_earlier_slips
        if content is not None:
            copy.box = seal(recovery, BoxAddress(WEEK_KEY, week_key.id, RECOVERY_HOLDER), content)
            box = seal(public, BoxAddress(WEEK_KEY, week_key.id, person.id), content)
            session.add(WeekKeyCopy(school_id=school_id, week_key_id=week_key.id, holder_id=person.id, box=box))
    for case_key, kept in case_copies_of(session, school_id, RECOVERY_HOLDER):
        content = _key_in(office, case_key, CASE_KEY, old, kept.box)
        damaged += content is None and not kept.of_earlier_slips
        if content is None:
            continue
        kept.box = seal(recovery, BoxAddress(CASE_KEY, case_key.id, RECOVERY_HOLDER), content)
        if case_key.only_thread is None or case_key.only_thread in mine:
            box = seal(public, BoxAddress(CASE_KEY, case_key.id, person.id), content)
            session.add(CaseKeyCopy(school_id=school_id, case_key_id=case_key.id, holder_id=person.id, box=box))
    session.flush()
    return Resealed(given, withheld, damaged)


def seal_recovery_anew(
    office: Office,
    session: Session,
    school_id: str,
    person_id: str,
    own: PrivateKey,
    recovery: PublicKey,
    *,
    is_new: bool = False,
) -> int:
    """Seal to the recovery key what one reader can open; return how many boxes they cannot.

    ``is_new``: the key was made just now, so a box that is left stays sealed to the earlier one, which lets nobody in
    any more. The row then says so: whoever looks through the rows must not take it for a damaged one.
    """
    left = 0

    def keep(copy: WeekKeyCopy | CaseKeyCopy | ReaderCopy, address: BoxAddress, content: bytes | None) -> None:
        nonlocal left
        if content:
            copy.box, copy.of_earlier_slips = seal(recovery, address, content), None
            return
        left += 1
        if is_new:
            copy.of_earlier_slips = True

    weeks = {key.id: copy.box for key, copy in week_copies_of(session, school_id, person_id)}
    for week_key, copy in week_copies_of(session, school_id, RECOVERY_HOLDER):
        box = weeks.get(week_key.id)
        content = box and _key_in(office, week_key, WEEK_KEY, own, box, person_id)
        keep(copy, BoxAddress(WEEK_KEY, week_key.id, RECOVERY_HOLDER), content)
    cases = {key.id: kept.box for key, kept in case_copies_of(session, school_id, person_id)}
    for case_key, kept in case_copies_of(session, school_id, RECOVERY_HOLDER):
        box = cases.get(case_key.id)
        content = box and _key_in(office, case_key, CASE_KEY, own, box, person_id)
        keep(kept, BoxAddress(CASE_KEY, case_key.id, RECOVERY_HOLDER), content)
    for thread_id in closed_threads_of(session, school_id):
        theirs = {(one.message_id, one.kind): one.box for one in closed_copies_of(session, thread_id, person_id)}
        for one in closed_copies_of(session, thread_id, RECOVERY_HOLDER):
            box = theirs.get((one.message_id, one.kind))
            content = box and _opened(own, _of_closed(one, person_id), box)
            keep(one, _of_closed(one, RECOVERY_HOLDER), content)
    session.flush()
    return left


def _belongs_to(office: Office, session: Session, person: Person, thread_id: str) -> tuple[bool, bool]:
    """Say whether a closed thread is for ``person``, and whether only from now on."""
    rows = readers_of_closed(session, thread_id)
    if any(row.reader_id == person.id and carries_mark(row, office.marks.check) for row in rows):
        return True, False
    if _has_reader(office, session, person.school_id, thread_id):
        return False, False
    may_have = may_be_given(office, session, person, thread_id)
    return may_have, may_have


def _has_reader(office: Office, session: Session, school_id: str, thread_id: str) -> bool:
    readers = {reader.id for reader in active_readers(office, session, school_id)}
    return bool(readers & holders_of_thread(session, thread_id))


def _name_as_reader(office: Office, session: Session, person: Person, thread_id: str) -> None:
    row = ThreadReader(id=new_id(), school_id=person.school_id, thread_id=thread_id, reader_id=person.id)
    set_mark(row, office.marks.mac)
    session.add(row)
    case = closed_case_of(session, person.school_id, thread_id)
    if case is not None:
        named = CaseReader(id=new_id(), school_id=person.school_id, case_id=case.id, reader_id=person.id)
        set_mark(named, office.marks.mac)
        session.add(named)
    session.flush()


def _closed_copies(
    session: Session, person_id: str, public: PublicKey | None, thread_id: str, old: PrivateKey, recovery: PublicKey
) -> int:
    damaged = 0
    for copy in closed_copies_of(session, thread_id, RECOVERY_HOLDER):
        content = _opened(old, _of_closed(copy, RECOVERY_HOLDER), copy.box)
        if content is None:
            damaged += not copy.of_earlier_slips
            continue
        copy.box = seal(recovery, _of_closed(copy, RECOVERY_HOLDER), content)
        if public is not None:
            own = _of_closed(copy, person_id)
            about = {"school_id": copy.school_id, "thread_id": thread_id, "message_id": copy.message_id}
            session.add(ReaderCopy(**about, kind=copy.kind, holder_id=person_id, box=seal(public, own, content)))
    return damaged


def _of_closed(copy: ReaderCopy, holder_id: str) -> BoxAddress:
    return BoxAddress(copy.kind, copy.thread_id, f"{copy.message_id}-{holder_id}")


def _key_in(
    office: Office, key: WeekKey | CaseKey, kind: str, own: PrivateKey, box: bytes, holder_id: str = RECOVERY_HOLDER
) -> bytes | None:
    """Return the private half in a copy, or None for one that is damaged or holds another key than it says."""
    content = _opened(own, BoxAddress(kind, key.id, holder_id), box)
    try:
        check_mark(key, office.marks.check)
        is_it = content is not None and PrivateKey.from_bytes(content).public().to_bytes() == key.public_key
    except (NotAuthentic, ValueError):
        is_it = False
    if not is_it:
        _log.error("a copy of a key cannot be sealed anew", extra={"row_id": key.id})
    return content if is_it else None


def _opened(private: PrivateKey, address: BoxAddress, box: bytes) -> bytes | None:
    try:
        return open_box(private, address, box)
    except BoxNotOpened:
        return None

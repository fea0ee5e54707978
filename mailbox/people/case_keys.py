"""Case keys: a new generation whenever the readers are others than those who hold the newest one.

Owns to whom a case key is sealed: every active reader and the recovery key, or, for a closed thread, its readers alone.
Made by the server when something is written to a case; the private half is forgotten at once.
"""

from __future__ import annotations

import hashlib
import logging

from mailbox.errors import BoxNotOpened, NotAllowed, NotAuthentic, NotFound
from mailbox.office import Office
from mailbox.people.login import Colleague
from mailbox.people.roster import active_readers, public_keys, recovery_public
from mailbox.sealing.box import PrivateKey, PublicKey
from mailbox.sealing.keyring import RECOVERY_HOLDER, new_case_key, open_case_key, share_case_key
from mailbox.store.care import case_copies_of_holder, newest_case_generation, newest_case_key, shared_case_keys
from mailbox.store.database import Session
from mailbox.store.marked import carries_mark, check_mark, set_mark
from mailbox.store.people import school_locked
from mailbox.store.tables import CaseKey, CaseKeyCopy, new_id

_log = logging.getLogger("mailbox.people")


def current_case_key(
    office: Office, session: Session, school_id: str, only_thread: str | None = None, named: set[str] | None = None
) -> CaseKey:
    """Return the case key for the readers of this moment, making the next generation if the roster has changed.

    ``only_thread`` and ``named``: a closed thread and whom the child left it to. Raises NotAllowed without a reader.
    """
    school = school_locked(session, school_id)
    if school is None:
        raise NotFound("school")
    readers = [reader for reader in active_readers(office, session, school_id) if named is None or reader.id in named]
    if not readers:
        raise NotAllowed("nobody could read it")
    holders = public_keys(readers) | {RECOVERY_HOLDER: recovery_public(office, school)}
    newest = newest_case_key(session, school_id, only_thread)
    is_ours = newest is not None and carries_mark(newest, office.marks.check)
    if newest is not None and is_ours and newest.made_for == _made_for(holders):
        return newest
    if newest is not None and not is_ours:
        _log.error("the newest case key is not authentic and is replaced", extra={"row_id": newest.id})
    return _next(office, session, school_id, only_thread, holders)


def share_earlier_cases(office: Office, session: Session, colleague: Colleague, person_id: str, to: PublicKey) -> int:
    """Seal every case key of all readers that the colleague can open and the other one cannot; return how many.

    The keys of closed threads stay with whom the child left them to.
    """
    own, theirs = case_copies_of_holder(session, colleague.person_id), case_copies_of_holder(session, person_id)
    shared = [
        CaseKeyCopy(
            school_id=colleague.school_id,
            case_key_id=case_key.id,
            holder_id=person_id,
            box=share_case_key(private, case_key.id, person_id, to),
        )
        for case_key in shared_case_keys(session, colleague.school_id)
        if case_key.id in own.keys() - theirs.keys()
        and (private := _opened(office, colleague, case_key, own[case_key.id]))
    ]
    session.add_all(shared)
    return len(shared)


def _next(
    office: Office, session: Session, school_id: str, only_thread: str | None, holders: dict[str, PublicKey]
) -> CaseKey:
    case_key_id = new_id()
    public, boxes = new_case_key(case_key_id, holders)
    case_key = CaseKey(
        id=case_key_id,
        school_id=school_id,
        only_thread=only_thread,
        generation=newest_case_generation(session, school_id) + 1,
        made_for=_made_for(holders),
        public_key=public.to_bytes(),
    )
    set_mark(case_key, office.marks.mac)
    session.add(case_key)
    session.flush()
    session.add_all(
        CaseKeyCopy(school_id=school_id, case_key_id=case_key_id, holder_id=holder_id, box=box)
        for holder_id, box in boxes.items()
    )
    session.flush()
    return case_key


def _made_for(holders: dict[str, PublicKey]) -> str:
    named = b"".join(
        holder_id.encode() + public.to_bytes()
        for holder_id, public in sorted(holders.items(), key=lambda held: held[0])
    )
    return hashlib.sha256(named).hexdigest()


def _opened(office: Office, colleague: Colleague, case_key: CaseKey, box: bytes) -> PrivateKey | None:
    """Return the private key, or None for a copy that is damaged or holds another key than it says."""
    try:
        check_mark(case_key, office.marks.check)
        private = open_case_key(colleague.private, case_key.id, colleague.person_id, box)
    except (BoxNotOpened, NotAuthentic) as refused:
        # One damaged copy must not keep the other cases from the new reader.
        _log.error(
            "a case key could not be opened", extra={"row_id": case_key.id, "error_class": type(refused).__name__}
        )
        return None
    return private if private.public().to_bytes() == case_key.public_key else None

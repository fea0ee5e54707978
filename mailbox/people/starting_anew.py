"""Who forgot the passphrase starts anew: a colleague makes a link, a second voice lets them in with new keys.

Nobody can open the old key any more, so all that is sealed to it goes; colleagues share the weeks again. Never by a
technician: who could do this could read in another's name. The link ends when the passphrase is remembered after all.
"""

from __future__ import annotations

import hashlib
import secrets

from mailbox.errors import NotAllowed, NotFound
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.login import Colleague
from mailbox.people.roster import active_readers, require_person
from mailbox.rules.roles import Act
from mailbox.store.accounts import remove_spare_codes
from mailbox.store.database import Session
from mailbox.store.keys import remove_copies_of
from mailbox.store.marked import set_mark
from mailbox.store.people import end_sessions_of, school_locked
from mailbox.store.tables import Person


def start_anew(office: Office, colleague: Colleague, person_id: str) -> str:
    """Return a one-time link's token for a reader who forgot the passphrase. Raises NotAllowed, NotFound.

    Until it is used nothing changes. Asked again, the earlier link opens nothing.
    """
    token = secrets.token_urlsafe(24)
    with office.database.work() as work:
        person = _reader(office, work.session, colleague, person_id)
        person.invitation_hash = hashlib.sha256(token.encode("ascii")).hexdigest()
        person.invited_by = colleague.person_id
        set_mark(person, office.marks.mac)
        record(office, work.session, colleague.school_id, colleague.person_id, "reader.anew", person_id)
        work.commit()
    return token


def stop_anew(office: Office, colleague: Colleague, person_id: str) -> None:
    """Take the link back; taking back what is gone is no error. Raises NotAllowed, NotFound."""
    with office.database.work() as work:
        person = _reader(office, work.session, colleague, person_id)
        if person.invitation_hash is not None:
            person.invitation_hash = None
            set_mark(person, office.marks.mac)
            record(office, work.session, colleague.school_id, colleague.person_id, "reader.anew_stopped", person_id)
        work.commit()


def end_of_old_key(office: Office, session: Session, person: Person) -> None:
    """End what hangs on a key that nobody can open any more. Raises NotAllowed for the last reader."""
    if not [reader for reader in active_readers(office, session, person.school_id) if reader.id != person.id]:
        raise NotAllowed("the box would have nobody")
    end_all_of(session, person)


def end_all_of(session: Session, person: Person) -> None:
    """End somebody's sessions and second factor and remove all that is sealed to their key, which is to be another."""
    end_sessions_of(session, person.id)
    remove_copies_of(session, person.id)
    remove_spare_codes(session, person.id)
    person.wrapped_totp, person.totp_step = None, None


def _reader(office: Office, session: Session, colleague: Colleague, person_id: str) -> Person:
    school_locked(session, colleague.school_id)
    require_person(office, session, colleague.school_id, colleague.person_id, Act.START_ANEW)
    if person_id == colleague.person_id:
        raise NotAllowed("a colleague does this")
    for reader in active_readers(office, session, colleague.school_id):
        if reader.id == person_id:
            return reader
    raise NotFound("reader")

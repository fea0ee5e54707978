"""The second voice: who proposes a reader does not also let them in, where the school has anybody else to ask.

Owns who that is. In a school with one reader it is the head, who reads nothing; where there is no head either, the one
reader decides alone, because a school must not be locked out of its own box.
"""

from __future__ import annotations

from mailbox.errors import NotAllowed
from mailbox.office import Office
from mailbox.people.roster import authentic
from mailbox.rules.roles import READERS, Act, may
from mailbox.store.database import Session
from mailbox.store.people import people_of
from mailbox.store.tables import Person


def may_be_second_voice(role: str, person_id: str, proposer_id: str | None, active: dict[str, str]) -> bool:
    """Say whether somebody may confirm what ``proposer_id`` proposed; ``active`` is everybody's role by id."""
    readers = {one for one, known in active.items() if known in READERS}
    if person_id not in active:
        return False
    if may(role, Act.APPROVE_AS_HEAD):
        return len(readers) <= 1
    if not may(role, Act.APPROVE):
        return False
    others = [one for one, known in active.items() if one != proposer_id and _could(known, readers)]
    return person_id != proposer_id or not others


def _could(role: str, readers: set[str]) -> bool:
    return may(role, Act.APPROVE) or (may(role, Act.APPROVE_AS_HEAD) and len(readers) <= 1)


def require_second_voice(office: Office, session: Session, by_person_id: str, person: Person) -> None:
    """Raise NotAllowed unless this is the second voice for letting ``person`` in."""
    active = {
        one.id: one.role for one in authentic(office, people_of(session, person.school_id)) if one.state == "active"
    }
    role = active.get(by_person_id, "")
    if not may_be_second_voice(role, by_person_id, person.invited_by, active):
        raise NotAllowed("a second voice is needed")

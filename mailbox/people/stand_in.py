"""Who does the lead's work in a school that has no lead: its counselors. Owns this one exception to the matrix."""

from __future__ import annotations

from mailbox.errors import NotAllowed
from mailbox.office import Office
from mailbox.people.roster import authentic
from mailbox.rules.roles import COUNSELOR, LEAD, Act, may
from mailbox.store.database import Session
from mailbox.store.people import people_of


def may_as_lead(office: Office, school_id: str, person_id: str, act: Act) -> bool:
    """Say whether this person's role allows the act, a counselor counting as lead where there is none."""
    with office.database.view() as view:
        return _may(office, view.session, school_id, person_id, act)


def require_as_lead(office: Office, session: Session, school_id: str, person_id: str, act: Act) -> None:
    """Raise NotAllowed unless :func:`may_as_lead`, inside of an act."""
    if not _may(office, session, school_id, person_id, act):
        raise NotAllowed(act.value)


def _may(office: Office, session: Session, school_id: str, person_id: str, act: Act) -> bool:
    roles = {
        person.id: person.role
        for person in authentic(office, people_of(session, school_id))
        if person.state == "active"
    }
    role = roles.get(person_id)
    if role is None:
        return False
    return may(LEAD if role == COUNSELOR and LEAD not in roles.values() else role, act)

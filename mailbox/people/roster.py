"""The roster of readers. Owns who counts as a reader: an active counselor or lead whose row carries our mark."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from mailbox.errors import NotAllowed, NotAuthentic
from mailbox.office import Office
from mailbox.rules.roles import COUNSELOR, HEAD, LEAD, READERS, TECHNICIAN, Act, require
from mailbox.sealing.box import PublicKey
from mailbox.store.database import Session
from mailbox.store.marked import check_mark
from mailbox.store.people import people_of
from mailbox.store.tables import Person, School

__all__ = [
    "COUNSELOR",
    "HEAD",
    "LEAD",
    "READERS",
    "TECHNICIAN",
    "active_readers",
    "authentic",
    "public_keys",
    "recovery_public",
    "require_person",
]

_log = logging.getLogger("mailbox.people")


def authentic(office: Office, people: Iterable[Person]) -> list[Person]:
    """Return the people whose rows carry our mark; a row written straight into the database is left out and logged."""
    believed = []
    for person in people:
        try:
            check_mark(person, office.marks.check)
        except NotAuthentic:
            _log.error("a person's row is not authentic and is ignored", extra={"row_id": person.id})
        else:
            believed.append(person)
    return believed


def active_readers(office: Office, session: Session, school_id: str) -> list[Person]:
    """Return the school's active, authentic counselors and leads."""
    return [
        person
        for person in authentic(office, people_of(session, school_id))
        if person.role in READERS and person.state == "active" and person.public_key
    ]


def require_person(office: Office, session: Session, school_id: str, person_id: str, act: Act) -> None:
    """Raise NotAllowed unless this is an active, authentic person of the school whose role allows the act."""
    for person in authentic(office, people_of(session, school_id)):
        if person.id == person_id and person.state == "active":
            require(person.role, act)
            return
    raise NotAllowed(act.value)


def public_keys(readers: Iterable[Person]) -> dict[str, PublicKey]:
    return {reader.id: PublicKey.from_bytes(reader.public_key) for reader in readers if reader.public_key}


def recovery_public(office: Office, school: School) -> PublicKey:
    """Return the school's recovery key. Raises NotAuthentic if the row is not ours or has none."""
    check_mark(school, office.marks.check)
    if school.recovery_public is None:
        raise NotAuthentic("schools", school.id)
    return PublicKey.from_bytes(school.recovery_public)

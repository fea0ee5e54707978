"""Who and what belongs to a school, as lists for its staff. Only rows that carry our mark; opens no key."""

from __future__ import annotations

from dataclasses import dataclass

from mailbox.office import Office
from mailbox.people.roster import COUNSELOR, authentic
from mailbox.store.database import Session
from mailbox.store.keys import copies_of_holder, week_keys_of
from mailbox.store.marked import carries_mark
from mailbox.store.people import people_of, stations_of
from mailbox.store.tables import Person


@dataclass(frozen=True)
class PersonLine:
    """One of the staff. ``weeks_missing``: kept weeks whose letters an active counselor cannot open."""

    id: str
    role: str
    state: str
    display_name: str
    weeks_missing: int


@dataclass(frozen=True)
class StationLine:
    """One device. ``kind``: kiosk, siren; ``state``: invited, enrolled."""

    id: str
    kind: str
    state: str
    name: str


def people_lines(office: Office, school_id: str) -> list[PersonLine]:
    """Return everybody who has not left, by name."""
    with office.database.view() as view:
        weeks = {week_key.id for week_key in week_keys_of(view.session, school_id)}
        return [
            PersonLine(
                person.id,
                person.role,
                person.state,
                person.display_name,
                _missing(view.session, person, weeks),
            )
            for person in authentic(office, people_of(view.session, school_id))
            if person.state != "left"
        ]


def station_lines(office: Office, school_id: str) -> list[StationLine]:
    """Return every device that is not withdrawn, by name."""
    with office.database.view() as view:
        return [
            StationLine(station.id, station.kind, station.state, station.name)
            for station in stations_of(view.session, school_id)
            if station.state != "withdrawn" and carries_mark(station, office.marks.check)
        ]


def names_of(office: Office, school_id: str) -> dict[str, str]:
    """Return the name of everybody who ever worked here, by person id: letters keep their authors."""
    with office.database.view() as view:
        return {person.id: person.display_name for person in authentic(office, people_of(view.session, school_id))}


def _missing(session: Session, person: Person, weeks: set[str]) -> int:
    if person.role != COUNSELOR or person.state != "active":
        return 0
    return len(weeks - copies_of_holder(session, person.id).keys())

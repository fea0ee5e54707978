"""How far a school's set-up has come. Reads only."""

from __future__ import annotations

from dataclasses import dataclass

from mailbox.errors import NotFound
from mailbox.office import Office
from mailbox.people.listing import station_lines
from mailbox.people.roster import active_readers
from mailbox.people.stations import KIOSK, SIREN
from mailbox.store.people import all_schools
from mailbox.store.tables import School


@dataclass(frozen=True)
class Steps:
    """Which of the four steps before the first letter are done."""

    reader: bool
    kiosk: bool
    siren: bool
    test_heard: bool


def no_school_yet(office: Office) -> bool:
    with office.database.view() as view:
        return not all_schools(view.session)


def steps(office: Office, school_id: str) -> Steps:
    """Raises NotFound."""
    enrolled = {station.kind for station in station_lines(office, school_id) if station.state == "enrolled"}
    with office.database.view() as view:
        school = view.session.get(School, school_id)
        readers = active_readers(office, view.session, school_id)
    if school is None:
        raise NotFound("school")
    return Steps(bool(readers), KIOSK in enrolled, SIREN in enrolled, school.test_alarm_heard)


def school_name(office: Office, school_id: str) -> str:
    """Raises NotFound."""
    with office.database.view() as view:
        school = view.session.get(School, school_id)
    if school is None:
        raise NotFound("school")
    return school.name

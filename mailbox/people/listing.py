"""Who and what belongs to a school, as lists for its staff. Only rows that carry our mark; opens no key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from mailbox.office import Office
from mailbox.people.roster import READERS, authentic
from mailbox.people.school_calendar import calendar_for
from mailbox.rules.signs import is_silent
from mailbox.store.database import Session
from mailbox.store.keys import copies_of_holder, week_keys_of
from mailbox.store.marked import carries_mark
from mailbox.store.people import people_of, stations_of
from mailbox.store.stations import heard_at_by_station
from mailbox.store.tables import Person


@dataclass(frozen=True)
class PersonLine:
    """One of the staff. ``weeks_missing``: kept weeks whose letters an active reader cannot open."""

    id: str
    role: str
    state: str
    display_name: str
    weeks_missing: int
    invited_by: str | None = None
    has_second_factor: bool = False
    starts_anew: bool = False

    @property
    def is_reader(self) -> bool:
        """Whether the role is one that reads letters; who waits does not read yet."""
        return self.role in READERS


@dataclass(frozen=True)
class StationLine:
    """One device. ``kind``: kiosk, siren; ``state``: invited, enrolled; ``grade``: 1 to 9, None for several.

    ``heard_on``: the last day on which it told that it is on; ``is_silent``: a school day has gone by since.
    """

    id: str
    kind: str
    state: str
    name: str
    room: str | None = None
    grade: int | None = None
    heard_on: date | None = None
    is_silent: bool = False


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
                person.invited_by,
                person.wrapped_totp is not None,
                person.state == "active" and person.invitation_hash is not None,
            )
            for person in authentic(office, people_of(view.session, school_id))
            if person.state != "left"
        ]


def station_lines(office: Office, school_id: str) -> list[StationLine]:
    """Return every device that is not withdrawn, by name."""
    today = office.local_now().date()
    with office.database.view() as view:
        heard_at = heard_at_by_station(view.session, school_id)
        is_school_day = calendar_for(office, view.session, school_id).is_school_day
        stations = [
            station
            for station in stations_of(view.session, school_id)
            if station.state != "withdrawn" and carries_mark(station, office.marks.check)
        ]
    lines = []
    for station in stations:
        heard_on = _day_of(office, heard_at.get(station.id))
        is_quiet = heard_on is not None and is_silent(heard_on, today, is_school_day)
        about = (station.id, station.kind, station.state, station.name, station.room, station.grade)
        lines.append(StationLine(*about, heard_on, is_quiet))
    return lines


def silent_kiosks(office: Office, school_id: str) -> list[str]:
    """Return the names of tablets that told nothing for a whole school day."""
    return [line.name for line in station_lines(office, school_id) if line.is_silent]


def names_of(office: Office, school_id: str) -> dict[str, str]:
    """Return the name of everybody who ever worked here, by person id: letters keep their authors."""
    with office.database.view() as view:
        return {person.id: person.display_name for person in authentic(office, people_of(view.session, school_id))}


def _day_of(office: Office, heard_at: int | None) -> date | None:
    # The half hour stays in the database: a page that told it would tell when the tablet was last awake.
    if heard_at is None:
        return None
    # A sign carries no mark; one from the future, or from before all time, is read as now.
    now = office.clock().timestamp()
    return datetime.fromtimestamp(heard_at if 0 < heard_at < now else now, office.settings.zone).date()


def _missing(session: Session, person: Person, weeks: set[str]) -> int:
    if person.role not in READERS or person.state != "active":
        return 0
    return len(weeks - copies_of_holder(session, person.id).keys())

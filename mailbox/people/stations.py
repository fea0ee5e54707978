"""Enrolled devices: kiosks for children and siren pages for a staffed room. Owns invited → enrolled → withdrawn."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from mailbox.errors import InputRefused, KioskClosed, NotAuthentic, NotFound
from mailbox.office import Office
from mailbox.people.arrivals import token_hash
from mailbox.people.audit import record
from mailbox.people.help_page import Help, help_in
from mailbox.people.roster import active_readers, require_person
from mailbox.people.school_calendar import SchoolDays, school_days
from mailbox.rules.duty import is_off_hours, on_duty, seconds_to_change
from mailbox.rules.names import clean_name
from mailbox.rules.roles import Act
from mailbox.store.database import Session
from mailbox.store.marked import check_mark, set_mark
from mailbox.store.outbox import forget_heard_tests, open_alarms
from mailbox.store.people import school_locked, station_by_token, station_in
from mailbox.store.stations import forget_sign
from mailbox.store.tables import Person, School, Station, new_id

KIOSK = "kiosk"
SIREN = "siren"
GRADES = range(1, 10)


@dataclass(frozen=True)
class Kiosk:
    """An enrolled kiosk of an open school, who reads there (id, name), and the day of the next opening.

    ``grade`` is 1 to 9, None where children of several grades come. ``on_duty`` is None where the school has not said
    when somebody looks; ``duty_changes_in_s`` is then None too. ``help`` is what is said now: see :func:`help_at`.
    """

    id: str
    school_id: str
    school_name: str
    readers: tuple[tuple[str, str], ...]
    next_opening_on: date | None
    room: str | None = None
    grade: int | None = None
    vacation: str | None = None
    help: Help = field(default_factory=Help)
    on_duty: bool | None = None
    duty_changes_in_s: int | None = None


def invite_station(
    office: Office,
    school_id: str,
    by_person_id: str,
    kind: str,
    name: str,
    room: str | None = None,
    grade: int | None = None,
) -> str:
    """Prepare a device; return the one-time enrolment token. Raises NotAllowed, InputRefused.

    ``room`` says where it stands; ``grade`` is 1 to 9, None for children of several grades.
    """
    if kind not in {KIOSK, SIREN}:
        raise InputRefused("station", "unknown_or_blank")
    station_name, station_room, station_grade = _place(name, room, grade)
    token = secrets.token_urlsafe(24)
    station = Station(
        id=new_id(),
        school_id=school_id,
        kind=kind,
        state="invited",
        name=station_name,
        token_hash=token_hash(token),
        room=station_room,
        grade=station_grade,
    )
    with office.database.work() as work:
        require_person(office, work.session, school_id, by_person_id, Act.ENROLL_DEVICE)
        set_mark(station, office.marks.mac)
        work.session.add(station)
        record(office, work.session, school_id, by_person_id, f"station.invite.{kind}", station.id)
        work.commit()
    return token


def change_station(
    office: Office, school_id: str, by_person_id: str, station_id: str, name: str, room: str | None, grade: int | None
) -> None:
    """Say anew what a device is called, where it stands and for which grade.

    Raises NotAllowed, NotFound, InputRefused.
    """
    station_name, station_room, station_grade = _place(name, room, grade)
    with office.database.work() as work:
        require_person(office, work.session, school_id, by_person_id, Act.ENROLL_DEVICE)
        station = station_in(work.session, school_id, station_id)
        if station is None or station.state == "withdrawn":
            raise NotFound("station")
        # A row that somebody wrote into the database must not gain our mark here.
        check_mark(station, office.marks.check)
        station.name, station.room, station.grade = station_name, station_room, station_grade
        set_mark(station, office.marks.mac)
        record(office, work.session, school_id, by_person_id, "station.change", station.id)
        work.commit()


def kind_of_invitation(office: Office, token: str) -> str:
    """Return which kind of device an enrolment link is for, without using it. Raises NotFound, also for a used one."""
    with office.database.view() as view:
        station = _authentic(office, view.session, token)
    if station.state != "invited":
        raise NotFound("station")
    return station.kind


def enroll(office: Office, token: str) -> tuple[str, str]:
    """Use an enrolment token once; return the device's kind and the value of its cookie. Raises NotFound."""
    cookie = secrets.token_urlsafe(32)
    with office.database.work() as work:
        station = _authentic(office, work.session, token)
        # Two devices that open one link at once meet here; the later one must not believe that it is enrolled.
        school_locked(work.session, station.school_id)
        work.session.refresh(station)
        if station.state != "invited":
            raise NotFound("station")
        station.state, station.token_hash = "enrolled", token_hash(cookie)
        set_mark(station, office.marks.mac)
        record(office, work.session, station.school_id, None, "station.enroll", station.id)
        work.commit()
    return station.kind, cookie


def identify(office: Office, cookie: str, kind: str) -> Station:
    """Return the enrolled device behind a cookie. Raises NotFound, also for a withdrawn one."""
    with office.database.view() as view:
        return _enrolled(office, view.session, cookie, kind)


def open_kiosk(office: Office, cookie: str) -> Kiosk:
    """Return the kiosk behind a cookie, ready to take letters. Raises NotFound, KioskClosed.

    Every page for children begins here, so all of it is read in one view.
    """
    with office.database.view() as view:
        station = _enrolled(office, view.session, cookie, KIOSK)
        school, readers = _open_school(office, view.session, station.school_id)
        days = school_days(office, view.session, school)
        said_about_help = help_in(office, view.session, school.id)
    hours, is_school_day = said_about_help.duty, days.calendar.is_school_day
    now = office.local_now()
    opening = days.calendar.next_opening(now)
    return Kiosk(
        id=station.id,
        school_id=school.id,
        school_name=school.name,
        readers=tuple((reader.id, reader.display_name) for reader in readers),
        next_opening_on=opening.date() if opening else None,
        vacation=days.vacation_words if days.calendar.is_vacation(now.date()) else None,
        room=station.room,
        grade=station.grade,
        help=_said_at(now, said_about_help, days),
        on_duty=on_duty(now, hours, is_school_day) if hours else None,
        duty_changes_in_s=seconds_to_change(now, hours, is_school_day) if hours else None,
    )


def help_at(office: Office, cookie: str) -> Help:
    """Return what the school of the kiosk behind a cookie says about help now. Raises NotFound.

    Its words for nights, weekends and holidays are in it only then, and not in a vacation, which has words of its own.
    """
    with office.database.view() as view:
        station = _enrolled(office, view.session, cookie, KIOSK)
        school = view.session.get(School, station.school_id)
        if school is None:
            raise NotFound("school")
        days = school_days(office, view.session, school)
        return _said_at(office.local_now(), help_in(office, view.session, school.id), days)


def readers_to_name(office: Office, school_id: str) -> list[tuple[str, str]]:
    """Return id and name of each reader, so that a child can say who must not see a letter."""
    with office.database.view() as view:
        return [(reader.id, reader.display_name) for reader in active_readers(office, view.session, school_id)]


def withdraw(office: Office, school_id: str, by_person_id: str, station_id: str) -> None:
    """Take a device out at once. Raises NotAllowed, NotFound."""
    with office.database.work() as work:
        require_person(office, work.session, school_id, by_person_id, Act.WITHDRAW_DEVICE)
        station = station_in(work.session, school_id, station_id)
        if station is None:
            raise NotFound("station")
        station.state = "withdrawn"
        forget_sign(work.session, station.id)
        set_mark(station, office.marks.mac)
        record(office, work.session, school_id, by_person_id, "station.withdraw", station.id)
        work.commit()


def acknowledge_test_alarms(office: Office, school_id: str) -> int:
    """Somebody heard the test alarm: the kiosk may open. Returns how many test alarms were answered."""
    with office.database.work() as work:
        school = school_locked(work.session, school_id)
        if school is None:
            raise NotFound("school")
        heard = [alarm.id for alarm in open_alarms(work.session, school_id) if alarm.kind == "test"]
        if heard:
            check_mark(school, office.marks.check)
            forget_heard_tests(work.session, heard)
            school.test_alarm_heard = True
            set_mark(school, office.marks.mac)
            record(office, work.session, school_id, None, "alarm.test.heard")
        work.commit()
    return len(heard)


def require_open(office: Office, school_id: str) -> School:
    """Return the school if its kiosk may take letters. Raises KioskClosed without reader or acknowledged test alarm."""
    with office.database.view() as view:
        return _open_school(office, view.session, school_id)[0]


def _place(name: str, room: str | None, grade: int | None) -> tuple[str, str | None, int | None]:
    if grade is not None and grade not in GRADES:
        raise InputRefused("station", "grade")
    where = clean_name("station", room, "room") if room and room.strip() else None
    return clean_name("station", name, "unknown_or_blank"), where, grade


def _said_at(now: datetime, said: Help, days: SchoolDays) -> Help:
    is_off = bool(said.duty) and is_off_hours(now, said.duty, days.calendar.is_school_day)
    if is_off and not days.calendar.is_vacation(now.date()):
        return said
    return replace(said, off_duty_words="")


def _open_school(office: Office, session: Session, school_id: str) -> tuple[School, list[Person]]:
    school = session.get(School, school_id)
    readers = active_readers(office, session, school_id)
    if school is None or not school.test_alarm_heard or not readers:
        raise KioskClosed("no reader or no acknowledged test alarm")
    check_mark(school, office.marks.check)
    return school, readers


def _enrolled(office: Office, session: Session, cookie: str, kind: str) -> Station:
    station = _authentic(office, session, cookie)
    if station.state != "enrolled" or station.kind != kind:
        raise NotFound("station")
    return station


def _authentic(office: Office, session: Session, token: str) -> Station:
    station = station_by_token(session, token_hash(token))
    if station is None:
        raise NotFound("station")
    try:
        check_mark(station, office.marks.check)
    except NotAuthentic:
        raise NotFound("station") from None
    return station

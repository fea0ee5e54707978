"""A school ready for letters, made by the acts that the pages use: technician, counselors, kiosks, a heard alarm."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from bench.installation import Installation
from bench.machine import parent_of
from mailbox.alarms.channels import add_channel
from mailbox.alarms.siren import ring_test
from mailbox.office import Office, utc_now
from mailbox.people.arrivals import accept_invitation, approve, found_school, invite
from mailbox.people.stations import KIOSK, SIREN, acknowledge_test_alarms, enroll, invite_station
from mailbox.sealing.key_file import KeyFile
from mailbox.store.database import Database
from triage.protocol import Assessment

_COOKIE = "__Host-kiosk"
# Everybody may know it: the school lives in a temporary folder for a minute.
PASSPHRASE = "量一量信箱有多快的苹果树"  # noqa: S105
LOGINS = ("lin", "zhou")


@dataclass(frozen=True)
class Staffed:
    """A school, its technician, its two readers in the order of ``LOGINS``, and the cookies of its kiosks."""

    school_id: str
    technician_id: str
    reader_ids: tuple[str, str]
    kiosks: list[str]


def found(installation: Installation, kiosks: int) -> list[str]:
    """Found the school in a made installation; return the ``Cookie`` header of each enrolled kiosk."""
    with office_of(installation) as office:
        return [f"{_COOKIE}={cookie}" for cookie in staff(office, kiosks).kiosks]


@contextmanager
def office_of(installation: Installation, clock: Callable[[], datetime] = utc_now) -> Iterator[Office]:
    """Yield an office that works on an installation's own database, beside the served program or without it."""
    settings = installation.settings()
    office = Office(settings, Database(settings.database_url), KeyFile.load(settings.key_file), _never_asked, clock)
    try:
        yield office
    finally:
        office.database.close()


def staff(office: Office, kiosks: int) -> Staffed:
    """Found a school with a technician, two readers and some kiosks; a test alarm was heard."""
    school_id, token = found_school(office, "青山小学", opening_weekday=4, opening_hour=15)
    technician = accept_invitation(office, token, "jishu", PASSPHRASE).person_id
    token = invite(office, school_id, technician, "counselor", "林老师")
    first = accept_invitation(office, token, LOGINS[0], PASSPHRASE).person_id
    token = invite(office, school_id, first, "counselor", "周老师")
    second = accept_invitation(office, token, LOGINS[1], PASSPHRASE).person_id
    approve(office, school_id, first, second)
    ring_test(office, school_id, technician)
    acknowledge_test_alarms(office, school_id)
    tokens = [invite_station(office, school_id, technician, KIOSK, f"平板{number}") for number in range(kiosks)]
    return Staffed(school_id, technician, (first, second), [enroll(office, token)[1] for token in tokens])


def server_of(office: Office) -> int:
    """Return the first process of the PostgreSQL that keeps an office's database on this machine; 0 for SQLite."""
    if office.database.engine.dialect.name == "sqlite":
        return 0
    with office.database.view() as view:
        return parent_of(view.session.scalars(select(func.pg_backend_pid())).one())


def siren_of(office: Office, school: Staffed) -> str:
    """Enrol a siren page; return its cookie."""
    token = invite_station(office, school.school_id, school.technician_id, SIREN, "办公室")
    return enroll(office, token)[1]


def channel_to(office: Office, school: Staffed, port: int) -> None:
    """Let alarms go to a web hook on this machine."""
    address = f"json://127.0.0.1:{port}/alarm"
    add_channel(office, school.school_id, school.technician_id, "值班电话", address)


def _never_asked(_text: str, _adjustment: object) -> Assessment:
    raise AssertionError("founding a school assesses no note")

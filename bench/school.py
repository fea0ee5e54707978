"""A school ready for letters, made by the acts that the pages use: technician, one counselor, kiosks, a heard alarm."""

from __future__ import annotations

from bench.installation import Installation
from mailbox.alarms.siren import ring_test
from mailbox.office import Office
from mailbox.people.arrivals import accept_invitation, found_school, invite
from mailbox.people.stations import KIOSK, acknowledge_test_alarms, enroll, invite_station
from mailbox.sealing.key_file import KeyFile
from mailbox.store.database import Database
from triage.protocol import Assessment

_COOKIE = "__Host-kiosk"
# Everybody may know it: the school lives in a temporary folder for a minute.
_PASSPHRASE = "量一量信箱有多快的苹果树"  # noqa: S105


def found(installation: Installation, kiosks: int) -> list[str]:
    """Found the school in a made installation; return the ``Cookie`` header of each enrolled kiosk."""
    settings = installation.settings()
    office = Office(settings, Database(settings.database_url), KeyFile.load(settings.key_file), _never_asked)
    try:
        return _found(office, kiosks)
    finally:
        office.database.close()


def _found(office: Office, kiosks: int) -> list[str]:
    school_id, token = found_school(office, "青山小学", opening_weekday=4, opening_hour=15)
    technician = accept_invitation(office, token, "jishu", _PASSPHRASE).person_id
    accept_invitation(office, invite(office, school_id, technician, "counselor", "林老师"), "lin", _PASSPHRASE)
    ring_test(office, school_id, technician)
    acknowledge_test_alarms(office, school_id)
    tokens = [invite_station(office, school_id, technician, KIOSK, f"平板{number}") for number in range(kiosks)]
    return [f"{_COOKIE}={enroll(office, token)[1]}" for token in tokens]


def _never_asked(_text: str, _adjustment: object) -> Assessment:
    raise AssertionError("founding a school assesses no note")

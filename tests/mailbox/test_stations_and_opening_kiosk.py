"""A device is believed only while it is enrolled, and the kiosk opens only when somebody hears it."""

from __future__ import annotations

import pytest

from mailbox.alarms.outbox import raise_alarm
from mailbox.errors import KioskClosed, NotAuthentic, NotFound
from mailbox.people.audit import verify
from mailbox.people.stations import (
    KIOSK,
    SIREN,
    acknowledge_test_alarms,
    enroll,
    identify,
    invite_station,
    require_open,
    withdraw,
)
from mailbox.store.tables import AuditRow, Person, Station
from tests.conftest import SchoolAtWork


def enrolled_kiosk(school: SchoolAtWork) -> str:
    token = invite_station(school.office, school.school_id, school.technician_id, KIOSK, "三年级教室")
    return enroll(school.office, token)[1]


def test_an_enrolment_link_works_once(school: SchoolAtWork) -> None:
    token = invite_station(school.office, school.school_id, school.technician_id, KIOSK, "三年级教室")
    kind, cookie = enroll(school.office, token)
    assert (kind, identify(school.office, cookie, KIOSK).name) == (KIOSK, "三年级教室")
    with pytest.raises(NotFound):
        enroll(school.office, token)


def test_a_withdrawn_kiosk_is_out_at_once(school: SchoolAtWork) -> None:
    cookie = enrolled_kiosk(school)
    station = identify(school.office, cookie, KIOSK)
    withdraw(school.office, school.school_id, school.counselor.person_id, station.id)
    with pytest.raises(NotFound):
        identify(school.office, cookie, KIOSK)


def test_a_kiosk_is_no_siren(school: SchoolAtWork) -> None:
    with pytest.raises(NotFound):
        identify(school.office, enrolled_kiosk(school), SIREN)


def test_a_kiosk_enrolled_by_hand_in_the_database_is_not_believed(school: SchoolAtWork) -> None:
    cookie = enrolled_kiosk(school)
    with school.office.database.work() as work:
        work.session.query(Station).update({"kind": SIREN})
        work.commit()
    with pytest.raises(NotFound):
        identify(school.office, cookie, SIREN)


def test_the_kiosk_opens_only_after_a_test_alarm_was_heard(school: SchoolAtWork) -> None:
    with pytest.raises(KioskClosed):
        require_open(school.office, school.school_id)
    with school.office.database.work() as work:
        raise_alarm(school.office, work.session, school.school_id, None, "test")
        work.commit()
    assert acknowledge_test_alarms(school.office, school.school_id) == 1
    assert require_open(school.office, school.school_id).name == "青山小学"


def test_the_kiosk_stays_closed_for_a_reader_written_straight_into_the_database(school: SchoolAtWork) -> None:
    with school.office.database.work() as work:
        raise_alarm(school.office, work.session, school.school_id, None, "test")
        work.commit()
    acknowledge_test_alarms(school.office, school.school_id)
    with school.office.database.work() as work:
        for person in work.session.query(Person).filter_by(role="counselor"):
            person.public_key = b"\x01" * 1_216
        work.commit()
    with pytest.raises(KioskClosed):
        require_open(school.office, school.school_id)


def test_the_audit_chain_verifies_until_a_row_is_changed(school: SchoolAtWork) -> None:
    with school.office.database.work() as work:
        assert verify(school.office, work.session, school.school_id) >= 4
        work.session.query(AuditRow).filter_by(place=2).update({"act": "nothing.happened"})
        with pytest.raises(NotAuthentic):
            verify(school.office, work.session, school.school_id)


def test_the_audit_chain_misses_a_row_that_was_taken_out(school: SchoolAtWork) -> None:
    with school.office.database.work() as work:
        work.session.query(AuditRow).filter_by(place=2).delete()
        with pytest.raises(NotAuthentic):
            verify(school.office, work.session, school.school_id)

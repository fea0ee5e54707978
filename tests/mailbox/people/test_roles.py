"""Who may do what, held by the acts themselves."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mailbox.alarms.channels import add_channel, remove_channel
from mailbox.alarms.siren import ring_test
from mailbox.errors import NotAllowed, SessionRefused
from mailbox.letters.desk import queue
from mailbox.people.arrivals import accept_invitation, approve, found_school, invite, leave
from mailbox.people.login import log_in, who
from mailbox.people.stations import KIOSK, invite_station, withdraw
from mailbox.rules.roles import COUNSELOR, HEAD, LEAD, TECHNICIAN, Act, may
from mailbox.store.tables import DeskSession
from tests.conftest import PASSPHRASE, SchoolAtWork


def test_the_table_gives_readers_no_devices_and_technicians_no_people() -> None:
    assert not may(COUNSELOR, Act.ENROLL_DEVICE) and not may(COUNSELOR, Act.CHANGE_CHANNELS)
    assert not may(TECHNICIAN, Act.APPROVE) and not may(TECHNICIAN, Act.PUT_OUT)
    assert not any(may("stranger", act) for act in Act)


def test_what_children_are_told_about_help_is_the_leads_to_say_and_every_readers_to_check() -> None:
    assert [role for role in (COUNSELOR, LEAD, HEAD, TECHNICIAN) if may(role, Act.CHANGE_HELP)] == [LEAD]
    assert [role for role in (COUNSELOR, LEAD, HEAD, TECHNICIAN) if may(role, Act.CONFIRM_HELP)] == [COUNSELOR, LEAD]


def test_a_technician_reads_nothing(school: SchoolAtWork) -> None:
    technician = who(school.office, log_in(school.office, "jishu", PASSPHRASE))
    with pytest.raises(NotAllowed):
        queue(school.office, technician)


def test_a_technician_invites_a_counselor_only_while_there_is_none(school: SchoolAtWork) -> None:
    with pytest.raises(NotAllowed):
        invite(school.office, school.school_id, school.technician_id, COUNSELOR, "何老师")


def test_a_counselor_enrols_no_device_and_changes_no_channel(school: SchoolAtWork) -> None:
    office, school_id, counselor_id = school.office, school.school_id, school.counselor.person_id
    with pytest.raises(NotAllowed):
        invite_station(office, school_id, counselor_id, KIOSK, "三年级教室")
    with pytest.raises(NotAllowed):
        add_channel(office, school_id, counselor_id, "手机", "json://127.0.0.1:9/")
    with pytest.raises(NotAllowed):
        remove_channel(office, school_id, counselor_id, "0" * 32)


def test_a_waiting_colleague_does_nothing_yet(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    person_id, login = second_counselor()
    waiting = who(school.office, log_in(school.office, login, PASSPHRASE))
    with pytest.raises(NotAllowed):
        queue(school.office, waiting)
    with pytest.raises(NotAllowed):
        approve(school.office, school.school_id, person_id, person_id)
    with pytest.raises(NotAllowed):
        invite(school.office, school.school_id, person_id, COUNSELOR, "周老师")


def test_a_person_of_another_school_does_nothing_here(school: SchoolAtWork) -> None:
    other_id, token = found_school(school.office, "别的学校", 4, 15)
    stranger = accept_invitation(school.office, token, "bieren", PASSPHRASE).person_id
    with pytest.raises(NotAllowed):
        invite_station(school.office, school.school_id, stranger, KIOSK, "三年级教室")
    with pytest.raises(NotAllowed):
        withdraw(school.office, school.school_id, stranger, "0" * 32)
    with pytest.raises(NotAllowed):
        ring_test(school.office, school.school_id, stranger)
    ring_test(school.office, other_id, stranger)


def test_who_leaves_is_out_at_once(school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]) -> None:
    person_id, login = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    cookie = log_in(school.office, login, PASSPHRASE)
    who(school.office, cookie)
    leave(school.office, school.school_id, school.counselor.person_id, person_id)
    with pytest.raises(SessionRefused):
        who(school.office, cookie)


def test_a_session_written_straight_into_the_database_is_not_believed(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    person_id, login = second_counselor()
    cookie = log_in(school.office, login, PASSPHRASE)
    with school.office.database.work() as work:
        work.session.query(DeskSession).filter_by(person_id=person_id).update(
            {DeskSession.person_id: school.counselor.person_id}
        )
        work.commit()
    with pytest.raises(SessionRefused):
        who(school.office, cookie)

"""Two devices that open one enrolment link in the same moment: one is enrolled, the other one knows that it is not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from mailbox.errors import NotFound
from mailbox.people.stations import KIOSK, enroll, identify, invite_station
from tests.conftest import SchoolAtWork

AT_ONCE = 4
ROUNDS = 5


def test_one_link_enrols_one_device_also_when_several_take_it_at_once(school: SchoolAtWork) -> None:
    for number in range(ROUNDS):
        token = invite_station(school.office, school.school_id, school.technician_id, KIOSK, f"图书角{number}")
        together = Barrier(AT_ONCE)

        def take(_device: int, token: str = token, together: Barrier = together) -> str | None:
            together.wait()
            try:
                return enroll(school.office, token)[1]
            except NotFound:
                return None

        with ThreadPoolExecutor(AT_ONCE) as devices:
            cookies = [cookie for cookie in devices.map(take, range(AT_ONCE)) if cookie]
        assert len(cookies) == 1
        assert identify(school.office, cookies[0], KIOSK).state == "enrolled"

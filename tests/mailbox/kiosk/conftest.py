"""An enrolled tablet of a school whose kiosk is open.

The pages know no database, so most of their tests run on SQLite alone; ``on_both_databases`` asks for PostgreSQL too.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from mailbox.alarms.outbox import raise_alarm
from mailbox.people.stations import KIOSK, acknowledge_test_alarms, invite_station
from tests.conftest import SchoolAtWork
from tests.mailbox.kiosk.classroom import Classroom
from tests.mailbox.kiosk.tablet import Tablet
from tests.support.browser import Visitors
from tests.support.fixtures import database_of_kind
from tests.support.pages import pages_of
from tests.support.served import ServedApp
from tests.support.staffed import StaffedSchool


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return database_of_kind(database_kind, request, tmp_path)


@pytest.fixture
def open_school(school: SchoolAtWork) -> SchoolAtWork:
    with school.office.database.work() as work:
        raise_alarm(school.office, work.session, school.school_id, None, "test")
        work.commit()
    acknowledge_test_alarms(school.office, school.school_id)
    return school


@pytest.fixture
def tablet(open_school: SchoolAtWork) -> Tablet:
    school = open_school
    link = "/enroll/" + invite_station(school.office, school.school_id, school.technician_id, KIOSK, "三年级教室")
    tablet = Tablet(pages_of(school.office).test_client(), school)
    assert tablet.post(link).status_code == 200
    return tablet


@pytest.fixture
def complaints() -> list[str]:
    """What the browser called an error."""
    return []


@pytest.fixture
def classroom(
    shared_program: ServedApp, staffed_school: StaffedSchool, visitors: Visitors, complaints: list[str]
) -> Classroom:
    """A school of this test's own, with tablets in real browsers."""
    return Classroom(shared_program.url, staffed_school, visitors, complaints)

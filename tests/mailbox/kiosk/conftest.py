"""An enrolled tablet of a school whose kiosk is open.

The pages know no database, so most of their tests run on SQLite alone; ``on_both_databases`` asks for PostgreSQL too.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app import create_app
from mailbox.alarms.outbox import raise_alarm
from mailbox.people.stations import KIOSK, acknowledge_test_alarms, invite_station
from mailbox.store.migrations import migrate
from tests.conftest import SchoolAtWork
from tests.mailbox.kiosk.classroom import Classroom
from tests.mailbox.kiosk.tablet import Tablet
from tests.support.browser import Visitors
from tests.support.served import ServedApp
from tests.support.staffed import StaffedSchool, staff


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if database_kind == "sqlite":
        path = tmp_path / "mailbox.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    address: str = request.getfixturevalue("empty_database_url")
    migrate(address)
    return address


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
    tablet = Tablet(create_app(school.office).test_client(), school)
    assert tablet.post(link).status_code == 200
    return tablet


@pytest.fixture
def complaints() -> list[str]:
    """What the browser called an error."""
    return []


@pytest.fixture
def classroom(served_app: Callable[..., ServedApp], visitors: Visitors, complaints: list[str]) -> Classroom:
    """A school of this test's own."""
    served = served_app(web_workers=2)
    served.flask("init")
    school = staff(served)
    served.start()
    return Classroom(served.url, school, visitors, complaints)


@pytest.fixture(scope="module")
def lasting_school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, StaffedSchool]]:
    """One served school for all tests of a module, because a start takes seconds."""
    served = ServedApp(tmp_path_factory.mktemp("school") / "served", {"web_workers": 1})
    served.flask("init")
    school = staff(served)
    served.start()
    yield served.url, school
    served.stop()


@pytest.fixture
def lasting_classroom(
    lasting_school: tuple[str, StaffedSchool], visitors: Visitors, complaints: list[str]
) -> Classroom:
    """For tests of what a page does by itself."""
    return Classroom(*lasting_school, visitors, complaints)

"""Real parts for the tests: SQLite and PostgreSQL, a clock that stands still, a school with one counselor."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from mailbox.config import Settings
from mailbox.office import Office
from mailbox.people.arrivals import accept_invitation, found_school, invite
from mailbox.people.login import Colleague, log_in, who
from mailbox.sealing.key_file import KeyFile
from mailbox.store.database import Database
from mailbox.store.migrations import migrate
from tests.support.postgres import running_cluster
from triage.protocol import Assessment, Topic, Urgency

PASSPHRASE = "苹果树下的第三只猫在打鼾"


class FixedClock:
    """A clock that moves only when told to."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


@dataclass
class SchoolAtWork:
    """A founded school with an office, a technician's invitation used, and one counselor logged in."""

    office: Office
    clock: FixedClock
    school_id: str
    counselor: Colleague
    slips: tuple[list[str], list[str]]


@pytest.fixture
def clock() -> FixedClock:
    # Monday, 2026-03-02, 10:00 in Shanghai.
    return FixedClock(datetime(2026, 3, 2, 2, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_address() -> Iterator[str]:
    with running_cluster() as address:
        migrate_fresh(address, "template_mailbox")
        yield address


def migrate_fresh(address: str, name: str) -> None:
    with psycopg.connect(address.replace("+psycopg", "") + "/postgres", autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
    migrate(f"{address}/{name}")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        path = tmp_path / "mailbox.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    address = request.getfixturevalue("postgres_address")
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(address.replace("+psycopg", "") + "/postgres", autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE template_mailbox')
    return f"{address}/{name}"


def assess_by_mark(text: str) -> Assessment:
    """Read the level a test wrote into its note, so that these tests need no model."""
    level = Urgency.URGENT if "【紧急】" in text else Urgency.SOON if "【尽快】" in text else Urgency.ROUTINE
    return Assessment(level, None, (Topic.OTHER,), (), "说得很明白", {})


@pytest.fixture
def office(database_url: str, tmp_path: Path, clock: FixedClock) -> Iterator[Office]:
    settings = Settings(
        data_dir=tmp_path, database_url=database_url, key_file=tmp_path / "mailbox.key", model_dir=tmp_path
    )
    database = Database(database_url)
    yield Office(settings, database, KeyFile.create(settings.key_file), assess_by_mark, clock)
    database.close()


@pytest.fixture
def school(office: Office, clock: FixedClock) -> SchoolAtWork:
    school_id, technician_token = found_school(office, "青山小学", opening_weekday=4, opening_hour=15)
    technician = accept_invitation(office, technician_token, "jishu", PASSPHRASE)
    token = invite(office, school_id, technician.person_id, "counselor", "林老师")
    arrival = accept_invitation(office, token, "lin", PASSPHRASE)
    assert arrival.slips is not None
    return SchoolAtWork(office, clock, school_id, who(office, log_in(office, "lin", PASSPHRASE)), arrival.slips)


@pytest.fixture
def second_counselor(school: SchoolAtWork) -> Callable[[], tuple[str, str]]:
    """Invite 何老师; return the person id and the login name. They still wait for approval."""

    def bring() -> tuple[str, str]:
        token = invite(school.office, school.school_id, school.counselor.person_id, "counselor", "何老师")
        return accept_invitation(school.office, token, "he", PASSPHRASE).person_id, "he"

    return bring

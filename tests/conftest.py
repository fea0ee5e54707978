"""A school with one counselor for the tests. The parts around it (databases, browser, mail) are in tests/support."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest

from mailbox.config import Settings
from mailbox.office import Office
from mailbox.people.arrivals import accept_invitation, found_school, invite
from mailbox.people.login import Colleague, log_in, who
from mailbox.sealing import passphrase, receipt
from mailbox.sealing.key_file import KeyFile
from mailbox.sealing.passphrase import Argon2Cost
from mailbox.store.database import Database
from mailbox.store.tables import new_id
from tests.support.clock import FixedClock
from tests.support.remembered import Remembered
from tests.support.served import ServedApp
from tests.support.staffed import StaffedSchool, staff
from triage.adjust import Adjustment
from triage.protocol import Assessment, Topic, Urgency

pytest_plugins = ["tests.support.fixtures"]

# The same examples each time, for as long as they take: a busy machine is no fault of ours. `make fuzz` tries new ones.
hypothesis.settings.register_profile(
    "steady",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("steady")

# What a form sent once carries; a form of its own is only needed where replies meet.
NONCE = b"one form of ours"
PASSPHRASE = "苹果树下的第三只猫在打鼾"


# What a passphrase costs is proven in tests/mailbox/sealing and paid by every served program of the stories; hundreds
# of schools made by the acts need not pay it again.
LOW_COST = Argon2Cost(memory_kib=64, passes=1)


@pytest.fixture
def real_passphrase_cost() -> None:
    """Asked for by tests that compare what two logins cost."""


@pytest.fixture
def real_code_cost() -> None:
    """Asked for by tests that read what another program has sealed with a code."""


@pytest.fixture(autouse=True)
def passphrases_cost_little(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "sealing" not in request.path.parts and "real_passphrase_cost" not in request.fixturenames:
        monkeypatch.setattr(passphrase, "DEFAULT_COST", LOW_COST)


@pytest.fixture(autouse=True)
def codes_cost_little(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a code costs is proven in tests/mailbox/sealing, and paid wherever a served program reads the same rows."""
    served = {"served_app", "shared_program", "real_code_cost"} & set(request.fixturenames)
    if "sealing" not in request.path.parts and not served:
        monkeypatch.setattr(receipt, "_MEMORY_KIB", LOW_COST.memory_kib)


@dataclass
class SchoolAtWork:
    """A founded school with an office, a technician's invitation used, and one counselor logged in."""

    office: Office
    clock: FixedClock
    school_id: str
    technician_id: str
    counselor: Colleague
    slips: tuple[list[str], list[str]]


def assess_by_mark(text: str, _adjustment: Adjustment | None = None) -> Assessment:
    """Read the level a test wrote into its note, so that these tests need no model."""
    level = Urgency.URGENT if "【紧急】" in text else Urgency.SOON if "【尽快】" in text else Urgency.ROUTINE
    return Assessment(level, None, (Topic.OTHER,), (), "说得很明白", {})


@pytest.fixture(scope="session")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, KeyFile]:
    """One key file for all installations of the run, so that a school remembered from one opens in the next."""
    path = tmp_path_factory.mktemp("keys") / "mailbox.key"
    return path, KeyFile.create(path)


@pytest.fixture
def office(database_url: str, tmp_path: Path, clock: FixedClock, key_file: tuple[Path, KeyFile]) -> Iterator[Office]:
    path, keys = key_file
    # Its mode comes along: it is private.
    shutil.copy(path, tmp_path / path.name)
    settings = Settings(data_dir=tmp_path, database_url=database_url, key_file=tmp_path / path.name, model_dir=tmp_path)
    database = Database(database_url)
    yield Office(settings, database, keys, assess_by_mark, clock)
    database.close()


@pytest.fixture(scope="session")
def founded() -> Remembered[tuple[str, str, Colleague, tuple[list[str], list[str]]]]:
    """Schools as they were founded, by moment and by the cost of a passphrase."""
    return Remembered()


@pytest.fixture
def school(
    office: Office, clock: FixedClock, founded: Remembered[tuple[str, str, Colleague, tuple[list[str], list[str]]]]
) -> SchoolAtWork:
    def found() -> tuple[str, str, Colleague, tuple[list[str], list[str]]]:
        school_id, technician_token = found_school(office, "青山小学", opening_weekday=4, opening_hour=15)
        technician = accept_invitation(office, technician_token, "jishu", PASSPHRASE)
        token = invite(office, school_id, technician.person_id, "counselor", "林老师")
        arrival = accept_invitation(office, token, "lin", PASSPHRASE)
        assert arrival.slips is not None
        return school_id, technician.person_id, who(office, log_in(office, "lin", PASSPHRASE)), arrival.slips

    return SchoolAtWork(office, clock, *founded.once((clock.now, passphrase.DEFAULT_COST), office.database, found))


@pytest.fixture
def staffed_school(shared_program: ServedApp) -> Iterator[StaffedSchool]:
    """A school of this test's own in the program that several tests share."""
    school = staff(shared_program, mark=f"-{new_id()[:8]}")
    yield school
    school.office.database.close()


@pytest.fixture
def second_counselor(school: SchoolAtWork) -> Callable[[], tuple[str, str]]:
    """Invite 何老师; return the person id and the login name. They still wait for approval."""

    def bring() -> tuple[str, str]:
        token = invite(school.office, school.school_id, school.counselor.person_id, "counselor", "何老师")
        return accept_invitation(school.office, token, "he", PASSPHRASE).person_id, "he"

    return bring

"""Fixtures around the program: databases, a browser, mail, a web hook, the served program. Knows no act and no page.

A part that is missing on the machine fails the test with the sentence that says what to install; nothing is skipped.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser

from mailbox.store.migrations import migrate
from tests.support.browser import Visitors, running_browser
from tests.support.clock import FixedClock
from tests.support.postgres import running_cluster
from tests.support.served import ServedApp
from tests.support.smtp import SmtpServer, running_smtp_server
from tests.support.web_hook import WebHook, running_web_hook

_TEMPLATE = "template_mailbox"
_failed = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[_failed] = report.failed
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark by what a test asks for, so that ``pytest -m 'not browser'`` needs no marks by hand.

    The long stories come first: where several tests run at once, none of them is left alone at the end.
    """
    items.sort(key=lambda item: "stories" not in item.path.parts)
    for item in items:
        names = getattr(item, "fixturenames", ())
        if "browser" in names:
            item.add_marker(pytest.mark.browser)
        if "postgres_address" in names or "[postgresql" in item.name:
            item.add_marker(pytest.mark.postgres)


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
    """``postgresql+psycopg://…@127.0.0.1:PORT`` of a cluster that holds a migrated template."""
    with running_cluster() as address:
        _create_database(address, f'"{_TEMPLATE}"')
        migrate(f"{address}/{_TEMPLATE}")
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh migrated database; a test that asks for it runs once on each kind."""
    if request.param == "sqlite":
        path = tmp_path / "mailbox.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
    address: str = request.getfixturevalue("postgres_address")
    name = f"test_{uuid.uuid4().hex}"
    _create_database(address, f'"{name}" TEMPLATE "{_TEMPLATE}"')
    return f"{address}/{name}"


@pytest.fixture
def empty_database_url(postgres_address: str) -> str:
    """A PostgreSQL database without any table, for whoever migrates it."""
    name = f"empty_{uuid.uuid4().hex}"
    _create_database(postgres_address, f'"{name}"')
    return f"{postgres_address}/{name}"


def _create_database(address: str, what: str) -> None:
    with psycopg.connect(address.replace("+psycopg", "") + "/postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {what}".encode())


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with running_browser() as browser:
        yield browser


@pytest.fixture
def visitors(browser: Browser, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Visitors]:
    """``visitors.visit(viewport, …)`` opens a page for one more person; a page that loads from outside fails."""
    people = Visitors(browser, tmp_path)
    yield people
    if request.node.stash.get(_failed, False):
        people.keep_pictures()
    people.leave()
    assert people.wrongs == []


@pytest.fixture
def smtp_server() -> Iterator[SmtpServer]:
    with running_smtp_server() as server:
        yield server


@pytest.fixture
def web_hook() -> Iterator[WebHook]:
    with running_web_hook() as hook:
        yield hook


@pytest.fixture
def served_app(tmp_path: Path) -> Iterator[Callable[..., ServedApp]]:
    """``served_app(database_url=…, web_workers=1)`` prepares an installation; ``flask("init")``, then ``start()``."""
    prepared: list[ServedApp] = []

    def prepare(environment: dict[str, str] | None = None, **settings: object) -> ServedApp:
        prepared.append(ServedApp(tmp_path / f"served-{len(prepared)}", settings, environment))
        return prepared[-1]

    yield prepare
    for app in prepared:
        app.stop()

"""Fixtures around the program: databases, a browser, mail, a web hook, the served program. Knows no act and no page.

A part that is missing on the machine fails the test with the sentence that says what to install; nothing is skipped.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Generator, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from mailbox.store.migrations import migrate
from tests.support.browser import Visitors, running_browser
from tests.support.cleared import ClearedDatabase, create_database
from tests.support.clock import FixedClock
from tests.support.postgres import running_cluster
from tests.support.served import ServedApp
from tests.support.smtp import SmtpServer, running_smtp_server
from tests.support.web_hook import WebHook, running_web_hook

_TEMPLATE = "template_mailbox"
_failed = pytest.StashKey[bool]()
_shared = pytest.StashKey[ServedApp]()
_wrong_lines = pytest.StashKey[list[str]]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.when == "call":
        item.stash[_failed] = report.failed
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark by what a test asks for, so that ``pytest -m 'not browser'`` needs no marks by hand.

    The long stories come first: where several tests run at once, none of them is left alone at the end. A walk in a
    browser that failed is walked once more, and the summary names it: docs/decisions/0033-a-second-walk.md. What the
    served program's log complained of in the first walk fails the second one too.
    """
    items.sort(key=lambda item: "stories" not in item.path.parts)
    for item in items:
        names = getattr(item, "fixturenames", ())
        if "browser" in names:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.flaky(reruns=1))
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
        migrate(create_database(address, _TEMPLATE))
        yield address


@pytest.fixture(scope="session")
def cleared_postgres(postgres_address: str) -> ClearedDatabase:
    """Lends a migrated PostgreSQL database without rows to one test after the other."""
    return ClearedDatabase(postgres_address, _TEMPLATE)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A migrated database without rows; a test that asks for it runs once on each kind."""
    return database_of_kind(request.param, request, tmp_path)


def database_of_kind(kind: str, request: pytest.FixtureRequest, folder: Path) -> str:
    """Return the address of a migrated database without rows: ``sqlite`` in ``folder``, or ``postgresql``."""
    if kind == "postgresql":
        cleared: ClearedDatabase = request.getfixturevalue("cleared_postgres")
        return cleared.lend()
    path = folder / "mailbox.db"
    shutil.copy(request.getfixturevalue("sqlite_template"), path)
    return f"sqlite:///{path}"


@pytest.fixture
def empty_database_url(postgres_address: str) -> str:
    """A PostgreSQL database without any table, for whoever migrates it."""
    return create_database(postgres_address, f"empty_{uuid.uuid4().hex}")


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


def require_clean_logs(test: pytest.Item, programs: Iterable[ServedApp]) -> None:
    """Fail a test on a line that should not be there, also when an earlier walk of it brought the line about."""
    seen = test.stash.setdefault(_wrong_lines, [])
    seen += [line for program in programs for line in program.new_wrong_lines()]
    assert seen == []


@pytest.fixture
def served_app(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[..., ServedApp]]:
    """``served_app(database_url=…, web_workers=1)`` prepares an installation; ``flask("init")``, then ``start()``."""
    prepared: list[ServedApp] = []

    def prepare(environment: dict[str, str] | None = None, **settings: object) -> ServedApp:
        prepared.append(ServedApp(tmp_path / f"served-{len(prepared)}", settings, environment))
        return prepared[-1]

    yield prepare
    for app in prepared:
        app.stop()
    require_clean_logs(request.node, prepared)


@pytest.fixture
def made_app(served_app: Callable[..., ServedApp], sqlite_template: Path) -> Callable[..., ServedApp]:
    """``made_app(web_workers=1)`` is ``served_app`` on SQLite, as if ``flask init`` had been run."""

    def make(**wishes: Any) -> ServedApp:
        app = served_app(**wishes)
        app.make_of(sqlite_template)
        return app

    return make


@pytest.fixture(scope="session")
def shared_program(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[ServedApp]:
    """One served program of two workers for all tests that do nothing to it; each brings a school of its own."""
    app = ServedApp(tmp_path_factory.mktemp("shared") / "served", {"web_workers": 2})
    app.make_of(sqlite_template)
    app.start()
    pytestconfig.stash[_shared] = app
    yield app
    app.stop()
    assert app.new_wrong_lines() == []


@pytest.fixture(autouse=True)
def log_of_the_shared_program(pytestconfig: pytest.Config, request: pytest.FixtureRequest) -> Iterator[None]:
    """A line in the shared program's log that should not be there fails the test that brought it about."""
    yield
    if _shared in pytestconfig.stash:
        require_clean_logs(request.node, [pytestconfig.stash[_shared]])

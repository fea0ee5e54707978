"""``flask tls`` as a technician types it, and the served program: HTTPS, renewal while it runs, refusals in words."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.client import HTTPSConnection

import pytest

from mailbox.upkeep.tls.keeping import Folder, look_up, renew
from tests.support.served import ServedApp
from tests.support.tls import asked, made, shown_serial, trusting

EVERYWHERE = "0.0.0.0"  # noqa: S104 - a setting under test.
MakeApp = Callable[..., ServedApp]


@pytest.fixture
def app(served_app: MakeApp) -> ServedApp:
    return served_app(web_workers=2)


def settings_of(app: ServedApp) -> str:
    return (app.folder / "empty.toml").read_text()


def refusal(app: ServedApp, *words: str) -> str:
    with pytest.raises(RuntimeError) as refused:
        app.flask(*words)
    said = str(refused.value)
    assert "Traceback" not in said
    return said


def test_one_command_makes_the_certificates_says_where_and_serves_the_network_from_the_next_start(
    app: ServedApp,
) -> None:
    said = app.flask("tls", "init", "--name", "box.school.cn", "--address", "127.0.0.1")
    kept = look_up(Folder.of(app.data_dir))
    assert kept.authority.fingerprint in said
    assert f"http://box.school.cn:{app.port}/certificate" in said
    assert settings_of(app) == f'listen_host = "{EVERYWHERE}"\n'
    assert app.settings().is_on_network


def test_a_second_time_changes_neither_the_root_nor_the_settings(app: ServedApp) -> None:
    app.flask("tls", "init", "--address", "127.0.0.1")
    before = look_up(Folder.of(app.data_dir)), settings_of(app)
    app.flask("tls", "init")
    after = look_up(Folder.of(app.data_dir)), settings_of(app)
    assert [kept.authority.der for kept in (before[0], after[0])] == [before[0].authority.der] * 2
    assert after[1] == before[1]
    assert "--again" in refusal(app, "tls", "init", "--address", "192.168.1.20")
    app.flask("tls", "init", "--again", "--address", "192.168.1.20")
    assert look_up(Folder.of(app.data_dir)).authority.der != before[0].authority.der


def test_what_the_settings_say_already_stays(app: ServedApp) -> None:
    decided = 'listen_host = "127.0.0.1"'
    (app.folder / "empty.toml").write_text(decided)
    assert "write into" in app.flask("tls", "init", "--address", "127.0.0.1")
    assert settings_of(app) == decided


def test_a_last_line_without_an_end_is_not_swallowed(app: ServedApp) -> None:
    (app.folder / "empty.toml").write_text("claim_minutes = 20")
    app.flask("tls", "init", "--address", "127.0.0.1")
    assert (app.settings().claim_minutes, app.settings().listen_host) == (20, EVERYWHERE)


def test_certificates_alone_leave_the_settings_as_they_are(app: ServedApp) -> None:
    app.flask("tls", "init", "--keep-settings", "--address", "127.0.0.1")
    assert settings_of(app) == ""


def test_the_state_is_an_error_for_whoever_watches_when_something_is_wrong(app: ServedApp) -> None:
    assert "flask tls init" in refusal(app, "tls", "status")
    made(app.data_dir, at=datetime.now(UTC) - timedelta(days=420))
    assert "flask tls renew" in refusal(app, "tls", "status")
    app.flask("tls", "renew")
    assert "good until" in app.flask("tls", "status")


def test_a_wrong_name_or_address_is_one_sentence(app: ServedApp) -> None:
    for option, wrong in (("--name", "信箱"), ("--address", "192.168.1.300")):
        assert len(refusal(app, "tls", "init", option, wrong).splitlines()) == 2
    assert not app.data_dir.joinpath("tls").exists()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"listen_host": EVERYWHERE}, "flask tls init"),
        ({"listen_host": "203.0.113.77", "plain_http_on_network": True}, "no address of this PC"),
    ],
)
def test_a_start_that_cannot_be_is_refused_in_one_sentence(
    made_app: MakeApp, settings: dict[str, object], said: str
) -> None:
    app = made_app(**settings)
    assert said in refusal(app, "serve")


def test_a_port_that_is_taken_is_named_and_nothing_is_printed_before(app: ServedApp) -> None:
    app.flask("init")
    with socket.create_server(("127.0.0.1", app.port)):
        said = refusal(app, "serve")
    assert "listen_port" in said and "the mailbox is at" not in said


def test_the_network_is_served_by_https_and_the_certificate_renews_while_somebody_writes(made_app: MakeApp) -> None:
    app = made_app(listen_host=EVERYWHERE, web_workers=2)
    # Made more than a year ago, renewed since; the first one is good for a few days more.
    first = made(app.data_dir, at=datetime.now(UTC) - timedelta(days=390))
    folder, trust = Folder.of(app.data_dir), trusting(first.authority.der)
    ended_soon = folder.server.read_bytes()
    renewed = renew(folder, datetime.now(UTC)).server.certificate.serial_number
    app.start()
    log = app.log()
    assert f"https://127.0.0.1:{app.port}" in log and f"http://127.0.0.1:{app.port}/setup/" in log
    assert shown_serial(app.port, trust) == renewed
    staying = HTTPSConnection("127.0.0.1", app.port, timeout=20, context=trust)
    staying.connect()
    folder.server.write_bytes(ended_soon)
    old = first.server.certificate.serial_number
    deadline = time.monotonic() + 90
    while (shown := shown_serial(app.port, trust)) in {old, renewed} and time.monotonic() < deadline:
        time.sleep(0.2)
    assert shown not in {old, renewed}
    staying.request("GET", "/certificate")
    assert staying.getresponse().status == 200
    staying.close()
    status, root, _ = asked(app.port, trust, "/certificate/school-root.crt")
    assert (status, root) == (200, first.authority.der)


def test_a_start_with_an_ended_certificate_renews_it_first_and_with_an_ended_root_it_warns(
    made_app: MakeApp,
) -> None:
    app = made_app(listen_host=EVERYWHERE, web_workers=1)
    root = made(app.data_dir, at=datetime.now(UTC) - timedelta(days=420)).authority
    app.start()
    assert asked(app.port, trusting(root.der), "/certificate")[0] == 200
    app.stop()
    made(app.data_dir / "old", at=datetime.now(UTC) - timedelta(days=4_000))
    for path in (app.data_dir / "old" / "tls").iterdir():
        path.replace(Folder.of(app.data_dir).path / path.name)
    app.start()
    assert "warning" in app.log()
    app.stop()

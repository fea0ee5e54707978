"""``flask tls`` as a technician types it, and the served program: HTTPS, renewal while it runs, refusals in words."""

from __future__ import annotations

import shutil
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.client import HTTPSConnection
from pathlib import Path

import pytest

from mailbox.sealing.key_file import KeyFile
from mailbox.upkeep.tls.keeping import Folder, look_up, renew
from tests.support.console import Console
from tests.support.served import ServedApp
from tests.support.tls import asked, made, shown_serial, trusting

EVERYWHERE = "0.0.0.0"  # noqa: S104 - a setting under test.
MakeApp = Callable[..., ServedApp]


@pytest.fixture
def console(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Console:
    return Console(tmp_path, monkeypatch.setenv)


def certificates(console: Console) -> Folder:
    return Folder.of(console.settings.data_dir)


def settings_of(console: Console) -> str:
    return (console.folder / "mailbox.toml").read_text()


def refusal(app: ServedApp, *words: str) -> str:
    with pytest.raises(RuntimeError) as refused:
        app.flask(*words)
    said = str(refused.value)
    assert "Traceback" not in said
    return said


def test_one_command_makes_the_certificates_says_where_and_serves_the_network_from_the_next_start(
    console: Console,
) -> None:
    said = console.said("tls", "init", "--name", "box.school.cn", "--address", "127.0.0.1")
    assert look_up(certificates(console)).authority.fingerprint in said
    assert f"http://box.school.cn:{console.settings.listen_port}/certificate" in said
    assert settings_of(console) == f'listen_host = "{EVERYWHERE}"\n'
    assert console.settings.is_on_network


def test_a_second_time_changes_neither_the_root_nor_the_settings(console: Console) -> None:
    console.said("tls", "init", "--address", "127.0.0.1")
    before = look_up(certificates(console)), settings_of(console)
    console.said("tls", "init")
    after = look_up(certificates(console)), settings_of(console)
    assert [kept.authority.der for kept in (before[0], after[0])] == [before[0].authority.der] * 2
    assert after[1] == before[1]
    assert "--again" in console.refusal("tls", "init", "--address", "192.168.1.20")
    console.said("tls", "init", "--again", "--address", "192.168.1.20")
    assert look_up(certificates(console)).authority.der != before[0].authority.der


def test_what_the_settings_say_already_stays(console: Console) -> None:
    decided = 'listen_host = "127.0.0.1"'
    (console.folder / "mailbox.toml").write_text(decided)
    assert "write into" in console.said("tls", "init", "--address", "127.0.0.1")
    assert settings_of(console) == decided


def test_a_last_line_without_an_end_is_not_swallowed(console: Console) -> None:
    (console.folder / "mailbox.toml").write_text("claim_minutes = 20")
    console.said("tls", "init", "--address", "127.0.0.1")
    assert (console.settings.claim_minutes, console.settings.listen_host) == (20, EVERYWHERE)


def test_certificates_alone_leave_the_settings_as_they_are(console: Console) -> None:
    console.said("tls", "init", "--keep-settings", "--address", "127.0.0.1")
    assert settings_of(console) == ""


def test_the_state_is_an_error_for_whoever_watches_when_something_is_wrong(console: Console) -> None:
    assert "flask tls init" in console.refusal("tls", "status")
    made(console.settings.data_dir, at=datetime.now(UTC) - timedelta(days=420))
    assert "flask tls renew" in console.refusal("tls", "status")
    console.said("tls", "renew")
    assert "good until" in console.said("tls", "status")


def test_a_wrong_name_or_address_is_one_sentence(console: Console) -> None:
    for option, wrong in (("--name", "信箱"), ("--address", "192.168.1.300")):
        assert len(console.refusal("tls", "init", option, wrong).splitlines()) == 1
    assert not certificates(console).path.exists()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"listen_host": EVERYWHERE}, "flask tls init"),
        ({"listen_host": "203.0.113.77", "plain_http_on_network": True}, "no address of this PC"),
    ],
)
def test_a_start_that_cannot_be_is_refused_in_one_sentence(
    console: Console, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, object], said: str
) -> None:
    data_dir = console.settings.data_dir
    data_dir.mkdir(mode=0o700)
    KeyFile.create(console.settings.key_file)
    shutil.copy(sqlite_template, data_dir / "mailbox.db")
    for name, value in settings.items():
        monkeypatch.setenv(f"QIAOQIAOHUA_{name.upper()}", str(value))
    assert said in console.refusal("serve")


def test_a_port_that_is_taken_is_named_and_nothing_is_printed_before(made_app: MakeApp) -> None:
    app = made_app(web_workers=2)
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

"""The doctor: green where all is well, and for each thing that is wrong one finding that says what to do."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from mailbox.alarms.channels import add_channel
from mailbox.letters.post import Letter, post
from mailbox.media import process
from mailbox.office import Office
from mailbox.people.arrivals import approve
from mailbox.upkeep import thorough
from mailbox.upkeep.backup_schedule import back_up
from mailbox.upkeep.doctor import examine
from mailbox.upkeep.findings import Check, Finding, State, is_grave
from mailbox.upkeep.heartbeat import beat
from mailbox.upkeep.thorough import Thorough, last_look, look_through, model_is_whole
from tests.conftest import SchoolAtWork
from tests.support.tls import made as certificates_made

MODEL = Path(__file__).resolve().parents[3] / "models" / "blend-8"


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """What the doctor asks of PostgreSQL is tried in test_restore."""
    path = tmp_path / "mailbox.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def real_decoder() -> None:
    """Asked for by the test in which the decoder is to start."""


@pytest.fixture(autouse=True)
def decoder_starts_by_word(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "real_decoder" not in request.fixturenames:
        monkeypatch.setattr(thorough, "_decodes", lambda _kind: True)


@pytest.fixture
def well(school: SchoolAtWork) -> Office:
    """An installation where everything is as it must be: private folder, worker at work, a backup elsewhere."""
    settings = replace(school.office.settings, model_dir=MODEL)
    settings.data_dir.chmod(0o700)
    # The fixture's file was written today, and its clock stands in spring.
    os.utime(settings.key_file, (0, 0))
    office = replace(school.office, settings=settings)
    beat(office)
    back_up(office)
    return office


def found(office: Office, *given: Thorough | None) -> dict[Check, Finding]:
    (looked,) = given or (look_through(office),)
    return {finding.check: finding for finding in examine(office, looked)}


def only_trouble(office: Office) -> tuple[Check, State, str]:
    (one,) = [each for each in found(office).values() if each.reason not in ("", "same_disk")]
    return one.check, one.state, one.reason


def test_a_school_in_order_is_green(well: Office, school: SchoolAtWork) -> None:
    post(well, Letter(school.school_id, "kiosk", "今天的云像一只鸡", os.urandom(16)))
    every = found(well)
    assert list(every) == list(Check)
    assert {each.check: each.reason for each in every.values() if each.reason} == {Check.BACKUP: "same_disk"}
    assert not is_grave(list(every.values()))


def open_to_others(office: Office) -> None:
    office.settings.key_file.chmod(0o644)


def folder_open_to_others(office: Office) -> None:
    office.settings.data_dir.chmod(0o755)


def worker_silent(office: Office) -> None:
    os.utime(office.settings.data_dir / "worker.sign", (0, 0))


def worker_silent_since_the_clock_ran_ahead(office: Office) -> None:
    ahead = office.clock().timestamp() + 86_400
    os.utime(office.settings.data_dir / "worker.sign", (ahead, ahead))


def clock_behind(office: Office) -> None:
    office.settings.key_file.touch()


def forged_row(office: Office) -> None:
    with office.database.work() as work:
        work.session.execute(text("UPDATE people SET display_name = '别人' WHERE login_name = 'jishu'"))
        work.commit()


def row_that_cannot_be_read(office: Office) -> None:
    with office.database.work() as work:
        work.session.execute(text("UPDATE people SET public_key = NULL, role = 'king' WHERE login_name = 'jishu'"))
        work.commit()


def recovery_gone(office: Office) -> None:
    with office.database.work() as work:
        work.session.execute(text("UPDATE schools SET recovery_public = NULL"))
        work.commit()


def week_key_lost(office: Office) -> None:
    with office.database.work() as work:
        (school_id,) = work.session.scalars(text("SELECT id FROM schools")).all()
        work.session.commit()
    post(office, Letter(school_id, "kiosk", "今天的云像一只鸡", os.urandom(16)))
    with office.database.work() as work:
        work.session.execute(text("DELETE FROM week_key_copies WHERE holder_id <> 'recovery'"))
        work.commit()


def certificate_ended(office: Office) -> None:
    certificates_made(office.settings.data_dir, at=office.clock().replace(year=2024))


@pytest.mark.parametrize(
    ("breaks", "check", "reason"),
    [
        (open_to_others, Check.FILES, "open"),
        (folder_open_to_others, Check.FILES, "open"),
        (worker_silent, Check.WORKER, "silent"),
        (worker_silent_since_the_clock_ran_ahead, Check.WORKER, "silent"),
        (clock_behind, Check.CLOCK, "behind"),
        (forged_row, Check.ROWS, "rows"),
        (row_that_cannot_be_read, Check.ROWS, "rows"),
        (week_key_lost, Check.KEYS, "current_lacks"),
        (certificate_ended, Check.CERTIFICATE, "ended"),
    ],
    ids=lambda given: given.__name__ if callable(given) else "",
)
def test_each_thing_that_is_wrong_is_found_and_nothing_else(
    well: Office, breaks: Callable[[Office], None], check: Check, reason: str
) -> None:
    breaks(well)
    assert only_trouble(well) == (check, State.NOW, reason)


def test_a_lost_recovery_key_is_said_at_the_keys(well: Office) -> None:
    recovery_gone(well)
    assert found(well)[Check.KEYS].reason == "no_recovery"


def test_a_disk_that_fills_is_said_before_it_is_full(well: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    for free, state in ((10**8, State.NOW), (10**9, State.SOON), (10**11, State.GOOD)):
        usage = shutil._ntuple_diskusage(10**12, 10**12, free)
        monkeypatch.setattr(shutil, "disk_usage", lambda _path, usage=usage: usage)
        assert found(well)[Check.DISK].state is state


def test_letters_sent_over_the_network_in_the_clear_are_said(well: Office) -> None:
    plain = replace(well, settings=replace(well.settings, plain_http_on_network=True))
    assert found(plain)[Check.SETTINGS].reason == "plain_http"


def test_a_channel_that_failed_is_named(well: Office, school: SchoolAtWork) -> None:
    add_channel(well, school.school_id, school.technician_id, "门卫室", "json://127.0.0.1:9/")
    assert found(well)[Check.CHANNELS].reason == ""
    with well.database.work() as work:
        work.session.execute(text("UPDATE channels SET problem = 'SendingFailed'"))
        work.commit()
    channels = found(well)[Check.CHANNELS]
    assert (channels.reason, channels.told) == ("failed", {"names": "门卫室"})


def test_a_newcomer_who_cannot_see_earlier_weeks_is_named(
    well: Office, school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    post(well, Letter(school.school_id, "kiosk", "今天的云像一只鸡", os.urandom(16)))
    approve(well, school.school_id, school.counselor.person_id, second_counselor()[0])
    keys = found(well)[Check.KEYS]
    assert (keys.state, keys.reason, keys.told) == (State.SOON, "not_shared", {"names": "何老师"})


def test_a_changed_model_and_a_decoder_that_does_not_start_are_said(
    well: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, real_decoder: None
) -> None:
    assert found(well)[Check.MEDIA].reason == ""
    shutil.copytree(MODEL, tmp_path / "model")
    (tmp_path / "model" / "parameters.json").write_text("{}")
    broken = replace(well, settings=replace(well.settings, model_dir=tmp_path / "model"))
    monkeypatch.setattr(process, "_START", "raise SystemExit(1)")
    every = found(broken)
    assert (every[Check.MODEL].reason, every[Check.MEDIA].reason) == ("broken", "broken")


@pytest.mark.parametrize("file", ["weights.npz", "network.npz", "held_out.npz"])
def test_every_changed_file_of_the_model_is_noticed(tmp_path: Path, file: str) -> None:
    shutil.copytree(MODEL, tmp_path / "model")
    assert model_is_whole(tmp_path / "model")
    with (tmp_path / "model" / file).open("ab") as opened:
        opened.write(b"0")
    assert not model_is_whole(tmp_path / "model")


def test_a_backup_that_failed_or_is_old_is_said(well: Office, school: SchoolAtWork, tmp_path: Path) -> None:
    school.clock.advance(days=3)
    assert found(well)[Check.BACKUP].reason == "too_old"
    with pytest.raises(Exception, match="no_folder"):
        back_up(well, tmp_path / "no-stick")
    backup = found(well)[Check.BACKUP]
    assert (backup.state, backup.reason, backup.told["reason"]) == (State.NOW, "failed", "no_folder")


def test_a_database_file_with_a_hole_is_found_by_the_thorough_look(well: Office) -> None:
    file = well.settings.data_dir / "mailbox.db"
    with well.database.view() as view:
        root = view.session.scalar(text("SELECT rootpage FROM sqlite_master WHERE name = 'people'"))
        size = view.session.scalar(text("PRAGMA page_size"))
    well.database.close()
    with file.open("r+b") as opened:
        opened.seek((int(root) - 1) * int(size))
        opened.write(os.urandom(int(size)))
    assert look_through(well).complaint


def test_what_the_last_thorough_look_found_is_kept_for_the_page(well: Office) -> None:
    forged_row(well)
    assert found(well, last_look(well.settings))[Check.ROWS].reason == "not_yet"
    look_through(well)
    rows = found(well, last_look(well.settings))[Check.ROWS]
    assert (rows.reason, rows.told) == ("rows", {"number": 1})


def test_the_doctor_changes_nothing(well: Office) -> None:
    before = {path: path.read_bytes() for path in well.settings.data_dir.rglob("*") if path.suffix in {".key", ".pem"}}
    examine(well, None)
    assert before == {path: path.read_bytes() for path in before}

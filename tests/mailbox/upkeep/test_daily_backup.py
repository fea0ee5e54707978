"""The day's backup: when it is due, how it went, and who is told when it does not go well."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mailbox.alarms.channels import add_channel
from mailbox.alarms.siren import ringing
from mailbox.alarms.worker import deliver_due
from mailbox.config import Settings, load_settings
from mailbox.errors import SettingsRefused, UpkeepRefused
from mailbox.office import Office
from mailbox.sealing.recovery import RecoveryKey
from mailbox.store.marked import set_mark
from mailbox.store.tables import Delivery, School
from mailbox.upkeep.backup import backups_in, own_folder
from mailbox.upkeep.backup_schedule import BackupTrouble, back_up, back_up_if_due, last_result
from mailbox.upkeep.backup_trouble import tell_of_trouble
from mailbox.upkeep.daily import daily_upkeep
from mailbox.upkeep.doctor import look_at_backup
from mailbox.upkeep.findings import State
from mailbox.upkeep.thorough import last_look
from tests.conftest import SchoolAtWork
from tests.support.web_hook import WebHook


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """How a backup reads a database is tried on both kinds beside; when it is due knows none."""
    path = tmp_path / "mailbox.db"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


def with_settings(school: SchoolAtWork, **settings: object) -> Office:
    return replace(school.office, settings=replace(school.office.settings, **settings))  # type: ignore[arg-type]


def trouble(office: Office) -> BackupTrouble:
    return last_result(office.settings).trouble(office.clock())


def test_one_a_day_after_its_hour_and_the_first_at_once(school: SchoolAtWork) -> None:
    # Monday, ten o'clock; backups are due at noon.
    assert back_up_if_due(school.office) is not None
    assert back_up_if_due(school.office) is None
    school.clock.advance(hours=1, minutes=59)
    assert back_up_if_due(school.office) is None
    school.clock.advance(minutes=1)
    assert back_up_if_due(school.office) is not None
    school.clock.advance(hours=23)
    assert back_up_if_due(school.office) is None


def test_a_computer_that_was_off_makes_up_for_it_once(school: SchoolAtWork) -> None:
    back_up_if_due(school.office)
    school.clock.advance(days=3)
    assert [back_up_if_due(school.office) is not None for _ in range(3)] == [True, False, False]


def test_a_failed_one_is_tried_again_in_an_hour_and_said_until_then(school: SchoolAtWork, tmp_path: Path) -> None:
    office = with_settings(school, backup_dir=tmp_path / "stick")
    assert back_up_if_due(office) is None
    assert (last_result(office.settings).reason, trouble(office)) == ("no_folder", BackupTrouble.FAILED)
    (tmp_path / "stick").mkdir()
    assert back_up_if_due(office) is None
    school.clock.advance(hours=1)
    assert back_up_if_due(office) is not None
    assert trouble(office) is BackupTrouble.NONE


def test_new_slips_get_a_backup_of_their_own_without_waiting_for_tomorrow(school: SchoolAtWork) -> None:
    back_up_if_due(school.office)
    with school.office.database.work() as work:
        row = work.session.get_one(School, school.school_id)
        row.recovery_public = RecoveryKey.generate().private_key().public().to_bytes()
        set_mark(row, school.office.marks.mac)
        work.commit()
    assert back_up_if_due(school.office) is not None
    assert back_up_if_due(school.office) is None


def test_before_anybody_has_slips_nothing_is_wrong(office: Office) -> None:
    assert back_up_if_due(office) is None
    assert trouble(office) is BackupTrouble.NONE


def test_a_good_one_older_than_two_days_is_trouble(school: SchoolAtWork) -> None:
    back_up_if_due(school.office)
    school.clock.advance(days=2)
    assert trouble(school.office) is BackupTrouble.NONE
    school.clock.advance(minutes=1)
    assert trouble(school.office) is BackupTrouble.OLD


def test_a_clock_that_was_wrong_for_a_day_keeps_no_backup_from_being_made(school: SchoolAtWork) -> None:
    school.clock.advance(days=365)
    back_up_if_due(school.office)
    school.clock.advance(days=-365)
    assert back_up_if_due(school.office) is not None


def test_a_backup_that_failed_while_the_clock_ran_ahead_is_tried_again_when_it_is_set_right(
    school: SchoolAtWork, tmp_path: Path
) -> None:
    school.clock.advance(days=365)
    assert back_up_if_due(with_settings(school, backup_dir=tmp_path / "no-stick")) is None
    assert trouble(school.office) is BackupTrouble.FAILED
    school.clock.advance(days=-365)
    assert back_up_if_due(school.office) is not None
    assert trouble(school.office) is BackupTrouble.NONE


def test_trouble_is_told_on_the_channels_once_a_day_and_rings_no_siren(
    school: SchoolAtWork, tmp_path: Path, web_hook: WebHook
) -> None:
    add_channel(school.office, school.school_id, school.technician_id, "门卫室", web_hook.apprise_url)
    office = with_settings(school, backup_dir=tmp_path / "no-stick")
    assert not tell_of_trouble(office)
    back_up_if_due(office)
    assert [tell_of_trouble(office) for _ in range(2)] == [True, False]
    assert ringing(office, school.school_id) == []
    deliver_due(office)
    assert len(web_hook.posts) == 1 and "备份" in str(web_hook.posts[0])
    with office.database.view() as view:
        assert view.session.query(Delivery).count() == 0
    school.clock.advance(days=1)
    assert tell_of_trouble(office)


def test_at_night_nobody_is_told_before_the_morning(school: SchoolAtWork, tmp_path: Path, web_hook: WebHook) -> None:
    add_channel(school.office, school.school_id, school.technician_id, "门卫室", web_hook.apprise_url)
    school.clock.advance(hours=14)
    office = with_settings(school, backup_dir=tmp_path / "no-stick")
    back_up_if_due(office)
    assert tell_of_trouble(office)
    deliver_due(office)
    assert web_hook.posts == []
    school.clock.advance(hours=10)
    deliver_due(office)
    assert len(web_hook.posts) == 1


def test_the_days_work_is_a_backup_and_a_thorough_look(school: SchoolAtWork) -> None:
    daily_upkeep(school.office)
    assert len(backups_in(own_folder(school.office.settings))) == 1
    looked = last_look(school.office.settings)
    assert looked is not None and looked.rows > 5 and looked.damaged == () and looked.decoder_starts
    # The same disk is better than none, and is said.
    found = look_at_backup(school.office.settings, school.clock())
    assert (found.state, found.reason) == (State.SOON, "same_disk")


def test_old_ones_go_with_the_next_good_one(school: SchoolAtWork) -> None:
    office = with_settings(school, backup_days=2)
    for _ in range(5):
        back_up_if_due(office)
        school.clock.advance(days=1)
    # Those of today, and of the two days before.
    assert len(backups_in(own_folder(office.settings))) == 3


def test_what_was_kept_of_backups_and_cannot_be_read_counts_as_nothing(school: SchoolAtWork) -> None:
    back_up(school.office)
    (school.office.settings.data_dir / "backups.json").write_text('{"good_at": "yesterday", "what": 1}')
    assert last_result(school.office.settings).good_at is None
    assert back_up_if_due(school.office) is not None


def test_a_failure_is_raised_to_who_asked(school: SchoolAtWork, tmp_path: Path) -> None:
    with pytest.raises(UpkeepRefused):
        back_up(school.office, tmp_path / "no-stick")


@pytest.mark.parametrize(("name", "value"), [("backup_hour", "24"), ("backup_days", "1"), ("backup_dir", " ")])
def test_a_wrong_setting_does_not_start(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused, match=name):
        load_settings({f"QIAOQIAOHUA_{name.upper()}": value}, tmp_path)


def test_the_settings_are_what_they_are_said_to_be(tmp_path: Path) -> None:
    given = {"QIAOQIAOHUA_BACKUP_DIR": str(tmp_path / "U盘"), "QIAOQIAOHUA_BACKUP_HOUR": "8"}
    told: Settings = load_settings(given, tmp_path)
    assert (told.backup_dir, told.backup_hour, told.backup_days) == (tmp_path / "U盘", 8, 30)

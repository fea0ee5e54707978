"""Databases that older versions left on schools' disks: brought forward, a backup first, and everything still opens."""

from __future__ import annotations

import json
import lzma
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from mailbox.alarms.channels import channel_lines
from mailbox.care.reading import case_lines, read_case
from mailbox.config import Settings
from mailbox.errors import SettingsRefused, UpkeepRefused
from mailbox.letters.collect import collect
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.post import Letter, post
from mailbox.office import Office
from mailbox.people.login import log_in, who
from mailbox.people.stations import KIOSK, identify
from mailbox.sealing.key_file import KeyFile
from mailbox.sealing.receipt import ReceiptCode
from mailbox.sealing.recovery import RecoveryKey
from mailbox.store.database import Database
from mailbox.store.migrations import newest_revision, revision_of
from mailbox.upkeep.backup import backups_in, make_backup, own_folder
from mailbox.upkeep.restore import open_by_key_file, open_by_slips, restore
from mailbox.upkeep.soundness import look_at_boxes, look_at_marks
from mailbox.upkeep.upgrade import bring_forward, office_for_upkeep, require_no_school
from tests.conftest import assess_by_mark
from tests.support.clock import FixedClock

KEPT = Path(__file__).parent / "old_databases"
RELEASES = sorted(path.stem for path in KEPT.glob("*.json"))

pytestmark = pytest.mark.usefixtures("real_code_cost")


@dataclass(frozen=True)
class OldSchool:
    """What an older version left, and what its people know."""

    settings: Settings
    known: dict[str, Any]

    def office(self) -> Office:
        keys = KeyFile.load(self.settings.key_file)
        then = FixedClock(datetime(2026, 3, 2, 4, 0, tzinfo=UTC))
        return Office(self.settings, Database(self.settings.database_url), keys, assess_by_mark, then)


@pytest.fixture(params=RELEASES)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> OldSchool:
    return unpack(request.param, tmp_path / "var")


def unpack(release: str, data_dir: Path) -> OldSchool:
    """Lay the database and the key file of an older version into a new folder."""
    known = json.loads((KEPT / f"{release}.json").read_text("utf-8"))
    data_dir.mkdir(mode=0o700)
    (data_dir / "mailbox.db").write_bytes(lzma.decompress((KEPT / f"{release}.db.xz").read_bytes()))
    key_file = data_dir / "mailbox.key"
    key_file.touch(mode=0o600)
    key_file.write_text(known["key_file"])
    return OldSchool(Settings(data_dir, f"sqlite:///{data_dir / 'mailbox.db'}", key_file, data_dir), known)


def everything_opens(office: Office, known: dict[str, Any]) -> None:
    school_id = known["school_id"]
    lin = who(office, log_in(office, "lin", known["passphrase"]))
    he = who(office, log_in(office, "he", known["passphrase"]))
    read = collect(office, school_id, ReceiptCode(tuple(known["pictures"])))
    assert [reply.text for reply in read.replies] == ["放在窗台上吧"]
    notes = open_thread(office, lin, read.thread_id).notes
    assert [note.content.text for note in notes if note.content] == ["我想养一盆多肉"]
    closed = [row.id for row in queue(office, lin)]
    assert [note.content.text for note in open_thread(office, lin, closed[0]).notes if note.content] == [
        "这封信不给何老师看"
    ]
    assert closed[0] not in [row.id for row in queue(office, he)]
    assert identify(office, known["kiosk_cookie"], KIOSK).name == "三年级教室"
    assert [(line.name, line.problem) for line in channel_lines(office, school_id)] == [("门卫室", None)]
    (case,) = case_lines(office, lin)
    assert all(entry.problem is None for entry in read_case(office, lin, case.id).entries)
    assert look_at_marks(office).damaged == []
    boxes = look_at_boxes(office, school_id, RecoveryKey.from_slips(*known["slips"]).private_key())
    assert boxes.looked_at > 5 and boxes.damaged == []
    post(office, Letter(school_id, "kiosk", "新的一封", b"one form of ours"))
    office.database.close()


def test_an_older_database_is_brought_forward_with_all_that_is_in_it(old: OldSchool) -> None:
    bring_forward(old.settings)
    assert revision_of(old.settings.database_url) == newest_revision()
    everything_opens(old.office(), old.known)


def test_a_backup_of_the_old_database_is_taken_first_and_leads_back(old: OldSchool, tmp_path: Path) -> None:
    taken = bring_forward(old.settings)
    assert taken is not None and [path for _, path in backups_in(own_folder(old.settings))] == [taken]
    here = tmp_path / "new"
    new = Settings(here, f"sqlite:///{here / 'mailbox.db'}", here / "mailbox.key", here)
    recovery = RecoveryKey.from_slips(*old.known["slips"]).private_key()
    restored = restore(open_by_slips(taken, recovery), new, here / "mailbox.toml")
    assert restored.revision == old.known["revision"] and restored.is_sound
    everything_opens(OldSchool(new, old.known).office(), old.known)


def test_an_old_backup_comes_back_into_postgresql_too(old: OldSchool, empty_database_url: str, tmp_path: Path) -> None:
    taken = bring_forward(old.settings)
    assert taken is not None
    here = tmp_path / "new"
    new = Settings(here, empty_database_url, here / "mailbox.key", here)
    recovery = RecoveryKey.from_slips(*old.known["slips"]).private_key()
    assert restore(open_by_slips(taken, recovery), new, here / "mailbox.toml").is_sound
    everything_opens(OldSchool(new, old.known).office(), old.known)


def test_with_its_key_file_the_way_back_needs_no_slips(old: OldSchool) -> None:
    taken = bring_forward(old.settings)
    assert taken is not None
    (old.settings.data_dir / "mailbox.db").unlink()
    opener = open_by_key_file(taken, old.settings)
    assert opener is not None
    assert restore(opener, old.settings, old.settings.data_dir / "mailbox.toml").is_sound


def test_a_database_of_today_needs_no_backup(old: OldSchool) -> None:
    bring_forward(old.settings)
    assert bring_forward(old.settings) is None
    assert len(backups_in(own_folder(old.settings))) == 1


def test_without_room_for_the_backup_nothing_is_changed(old: OldSchool, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(*_given: object) -> None:
        raise UpkeepRefused("no_room", "var/backups")

    monkeypatch.setattr("mailbox.upkeep.backup._require_room", no_room)
    with pytest.raises(UpkeepRefused):
        bring_forward(old.settings)
    assert revision_of(old.settings.database_url) == old.known["revision"]


def test_a_database_of_a_newer_program_is_refused_and_left_alone(old: OldSchool) -> None:
    bring_forward(old.settings)
    engine = create_engine(old.settings.database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(SettingsRefused, match="newer program"):
        bring_forward(old.settings)


def test_a_backup_of_a_newer_program_is_refused(
    old: OldSchool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring_forward(old.settings)
    monkeypatch.setattr("mailbox.store.dump.Snapshot.revision", property(lambda _seen: "9999"))
    office = office_for_upkeep(old.settings)
    taken = make_backup(office, own_folder(old.settings)).path
    office.database.close()
    here = tmp_path / "new"
    new = Settings(here, f"sqlite:///{here / 'mailbox.db'}", here / "mailbox.key", here)
    recovery = RecoveryKey.from_slips(*old.known["slips"]).private_key()
    with pytest.raises(UpkeepRefused, match="newer"):
        restore(open_by_slips(taken, recovery), new, here / "mailbox.toml")


def test_a_school_whose_key_file_is_gone_is_not_given_another_one(old: OldSchool) -> None:
    with pytest.raises(SettingsRefused, match="flask restore"):
        require_no_school(old.settings)


def test_there_are_old_databases_to_try() -> None:
    """A search that finds none would prove nothing."""
    assert "0010" in RELEASES

"""Backups: made beside a running service, sealed, read once more before they count, removed when they are old."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from mailbox.errors import BoxNotOpened, UpkeepRefused
from mailbox.letters.collect import collect
from mailbox.letters.desk import open_thread
from mailbox.letters.post import Letter, post
from mailbox.people.arrivals import found_school
from mailbox.sealing.box import PrivateKey
from mailbox.sealing.recovery import RecoveryKey
from mailbox.store.database import Database
from mailbox.upkeep import backup
from mailbox.upkeep.backup import backups_in, make_backup, own_folder, remove_old
from mailbox.upkeep.backup_file import lines, read_head, require_whole
from tests.conftest import SchoolAtWork
from tests.support.fixtures import database_of_kind

WORDS = "我想养一盆多肉"


# Which rows there are is asked of both kinds of database; what becomes of the file, of one.
on_both_kinds = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return database_of_kind(getattr(request, "param", "sqlite"), request, tmp_path)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def by_slips(school: SchoolAtWork) -> PrivateKey:
    return RecoveryKey.from_slips(*school.slips).private_key()


def send(school: SchoolAtWork) -> None:
    post(school.office, Letter(school.school_id, "kiosk", WORDS, os.urandom(16)))


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(UpkeepRefused) as refused:
        act()
    return refused.value.reason


@on_both_kinds
def test_a_backup_is_one_whole_file_for_this_account_only(school: SchoolAtWork, stick: Path) -> None:
    send(school)
    made = make_backup(school.office, stick)
    assert list(stick.iterdir()) == [made.path]
    assert made.path.stat().st_mode & 0o777 == 0o600
    require_whole(made.path)


def test_the_slips_open_it_and_the_key_file_that_made_it_does(school: SchoolAtWork, stick: Path) -> None:
    path = make_backup(school.office, stick).path
    head = read_head(path)
    assert head.key_by_recovery(by_slips(school)) == (school.school_id, head.key_by_key_file(school.office.keys))


def test_slips_of_another_printing_do_not_open_it(school: SchoolAtWork, stick: Path) -> None:
    head = read_head(make_backup(school.office, stick).path)
    with pytest.raises(BoxNotOpened):
        head.key_by_recovery(RecoveryKey.generate().private_key())


@on_both_kinds
def test_it_holds_every_row_as_it_was_at_one_moment_and_no_login(school: SchoolAtWork, stick: Path) -> None:
    send(school)
    path = make_backup(school.office, stick).path
    key = read_head(path).key_by_key_file(school.office.keys)
    first, *rest, last = lines(path, key)
    assert first["key_file"] == school.office.settings.key_file.read_text()
    counts = last["rows"]
    with school.office.database.view() as view:
        for table, number in counts.items():
            assert view.session.scalar(text(f"SELECT count(*) FROM {table}")) == number, table  # noqa: S608 - ours.
        assert view.session.scalar(text("SELECT count(*) FROM desk_sessions")) > 0
    assert "desk_sessions" not in counts
    assert counts["notes"] == 1 and sum(isinstance(line, list) for line in rest) == sum(counts.values())


def test_a_lost_stick_tells_its_finder_nothing_but_the_day(school: SchoolAtWork, stick: Path) -> None:
    send(school)
    content = make_backup(school.office, stick).path.read_bytes()
    with school.office.database.view() as view:
        names = view.session.scalars(text("SELECT display_name FROM people")).all()
    for told in (*names, "青山小学", WORDS, "routine", "notes", *school.slips[0][:3]):
        assert told.encode() not in content
    secrets = (school.office.keys.authenticity, school.office.keys.form, by_slips(school).to_bytes())
    assert not any(secret in content or secret.hex().encode() in content for secret in secrets)


@on_both_kinds
def test_letters_arrive_and_are_opened_while_a_backup_is_being_made(
    school: SchoolAtWork, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = backup._write

    def and_meanwhile(*given: object) -> object:
        code = post(school.office, Letter(school.school_id, "kiosk", WORDS, os.urandom(16))).code
        open_thread(school.office, school.counselor, collect(school.office, school.school_id, code).thread_id)
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(backup, "_write", and_meanwhile)
    path = make_backup(school.office, stick).path
    *_, last = lines(path, read_head(path).key_by_key_file(school.office.keys))
    # The moment of the backup was before the letter.
    assert (last["rows"]["notes"], last["rows"]["threads"]) == (0, 0)


@pytest.mark.parametrize("place", [40, 0.3, 0.6, -40, -1])
def test_one_changed_byte_anywhere_is_found_without_any_key(school: SchoolAtWork, stick: Path, place: float) -> None:
    path = make_backup(school.office, stick).path
    content = bytearray(path.read_bytes())
    at = int(place * len(content)) if isinstance(place, float) else place
    content[at] ^= 1
    path.write_bytes(content)
    assert refusal(lambda: require_whole(path)) in {"damaged", "no_backup"}


@pytest.mark.parametrize(
    "head", [b"[" * 200_000, b'{"id": "../x", "made_on": "", "own": "", "schools": {}}', b'{"id": 1}', b"null", b""]
)
def test_a_file_that_only_begins_like_a_backup_is_none(tmp_path: Path, head: bytes) -> None:
    path = tmp_path / "no.backup"
    path.write_bytes(b"qiaoqiaohua backup 1\n" + head + b"\n" + bytes(200))
    assert refusal(lambda: read_head(path)) == "no_backup"


@pytest.mark.parametrize("left", [0, 10, 0.5, -1])
def test_a_backup_that_was_cut_off_is_found(school: SchoolAtWork, stick: Path, left: float) -> None:
    path = make_backup(school.office, stick).path
    content = path.read_bytes()
    path.write_bytes(content[: int(left * len(content)) if isinstance(left, float) else left])
    assert refusal(lambda: require_whole(path)) in {"damaged", "no_backup"}


def test_what_lies_on_the_disk_otherwise_than_it_was_meant_never_gets_a_backups_name(
    school: SchoolAtWork, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = backup._read_again

    def after_a_bad_sector(path: Path, *more: object) -> None:
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        path.write_bytes(content)
        real(path, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(backup, "_read_again", after_a_bad_sector)
    assert refusal(lambda: make_backup(school.office, stick)) == "damaged"
    assert list(stick.iterdir()) == []


def test_a_stick_that_is_not_there_is_said_and_no_folder_takes_its_place(school: SchoolAtWork, tmp_path: Path) -> None:
    assert refusal(lambda: make_backup(school.office, tmp_path / "no-stick")) == "no_folder"
    assert not (tmp_path / "no-stick").exists()


def test_a_disk_without_room_is_said_before_anything_is_written(
    school: SchoolAtWork, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(10**9, 10**9, 10**6))
    assert refusal(lambda: make_backup(school.office, stick)) == "no_room"
    assert list(stick.iterdir()) == []


def test_two_backups_at_once_are_one(school: SchoolAtWork, stick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, second = backup._write, []

    def and_another(*given: object) -> object:
        second.append(refusal(lambda: make_backup(school.office, stick)))
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(backup, "_write", and_another)
    make_backup(school.office, stick)
    assert second == ["busy"] and len(backups_in(stick)) == 1


def test_before_the_first_reader_has_slips_there_is_nothing_to_seal_to(office, stick: Path) -> None:  # type: ignore[no-untyped-def]
    found_school(office, "青山小学", opening_weekday=4, opening_hour=15)
    assert refusal(lambda: make_backup(office, stick)) == "no_recovery"


def test_nothing_is_sealed_to_a_recovery_key_that_somebody_wrote_into_the_database(
    school: SchoolAtWork, stick: Path
) -> None:
    with school.office.database.work() as work:
        forged = PrivateKey.generate().public().to_bytes()
        work.session.execute(text("UPDATE schools SET recovery_public = :forged"), {"forged": forged})
        work.commit()
    assert refusal(lambda: make_backup(school.office, stick)) == "no_recovery"


def test_what_a_power_cut_left_is_removed_by_the_next_one(school: SchoolAtWork, stick: Path) -> None:
    (stick / "mailbox-20260301-120000.backup.part").write_bytes(b"half")
    (stick / "holiday.part").write_bytes(b"somebody's own")
    made = make_backup(school.office, stick)
    assert {path.name for path in stick.iterdir()} == {made.path.name, "holiday.part"}


def test_old_backups_go_and_the_newest_stays_however_old(school: SchoolAtWork, stick: Path) -> None:
    for _ in range(3):
        make_backup(school.office, stick)
        school.clock.advance(days=12)
    assert remove_old(school.office, stick) == 1
    school.clock.advance(days=300)
    assert remove_old(school.office, stick) == 1
    assert len(backups_in(stick)) == 1


def test_another_installations_backups_on_the_same_stick_stay(
    school: SchoolAtWork, stick: Path, tmp_path: Path
) -> None:
    other = stick / "mailbox-20200101-120000.backup"
    other.write_bytes(
        b"qiaoqiaohua backup 1\n" + b'{"id": "0", "made_on": "2020-01-01", "own": "AA==", "schools": {}}\n'
    )
    make_backup(school.office, stick)
    assert remove_old(school.office, stick) == 0
    assert other.exists()


def test_two_in_one_second_have_two_names(school: SchoolAtWork) -> None:
    folder = own_folder(school.office.settings)
    assert len({make_backup(school.office, folder).path for _ in range(2)}) == 2


def test_a_database_that_went_away_is_said(school: SchoolAtWork, stick: Path, tmp_path: Path) -> None:
    gone = Database(f"sqlite:///{tmp_path / 'broken.db'}")
    (tmp_path / "broken.db").write_bytes(b"no database at all" * 100)
    assert refusal(lambda: make_backup(replace(school.office, database=gone), stick)) == "database"
    gone.close()

"""``flask backup``, ``restore``, ``doctor`` and ``upgrade`` as a technician types them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mailbox.people.arrivals import accept_invitation, found_school, invite
from mailbox.sealing.recovery import RecoveryKey
from mailbox.store.database import Database
from mailbox.store.people import all_schools
from mailbox.upkeep import thorough
from mailbox.upkeep.backup_file import require_whole
from mailbox.upkeep.upgrade import office_for_upkeep
from tests.conftest import PASSPHRASE
from tests.support.console import Console


@pytest.fixture
def console(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Console:
    monkeypatch.setattr(thorough, "_decodes", lambda _kind: True)
    folder = tmp_path / "mailbox"
    folder.mkdir()
    return Console(folder, monkeypatch.setenv)


@pytest.fixture
def slips(console: Console) -> tuple[list[str], list[str]]:
    """Found a school in an installation that was made; return the two slips."""
    console.said("init")
    office = office_for_upkeep(console.settings)
    school_id, token = found_school(office, "青山小学", opening_weekday=4, opening_hour=15)
    technician = accept_invitation(office, token, "jishu", PASSPHRASE).person_id
    arrival = accept_invitation(office, invite(office, school_id, technician, "counselor", "林老师"), "lin", PASSPHRASE)
    office.database.close()
    assert arrival.slips is not None
    return arrival.slips


def typed(slips: tuple[list[str], list[str]], between: str = " ") -> str:
    return "".join(f"{between.join(slip)}\n" for slip in slips)


def test_a_school_is_backed_up_lost_and_brought_back_by_three_commands(
    console: Console, slips: tuple[list[str], list[str]], tmp_path: Path
) -> None:
    stick = tmp_path / "U盘"
    stick.mkdir()
    assert "read once more" in console.said("backup", str(stick))
    (backup,) = stick.iterdir()
    require_whole(backup)
    # Nothing is overwritten while it is there.
    assert "not overwritten" in console.refusal("restore", str(backup), given=typed(slips))
    shutil.rmtree(console.settings.data_dir)

    wrong = RecoveryKey.generate().slips()
    said = console.refusal("restore", str(backup), given=typed(wrong))
    assert "These two slips do not open" in said and not console.settings.data_dir.exists()

    # One word is wrong the first time; then the slips are typed without spaces.
    first = [slips[0][1], *slips[0][1:]]
    said = console.said("restore", str(backup), given=typed((first, slips[1])) + typed(slips, between=""))
    assert "青山小学" in said and "打不开 / do not open: 0" in said
    # The report repeats nothing of what was typed.
    report = said.partition("恢复好了")[2]
    assert report and not any(word in report for word in ("".join(slips[0]), " ".join(slips[1])))
    database = Database(console.settings.database_url)
    with database.view() as view:
        assert [school.name for school in all_schools(view.session)] == ["青山小学"]
    database.close()
    assert "ready" in console.said("init")


def test_a_file_that_is_no_backup_or_not_there_is_one_sentence(
    console: Console, slips: tuple[list[str], list[str]], tmp_path: Path
) -> None:
    shutil.rmtree(console.settings.data_dir)
    (tmp_path / "holiday.jpg").write_bytes(b"\xff\xd8 a picture")
    for name in ("holiday.jpg", "nothing.backup"):
        assert name in console.refusal("restore", str(tmp_path / name), given=typed(slips))


def test_the_doctor_names_what_is_wrong_in_two_languages_and_ends_with_an_error(
    console: Console, slips: tuple[list[str], list[str]]
) -> None:
    said = console.refusal("doctor")
    assert "警报程序没有在跑" in said and "The alarm worker does not run" in said
    console.settings.key_file.chmod(0o644)
    assert "chmod 600" in console.refusal("doctor")
    console.settings.key_file.unlink()
    assert "no key file" in console.refusal("doctor")


def test_the_doctor_makes_no_database_where_none_is(console: Console) -> None:
    assert "flask init" in console.refusal("doctor")
    assert not console.settings.data_dir.exists()


def test_a_lost_key_file_is_never_replaced_by_another_one(console: Console, slips: tuple[list[str], list[str]]) -> None:
    console.settings.key_file.unlink()
    assert "flask restore" in console.refusal("init")
    assert not console.settings.key_file.exists()


def test_a_backup_before_anybody_has_slips_is_one_sentence(console: Console, tmp_path: Path) -> None:
    console.said("init")
    assert "no recovery key yet" in console.refusal("backup", str(tmp_path))
    assert "upgrade" not in console.said("upgrade")


def test_keys_are_listed_the_pepper_changed_and_a_lost_key_file_brought_back(
    console: Console, slips: tuple[list[str], list[str]], tmp_path: Path
) -> None:
    listed = console.said("keys", "list")
    assert "林老师" in listed and "pepper 1: 现用 / current" in listed and "good" in listed
    assert "pepper 2" in console.said("keys", "rotate-pepper")
    key_file = console.settings.key_file
    kept = key_file.read_bytes()
    # No secret is told.
    assert not any(secret in console.said("keys", "list") for secret in kept.decode().split('"') if len(secret) == 64)
    stick = tmp_path / "stick"
    stick.mkdir()
    console.said("backup", str(stick))
    (backup,) = stick.iterdir()
    assert "not overwritten" in console.refusal("keys", "bring-back", str(backup), given=typed(slips))
    key_file.unlink()
    assert "is back" in console.said("keys", "bring-back", str(backup), given=typed(slips))
    assert key_file.read_bytes() == kept

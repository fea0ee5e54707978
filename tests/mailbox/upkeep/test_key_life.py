"""The keys in the course of years: another pepper, the key file back from a backup, and the list of what there is."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from mailbox.errors import UpkeepRefused
from mailbox.letters.answer import answer
from mailbox.letters.collect import collect
from mailbox.letters.post import Letter, Posted, post
from mailbox.office import Office
from mailbox.people.login import log_in, who
from mailbox.people.recovery import come_back
from mailbox.sealing import key_file
from mailbox.sealing.key_file import KeyFile
from mailbox.sealing.recovery import RecoveryKey
from mailbox.store.marked import carries_mark
from mailbox.store.tables import Thread
from mailbox.upkeep.backup import make_backup
from mailbox.upkeep.key_commands import _lines
from mailbox.upkeep.key_file_care import bring_key_file_back, rotate_pepper
from mailbox.upkeep.key_list import peppers, school_keys
from mailbox.upkeep.restore import open_by_slips
from tests.conftest import PASSPHRASE, SchoolAtWork


def answered(school: SchoolAtWork, office: Office, words: str) -> Posted:
    posted = post(office, Letter(school.school_id, "kiosk", words, os.urandom(16)))
    answer(office, school.counselor, posted.thread_id, f"回{words}", release_now=True, form_nonce=os.urandom(16))
    return posted


def begun_anew(office: Office) -> Office:
    """The program started again: it reads the key file as it is now."""
    return replace(office, keys=KeyFile.load(office.settings.key_file))


def read_with(office: Office, school: SchoolAtWork, posted: Posted) -> list[str]:
    return [reply.text for reply in collect(office, school.school_id, posted.code).replies]


def pepper_of(office: Office, posted: Posted) -> int:
    with office.database.view() as view:
        thread = view.session.get_one(Thread, posted.thread_id)
        assert carries_mark(thread, office.marks.check)
        return thread.pepper_version


def test_after_a_new_pepper_old_codes_new_codes_and_passphrases_work(school: SchoolAtWork) -> None:
    old = answered(school, school.office, "以前的信")
    silent = post(school.office, Letter(school.school_id, "kiosk", "还没有回信", os.urandom(16)))
    done = rotate_pepper(school.office)
    assert (done.version, done.dropped) == (2, ()) and done.backup is not None and done.backup.exists()
    office = begun_anew(school.office)
    young = answered(school, office, "以后的信")
    assert [pepper_of(office, one) for one in (old, young)] == [1, 2]
    assert read_with(office, school, young) == ["回以后的信"]
    # A code that is used for an answer brings its letter over; one without an answer leaves no trace of its use.
    for _ in range(2):
        assert read_with(office, school, old) == ["回以前的信"]
    assert read_with(office, school, silent) == []
    assert [pepper_of(office, one) for one in (old, silent)] == [2, 1]
    assert who(office, log_in(office, "lin", PASSPHRASE)).is_reader


def test_a_pepper_goes_when_no_letter_needs_it_and_never_the_one_before(school: SchoolAtWork) -> None:
    old = answered(school, school.office, "以前的信")
    rotate_pepper(school.office)
    office = begun_anew(school.office)
    assert read_with(office, school, old) and rotate_pepper(office).dropped == (1,)
    office = begun_anew(office)
    assert sorted(office.keys.peppers) == [2, 3]
    assert read_with(office, school, old) == ["回以前的信"]


@pytest.mark.parametrize("step", ["new_private_file", "keep_names"])
def test_a_power_cut_leaves_a_whole_key_file(school: SchoolAtWork, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    path = school.office.settings.key_file

    def no_power(*_given: object) -> None:
        raise OSError("the power went")

    with monkeypatch.context() as patched:
        patched.setattr(key_file, step, no_power)
        with pytest.raises(OSError, match="the power went"):
            KeyFile.load(path).with_new_pepper("2026-03-02", {1}).put_in_place_of(path)
    assert 1 in KeyFile.load(path).peppers
    # What a power cut left beside it is in nobody's way.
    path.with_name(f"{path.name}.new").write_bytes(b"half a fi")
    KeyFile.load(path).with_new_pepper("2026-03-02", {1}).put_in_place_of(path)
    assert path.stat().st_mode & 0o777 == 0o600 and not path.with_name(f"{path.name}.new").exists()


def test_a_lost_key_file_comes_back_from_a_backup_and_no_letter_is_lost(school: SchoolAtWork, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    opener = open_by_slips(make_backup(school.office, stick).path, RecoveryKey.from_slips(*school.slips).private_key())
    young = answered(school, school.office, "备份以后的信")
    path = school.office.settings.key_file
    with pytest.raises(UpkeepRefused, match="in_the_way"):
        bring_key_file_back(opener, school.office.settings)
    kept = path.read_bytes()
    path.unlink()
    bring_key_file_back(opener, school.office.settings)
    assert path.read_bytes() == kept and path.stat().st_mode & 0o777 == 0o600
    assert read_with(begun_anew(school.office), school, young) == ["回备份以后的信"]


def test_a_key_file_that_lacks_the_pepper_of_newer_letters_is_not_put_in(school: SchoolAtWork) -> None:
    done = rotate_pepper(school.office)
    assert done.backup is not None
    answered(school, begun_anew(school.office), "以后的信")
    school.office.settings.key_file.unlink()
    opener = open_by_slips(done.backup, RecoveryKey.from_slips(*school.slips).private_key())
    with pytest.raises(UpkeepRefused, match="other_keys"):
        bring_key_file_back(opener, school.office.settings)
    assert not school.office.settings.key_file.exists()


def test_the_list_says_which_keys_there_are_and_since_when(school: SchoolAtWork) -> None:
    office, today = school.office, school.office.local_now().date()
    answered(school, office, "一封信")
    [keys] = school_keys(office)
    assert (keys.slips, keys.slips_since, keys.void) == ("good", today, 0) and keys.weeks >= 1
    [lin] = keys.readers
    assert (lin.name, lin.since, lin.passphrase_on, lin.has_factor) == ("林老师", today, None, False)
    school.clock.advance(days=1)
    come_back(office, school.slips, lin_id(school), "窗台上的仙人掌想学会游泳", makes_slips=False)
    [keys] = school_keys(office)
    assert (keys.slips, keys.slips_since) == ("spent", today)
    assert keys.readers[0].since == office.local_now().date()
    assert "used once" in "".join(_lines(keys))
    rotate_pepper(office)
    first, second = peppers(begun_anew(office))
    assert (first.since, first.threads, first.is_current) == (None, 1, False)
    assert (second.since, second.threads, second.is_current) == (office.local_now().date().isoformat(), 0, True)


def lin_id(school: SchoolAtWork) -> str:
    return school.counselor.person_id

"""A backup brought back onto an empty computer: nothing is lost, nothing is overwritten, and damage is said."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import pytest
from sqlalchemy import text

from mailbox.alarms.channels import add_channel, channel_lines
from mailbox.config import Settings, load_settings
from mailbox.errors import SettingsRefused, UpkeepRefused, WrongPassphrase
from mailbox.letters.answer import answer
from mailbox.letters.collect import collect
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.post import Letter, Posted, post
from mailbox.office import Office
from mailbox.people.arrivals import accept_invitation, approve, invite
from mailbox.people.audit import verify
from mailbox.people.login import log_in, who
from mailbox.people.new_slips import make_new_slips, seal_mine_for_new_slips
from mailbox.people.recovery import come_back
from mailbox.people.stations import KIOSK, enroll, identify, invite_station
from mailbox.people.wishes import SLIPS, agree, ask, wish_lines
from mailbox.rules.roles import COUNSELOR
from mailbox.sealing.key_file import KeyFile
from mailbox.sealing.recovery import RecoveryKey
from mailbox.store.database import Database
from mailbox.store.migrations import migrate
from mailbox.store.tables import Base
from mailbox.upkeep import alone, soundness
from mailbox.upkeep import restore as restoring
from mailbox.upkeep.backup import make_backup
from mailbox.upkeep.doctor import examine
from mailbox.upkeep.findings import Check, State
from mailbox.upkeep.restore import Restored, open_by_key_file, open_by_slips, require_empty, restore
from mailbox.upkeep.thorough import look_through
from mailbox.upkeep.tls.keeping import Folder, look_up
from mailbox.upkeep.unfinished import begin, require_finished
from tests.conftest import NONCE, PASSPHRASE, SchoolAtWork, assess_by_mark
from tests.support.cleared import create_database
from tests.support.fixtures import database_of_kind
from tests.support.tls import made as certificates_made

WORDS, ANSWER = "我想养一盆多肉", "放在窗台上吧"


# Which rows there are is asked of both kinds of database; what becomes of the file, of one.
on_both_kinds = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return database_of_kind(getattr(request, "param", "sqlite"), request, tmp_path)


@dataclass
class Lost:
    """A school that was at work until its computer burned: its backup, what its people know, and an empty computer."""

    backup: Path
    school: SchoolAtWork
    posted: Posted
    kiosk_cookie: str
    root: bytes
    here: Settings

    @property
    def settings_file(self) -> Path:
        return self.here.data_dir.parent / "mailbox.toml"

    def bring_back(self, slips: tuple[list[str], list[str]] | None = None) -> Restored:
        recovery = RecoveryKey.from_slips(*(slips or self.school.slips)).private_key()
        return restore(open_by_slips(self.backup, recovery), self.here, self.settings_file)

    def office(self) -> Office:
        keys = KeyFile.load(self.here.key_file)
        return Office(self.here, Database(self.here.database_url), keys, assess_by_mark, self.school.clock)


@pytest.fixture
def lost(school: SchoolAtWork, tmp_path: Path, request: pytest.FixtureRequest) -> Lost:
    office, stick = school.office, tmp_path / "stick"
    stick.mkdir()
    root = certificates_made(office.settings.data_dir, at=school.clock()).authority.der
    add_channel(office, school.school_id, school.technician_id, "门卫室", "json://127.0.0.1:9/")
    invited = invite_station(office, school.school_id, school.technician_id, KIOSK, "三年级教室")
    posted = post(office, Letter(school.school_id, "kiosk", WORDS, os.urandom(16)))
    thread_id = queue(office, school.counselor)[0].id
    answer(office, school.counselor, thread_id, ANSWER, release_now=True, form_nonce=NONCE)
    kiosk_cookie = enroll(office, invited)[1]
    told = replace(office, settings=replace(office.settings, claim_minutes=20))
    backup = make_backup(told, stick).path
    here = _empty_computer(tmp_path / "new", office, request)
    return Lost(backup, school, posted, kiosk_cookie, root, here)


def _empty_computer(folder: Path, office: Office, request: pytest.FixtureRequest) -> Settings:
    data_dir = folder / "var"
    url = f"sqlite:///{data_dir / 'mailbox.db'}"
    if office.database.engine.dialect.name == "postgresql":
        url = create_database(request.getfixturevalue("postgres_address"), f"new_{uuid.uuid4().hex}")
    return Settings(data_dir, url, data_dir / "mailbox.key", data_dir)


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(UpkeepRefused) as refused:
        act()
    return refused.value.reason


@on_both_kinds
def test_with_two_slips_everything_is_back_on_an_empty_computer(lost: Lost) -> None:
    restored = lost.bring_back()
    assert restored.is_sound and restored.tls
    ((name, boxes),) = restored.boxes
    # The letter and its circumstances, the answer, the week's key.
    assert name == "青山小学" and boxes is not None and boxes.looked_at == 4
    office, school = lost.office(), lost.school
    read = collect(office, school.school_id, lost.posted.code)
    assert [reply.text for reply in read.replies] == [ANSWER]
    opened = open_thread(office, who(office, log_in(office, "lin", PASSPHRASE)), read.thread_id)
    assert [note.content.text for note in opened.notes if note.content] == [WORDS]
    assert identify(office, lost.kiosk_cookie, KIOSK).name == "三年级教室"
    assert [(line.name, line.problem) for line in channel_lines(office, school.school_id)] == [("门卫室", None)]
    assert look_up(Folder.of(lost.here.data_dir)).authority.der == lost.root
    with office.database.view() as view:
        assert verify(office, view.session, school.school_id) > 5
    # Only what a mailbox that does not run yet cannot have is missing.
    grave = [found.check for found in examine(office, look_through(office)) if found.state is State.NOW]
    assert set(grave) <= {Check.WORKER, Check.MODEL, Check.CLOCK}
    office.database.close()


@on_both_kinds
def test_a_backup_of_one_kind_of_database_comes_back_into_the_other(lost: Lost, postgres_address: str) -> None:
    here = lost.here.data_dir
    other = f"sqlite:///{here / 'mailbox.db'}"
    if lost.here.database_url == other:
        other = create_database(postgres_address, f"new_{uuid.uuid4().hex}")
    lost.here = replace(lost.here, database_url=other)
    restored = lost.bring_back()
    assert restored.is_sound and restored.marks.looked_at > 10
    office = lost.office()
    assert [reply.text for reply in collect(office, lost.school.school_id, lost.posted.code).replies] == [ANSWER]
    office.database.close()


def test_what_is_brought_back_is_for_this_account_only(lost: Lost) -> None:
    lost.bring_back()
    assert lost.here.data_dir.stat().st_mode & 0o777 == 0o700
    folder = Folder.of(lost.here.data_dir)
    for path in (lost.here.key_file, folder.authority, folder.server):
        assert path.stat().st_mode & 0o777 == 0o600, path
    # Nothing half-made is left beside.
    assert not [path for path in lost.here.data_dir.rglob("*") if "restoring" in path.name]


def test_settings_come_back_without_the_places_of_the_old_computer(lost: Lost) -> None:
    restored = lost.bring_back()
    assert restored.settings_file == lost.settings_file
    assert lost.settings_file.read_text() == "claim_minutes = 20\n"
    assert load_settings({}, lost.settings_file.parent).claim_minutes == 20


def test_settings_that_are_there_already_stay_and_the_old_ones_lie_beside_the_data(lost: Lost) -> None:
    lost.settings_file.parent.mkdir()
    lost.settings_file.write_text("listen_port = 9000\n")
    restored = lost.bring_back()
    assert restored.settings_kept_aside and lost.settings_file.read_text() == "listen_port = 9000\n"
    assert (lost.here.data_dir / "mailbox.toml.from-backup").read_text() == "claim_minutes = 20\n"


def test_the_act_stands_in_the_audit_and_logins_ended(lost: Lost) -> None:
    lost.bring_back()
    office = lost.office()
    with office.database.view() as view:
        acts = view.session.scalars(text("SELECT act FROM audit ORDER BY place")).all()
        assert acts[-1] == "backup.restore"
        assert view.session.scalar(text("SELECT count(*) FROM desk_sessions")) == 0
    office.database.close()


def test_slips_of_another_school_bring_nothing_back(lost: Lost) -> None:
    others = RecoveryKey.generate().slips()
    assert refusal(lambda: lost.bring_back(others)) == "wrong_key"
    assert not lost.here.data_dir.exists()


@on_both_kinds
def test_a_school_that_is_there_is_never_overwritten(lost: Lost) -> None:
    lost.bring_back()
    before = lost.here.key_file.read_bytes()
    assert refusal(lost.bring_back) == "not_empty"
    assert lost.here.key_file.read_bytes() == before


def test_the_own_computer_is_not_overwritten_either(lost: Lost) -> None:
    own = lost.school.office.settings
    assert refusal(lambda: require_empty(own)) == "not_empty"


def test_a_mailbox_that_runs_is_left_alone(lost: Lost, monkeypatch: pytest.MonkeyPatch) -> None:
    lost.here.data_dir.mkdir(parents=True)
    held: list[IO[bytes]] = []
    monkeypatch.setattr(alone, "_held", held)
    # Two processes of one mailbox.
    for _ in range(2):
        alone.tell_that_it_runs(lost.here.data_dir)
    assert refusal(lost.bring_back) == "running"
    for file in held:
        file.close()
    assert lost.bring_back().is_sound


@on_both_kinds
def test_an_empty_mailbox_that_was_made_before_gives_way_and_its_key_file_is_laid_aside(lost: Lost) -> None:
    lost.here.data_dir.mkdir(parents=True, mode=0o700)
    KeyFile.create(lost.here.key_file)
    own = lost.here.key_file.read_bytes()
    migrate(lost.here.database_url)
    assert lost.bring_back().is_sound
    assert lost.here.key_file.with_name("mailbox.key.before-restore").read_bytes() == own


def test_certificates_of_another_school_are_not_overwritten(lost: Lost) -> None:
    certificates_made(lost.here.data_dir, at=lost.school.clock())
    assert refusal(lost.bring_back) == "in_the_way"


@pytest.mark.parametrize("step", ["_look_through", "_put_key_file"])
@on_both_kinds
def test_a_failure_in_the_middle_leaves_an_empty_computer_that_can_try_again(
    lost: Lost, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fails(*_given: object) -> None:
        raise OSError("the stick was pulled out")

    with monkeypatch.context() as patched:
        patched.setattr(restoring, step, fails)
        with pytest.raises(OSError, match="pulled out"):
            lost.bring_back()
    assert not lost.here.key_file.exists()
    assert lost.bring_back().is_sound


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("step", ["_write_rows", "_look_through", "_put_key_file", "_put_database", "end"])
def test_a_power_cut_at_any_step_leaves_a_computer_that_serves_nothing_and_can_try_again(lost: Lost, step: str) -> None:
    cut_the_power(lost, step)
    with pytest.raises(SettingsRefused, match="flask restore"):
        require_finished(lost.here)
    assert lost.bring_back().is_sound
    require_finished(lost.here)
    office = lost.office()
    assert [reply.text for reply in collect(office, lost.school.school_id, lost.posted.code).replies] == [ANSWER]
    office.database.close()
    assert not [path for path in lost.here.data_dir.rglob("*") if "restoring" in path.name]


@pytest.mark.parametrize("step", ["_put_key_file", "_put_database", "end"])
def test_a_power_cut_among_the_files_is_as_harmless(lost: Lost, step: str) -> None:
    cut_the_power(lost, step)
    with pytest.raises(SettingsRefused):
        require_finished(lost.here)
    assert lost.bring_back().is_sound and lost.office().keys.pepper_version == 1


def cut_the_power(lost: Lost, step: str) -> None:
    """Begin a restore in a process of its own, which ends without a word before ``step``."""
    if (child := os.fork()) == 0:
        setattr(restoring, step, lambda *_given: os._exit(9))
        try:
            lost.bring_back()
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


def test_an_interrupted_restore_does_not_touch_another_database(lost: Lost, tmp_path: Path) -> None:
    lost.here.data_dir.mkdir(parents=True, mode=0o700)
    begin(replace(lost.here, database_url=f"sqlite:///{tmp_path / 'elsewhere.db'}"), [])
    migrate(lost.here.database_url)
    with_school = Database(lost.here.database_url)
    with with_school.work() as work:
        work.session.execute(
            text(
                "INSERT INTO schools (id, name, created_on, opening_weekday, opening_hour, receipt_salt, "
                "test_alarm_heard, mark) VALUES ('s', 'x', '2026-01-01', 4, 15, x'00', 0, x'00')"
            )
        )
        work.commit()
    with_school.close()
    assert refusal(lost.bring_back) == "not_empty"


def test_boxes_that_nobody_sealed_to_new_slips_yet_are_told_apart_from_damaged_ones(
    school: SchoolAtWork, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    office, lin, stick = school.office, school.counselor, tmp_path / "stick"
    stick.mkdir()
    he_id = accept_invitation(
        office, invite(office, school.school_id, lin.person_id, COUNSELOR, "何老师"), "he", PASSPHRASE
    ).person_id
    approve(office, school.school_id, lin.person_id, he_id)
    post(office, Letter(school.school_id, "kiosk", "不要给林老师看", os.urandom(16), frozenset({lin.person_id})))
    posted = post(office, Letter(school.school_id, "kiosk", WORDS, os.urandom(16)))
    he = who(office, log_in(office, "he", PASSPHRASE))
    ask(office, lin, SLIPS, lin.person_id)
    agree(office, he, wish_lines(office, he)[0].id)
    made = make_new_slips(office, lin, PASSPHRASE)
    here = _empty_computer(tmp_path / "new", office, request)
    lost = Lost(make_backup(office, stick).path, school, posted, "", b"", here)
    restored = lost.bring_back(made.slips)
    ((_, boxes),) = restored.boxes
    assert restored.is_sound and boxes is not None and (boxes.damaged, boxes.earlier) == ([], made.left)
    assert made.left == 2
    seal_mine_for_new_slips(office, he)
    later = Lost(
        make_backup(office, stick).path, school, posted, "", b"", _empty_computer(tmp_path / "two", office, request)
    )
    ((_, boxes),) = later.bring_back(made.slips).boxes
    assert boxes is not None and (boxes.damaged, boxes.earlier) == ([], 0)


def test_slips_that_are_spent_open_a_backup_and_let_somebody_in_there(lost: Lost) -> None:
    office, school = lost.school.office, lost.school
    come_back(office, school.slips, school.counselor.person_id, "窗台上的仙人掌想学会游泳", makes_slips=False)
    lost.backup = make_backup(office, lost.backup.parent).path
    assert lost.bring_back().is_sound
    here = lost.office()
    with here.database.view() as view:
        assert view.session.scalars(text("SELECT act FROM audit ORDER BY place")).all()[-1] == "slips.again"
    come_back(here, school.slips, school.counselor.person_id, PASSPHRASE)
    here.database.close()


def test_a_damaged_backup_is_refused_before_anything_is_made(lost: Lost) -> None:
    content = bytearray(lost.backup.read_bytes())
    content[len(content) // 2] ^= 1
    lost.backup.write_bytes(content)
    assert refusal(lost.bring_back) == "damaged"
    assert not lost.here.data_dir.exists()


def test_rows_and_boxes_that_were_damaged_before_come_back_and_are_counted(lost: Lost) -> None:
    office = lost.school.office
    with office.database.work() as work:
        work.session.execute(text("UPDATE people SET display_name = '别人' WHERE login_name = 'lin'"))
        work.session.execute(text("UPDATE notes SET box = circumstances"))
        work.commit()
    lost.backup = make_backup(office, lost.backup.parent).path
    restored = lost.bring_back()
    assert not restored.is_sound
    assert [table for table, _ in restored.marks.damaged] == ["people"]
    assert restored.boxes[0][1] is not None and [table for table, _ in restored.boxes[0][1].damaged] == ["notes"]


def test_whatever_is_sealed_to_a_week_or_a_case_is_opened_and_looked_at() -> None:
    copies = {"week_key_copies", "case_key_copies"}
    sealed = {
        name for name, table in Base.metadata.tables.items() if {"week_key_id", "case_key_id"} & {*table.c.keys()}
    }
    assert {each.of.__tablename__ for each in soundness._SEALED} == sealed - copies


def test_with_the_key_file_still_there_a_lost_database_comes_back_without_slips(lost: Lost) -> None:
    lost.here.data_dir.mkdir(parents=True, mode=0o700)
    shutil.copy(lost.school.office.settings.key_file, lost.here.key_file)
    opener = open_by_key_file(lost.backup, lost.here)
    assert opener is not None
    restored = restore(opener, lost.here, lost.settings_file)
    # Without slips no box can be opened; the marks were looked at all the same.
    assert restored.boxes == [("青山小学", None)] and restored.marks.looked_at > 10 and restored.is_sound


def test_a_strangers_key_file_opens_no_backup(lost: Lost) -> None:
    lost.here.data_dir.mkdir(parents=True, mode=0o700)
    KeyFile.create(lost.here.key_file)
    assert open_by_key_file(lost.backup, lost.here) is None


def test_what_happened_after_the_backup_is_not_in_it(lost: Lost) -> None:
    post(lost.school.office, Letter(lost.school.school_id, "kiosk", "第二封", os.urandom(16)))
    lost.bring_back()
    office = lost.office()
    with office.database.view() as view:
        assert view.session.scalar(text("SELECT count(*) FROM notes")) == 1
    office.database.close()


def test_a_passphrase_is_as_good_as_before_and_no_better(lost: Lost) -> None:
    lost.bring_back()
    office = lost.office()
    with pytest.raises(WrongPassphrase):
        log_in(office, "lin", "苹果树下的第四只猫在打鼾")
    office.database.close()

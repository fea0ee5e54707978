"""What a technician, a head and a writer of the database try in order to read, and where each is stopped."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import update

from mailbox.errors import MailboxError, NotAllowed, NotFound, SessionRefused, SlipRefused
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.post import Letter, post
from mailbox.people.arrivals import accept_invitation, approve, invite, leave
from mailbox.people.login import Colleague, log_in, who
from mailbox.people.own_login import change_passphrase
from mailbox.people.recovery import Newcomer, come_back
from mailbox.people.second_factor import take_off
from mailbox.people.sharing import share_earlier_weeks
from mailbox.people.starting_anew import start_anew
from mailbox.people.wishes import SLIPS, ask
from mailbox.rules.roles import COUNSELOR, HEAD, LEAD, TECHNICIAN
from mailbox.store.tables import Person
from tests.conftest import PASSPHRASE, SchoolAtWork

NEW = "窗台上的仙人掌想学会游泳"


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Who is refused is decided before any query that the two databases could read differently."""
    path = tmp_path / "mailbox.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


def logged_in(school: SchoolAtWork, login: str) -> Colleague:
    return who(school.office, log_in(school.office, login, PASSPHRASE))


@pytest.fixture
def technician(school: SchoolAtWork) -> Colleague:
    post(school.office, Letter(school.school_id, "kiosk", "只给心理老师看", os.urandom(16), frozenset()))
    return logged_in(school, "jishu")


@pytest.fixture
def head(school: SchoolAtWork) -> Colleague:
    token = invite(school.office, school.school_id, school.counselor.person_id, HEAD, "校长")
    accept_invitation(school.office, token, "xiaozhang", PASSPHRASE)
    return logged_in(school, "xiaozhang")


# --- to read --------------------------------------------------------------------------------------


def test_a_technician_opens_neither_the_list_nor_a_letter(school: SchoolAtWork, technician: Colleague) -> None:
    [row] = queue(school.office, school.counselor)
    for act in (
        lambda: queue(school.office, technician),
        lambda: open_thread(school.office, technician, row.id),
        lambda: share_earlier_weeks(school.office, technician, technician.person_id),
    ):
        with pytest.raises(NotAllowed):
            act()


@pytest.mark.parametrize("role", [COUNSELOR, LEAD])
def test_a_technician_who_writes_another_role_into_the_database_is_nobody(
    school: SchoolAtWork, technician: Colleague, role: str
) -> None:
    cookie = log_in(school.office, "jishu", PASSPHRASE)
    with school.office.database.work() as work:
        work.session.execute(update(Person).where(Person.id == technician.person_id).values(role=role))
        work.commit()
    with pytest.raises(SessionRefused):
        who(school.office, cookie)
    with pytest.raises(NotAllowed):
        queue(school.office, technician)


def test_a_technician_who_puts_his_key_into_a_readers_row_only_shuts_that_reader_out(
    school: SchoolAtWork, technician: Colleague
) -> None:
    with school.office.database.work() as work:
        own = work.session.get_one(Person, technician.person_id)
        theirs = work.session.get_one(Person, school.counselor.person_id)
        theirs.locked_key, theirs.public_key = own.locked_key, own.public_key
        work.commit()
    with pytest.raises(MailboxError):
        log_in(school.office, "lin", PASSPHRASE)


# --- to reset -------------------------------------------------------------------------------------


def test_a_technician_resets_no_passphrase_and_no_second_factor(school: SchoolAtWork, technician: Colleague) -> None:
    lin = school.counselor.person_id
    for act in (
        lambda: start_anew(school.office, technician, lin),
        lambda: take_off(school.office, technician, lin),
        lambda: leave(school.office, school.school_id, technician.person_id, lin),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_technician_with_one_slip_does_not_come_back_as_a_reader(school: SchoolAtWork, technician: Colleague) -> None:
    first = school.slips[0]
    with pytest.raises(SlipRefused):
        come_back(school.office, (first, first), Newcomer("周老师", "zhou"), NEW)
    with pytest.raises(SlipRefused):
        come_back(school.office, (first, ["的"] * 24), school.counselor.person_id, NEW)


def test_a_technician_with_both_slips_is_still_no_reader_under_his_own_name(
    school: SchoolAtWork, technician: Colleague
) -> None:
    with pytest.raises(NotFound):
        come_back(school.office, school.slips, technician.person_id, NEW)


def test_nobody_changes_a_passphrase_with_somebody_elses_session(school: SchoolAtWork, technician: Colleague) -> None:
    forged = Colleague(school.counselor.person_id, school.school_id, COUNSELOR, "林老师", technician.private)
    with pytest.raises(MailboxError):
        change_passphrase(school.office, forged, NEW, NEW)


# --- to rise --------------------------------------------------------------------------------------


def test_a_technician_promotes_neither_himself_nor_anybody(
    school: SchoolAtWork, technician: Colleague, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    waiting, _ = second_counselor()
    for role in (COUNSELOR, LEAD, HEAD):
        with pytest.raises(NotAllowed):
            invite(school.office, school.school_id, technician.person_id, role, "我自己")
    with pytest.raises(NotAllowed):
        approve(school.office, school.school_id, technician.person_id, waiting)
    for kind in (LEAD, COUNSELOR, SLIPS):
        with pytest.raises(NotAllowed):
            ask(school.office, technician, kind, technician.person_id)


def test_a_technician_invites_only_other_technicians(school: SchoolAtWork, technician: Colleague) -> None:
    token = invite(school.office, school.school_id, technician.person_id, TECHNICIAN, "另一位")
    accept_invitation(school.office, token, "jishu2", PASSPHRASE)
    assert not logged_in(school, "jishu2").is_reader


def test_a_head_rises_no_higher_either(school: SchoolAtWork, head: Colleague) -> None:
    lin = school.counselor.person_id
    for act in (
        lambda: queue(school.office, head),
        lambda: start_anew(school.office, head, lin),
        lambda: invite(school.office, school.school_id, head.person_id, COUNSELOR, "我的人"),
        lambda: leave(school.office, school.school_id, head.person_id, lin),
        lambda: ask(school.office, head, LEAD, lin),
    ):
        with pytest.raises(NotAllowed):
            act()

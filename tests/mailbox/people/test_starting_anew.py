"""A forgotten passphrase: a colleague, a second voice, new keys, and never a technician."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from mailbox.errors import NotAllowed, NotFound, SessionRefused, WrongPassphrase
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.post import Letter, post
from mailbox.people.arrivals import accept_invitation, approve, invitation, invite, leave
from mailbox.people.login import Colleague, log_in, who
from mailbox.people.sharing import share_earlier_weeks
from mailbox.people.starting_anew import start_anew, stop_anew
from mailbox.rules.roles import COUNSELOR, HEAD
from tests.conftest import PASSPHRASE, SchoolAtWork

NEW = "窗台上的仙人掌想学会游泳"
SecondCounselor = Callable[[], tuple[str, str]]


def logged_in(school: SchoolAtWork, login: str, passphrase: str = PASSPHRASE) -> Colleague:
    return who(school.office, log_in(school.office, login, passphrase))


@pytest.fixture
def he(school: SchoolAtWork, second_counselor: SecondCounselor) -> Colleague:
    person_id, login = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    return logged_in(school, login)


@pytest.fixture
def head(school: SchoolAtWork) -> Colleague:
    token = invite(school.office, school.school_id, school.counselor.person_id, HEAD, "校长")
    accept_invitation(school.office, token, "xiaozhang", PASSPHRASE)
    return logged_in(school, "xiaozhang")


def test_who_forgot_reads_again_after_a_colleague_and_a_second_voice(school: SchoolAtWork, he: Colleague) -> None:
    office, lin = school.office, school.counselor
    zhou_token = invite(office, school.school_id, he.person_id, COUNSELOR, "周老师")
    zhou_id = accept_invitation(office, zhou_token, "zhou", PASSPHRASE).person_id
    approve(office, school.school_id, lin.person_id, zhou_id)
    post(office, Letter(school.school_id, "kiosk", "今天的云像一只鸡", os.urandom(16), frozenset()))
    cookie = log_in(office, "he", PASSPHRASE)

    token = start_anew(office, lin, he.person_id)
    assert invitation(office, token).starts_anew
    assert accept_invitation(office, token, "he", NEW).state == "waiting"

    with pytest.raises(SessionRefused):
        who(office, cookie)
    with pytest.raises(WrongPassphrase):
        log_in(office, "he", PASSPHRASE)
    with pytest.raises(NotFound):
        invitation(office, token)
    with pytest.raises(NotAllowed):
        approve(office, school.school_id, lin.person_id, he.person_id)
    approve(office, school.school_id, zhou_id, he.person_id)
    again = logged_in(school, "he", NEW)
    thread_id = queue(office, again)[0].id
    assert open_thread(office, again, thread_id).notes[0].content is None
    assert share_earlier_weeks(office, lin, he.person_id) > 0
    opened = open_thread(office, again, thread_id).notes[0].content
    assert opened is not None and opened.text == "今天的云像一只鸡"


def test_the_link_ends_when_the_passphrase_is_remembered(school: SchoolAtWork, he: Colleague) -> None:
    token = start_anew(school.office, school.counselor, he.person_id)
    logged_in(school, "he")
    with pytest.raises(NotFound):
        invitation(school.office, token)


def test_a_link_is_taken_back(school: SchoolAtWork, he: Colleague) -> None:
    token = start_anew(school.office, school.counselor, he.person_id)
    stop_anew(school.office, school.counselor, he.person_id)
    stop_anew(school.office, school.counselor, he.person_id)
    with pytest.raises(NotFound):
        invitation(school.office, token)


def test_neither_a_technician_nor_a_head_nor_oneself_resets_a_reader(
    school: SchoolAtWork, he: Colleague, head: Colleague
) -> None:
    for nobody in (logged_in(school, "jishu"), head, he):
        with pytest.raises(NotAllowed):
            start_anew(school.office, nobody, he.person_id)


def test_the_box_is_never_left_without_a_reader(school: SchoolAtWork, he: Colleague) -> None:
    token = start_anew(school.office, school.counselor, he.person_id)
    leave(school.office, school.school_id, school.counselor.person_id, school.counselor.person_id)
    with pytest.raises(NotAllowed):
        accept_invitation(school.office, token, "he", NEW)
    assert logged_in(school, "he").person_id == he.person_id


# --- the second voice -----------------------------------------------------------------------------


def test_who_proposes_a_reader_does_not_also_let_them_in(school: SchoolAtWork, he: Colleague) -> None:
    office = school.office
    token = invite(office, school.school_id, he.person_id, COUNSELOR, "周老师")
    zhou_id = accept_invitation(office, token, "zhou", PASSPHRASE).person_id
    with pytest.raises(NotAllowed):
        approve(office, school.school_id, he.person_id, zhou_id)
    approve(office, school.school_id, school.counselor.person_id, zhou_id)


def test_with_one_reader_the_head_is_the_second_voice(
    school: SchoolAtWork, head: Colleague, second_counselor: SecondCounselor
) -> None:
    person_id, _ = second_counselor()
    with pytest.raises(NotAllowed):
        approve(school.office, school.school_id, school.counselor.person_id, person_id)
    approve(school.office, school.school_id, head.person_id, person_id)


def test_with_two_readers_the_head_is_not_needed_and_not_asked(
    school: SchoolAtWork, he: Colleague, head: Colleague
) -> None:
    token = invite(school.office, school.school_id, he.person_id, COUNSELOR, "周老师")
    zhou_id = accept_invitation(school.office, token, "zhou", PASSPHRASE).person_id
    with pytest.raises(NotAllowed):
        approve(school.office, school.school_id, head.person_id, zhou_id)


def test_a_reader_who_has_nobody_else_decides_alone(school: SchoolAtWork, second_counselor: SecondCounselor) -> None:
    person_id, _ = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)


def test_a_technician_makes_neither_a_head_nor_a_lead_where_somebody_reads(school: SchoolAtWork) -> None:
    for role in ("head", "lead", "counselor"):
        with pytest.raises(NotAllowed):
            invite(school.office, school.school_id, school.technician_id, role, "我自己")


def test_a_head_reads_nothing(school: SchoolAtWork, head: Colleague) -> None:
    with pytest.raises(NotAllowed):
        queue(school.office, head)

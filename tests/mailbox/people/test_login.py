"""Logging in tells nobody who works here, and a session ends when it should."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from mailbox.errors import InputRefused, NotAllowed, SessionRefused, WrongPassphrase
from mailbox.letters.desk import open_thread, queue
from mailbox.people.arrivals import accept_invitation, approve, found_school, leave
from mailbox.people.login import log_in, log_out, who
from mailbox.sealing.box import PrivateKey
from mailbox.sealing.session import lock_session
from mailbox.store.tables import DeskSession
from tests.conftest import PASSPHRASE, SchoolAtWork

UNKNOWN = ["nobody", "", " ", "lin\x00", "\ud800", "' OR 1=1 --", "字" * 5_000, "林老师"]


@pytest.mark.parametrize("login_name", UNKNOWN)
def test_a_name_that_nobody_has_ends_like_a_wrong_passphrase(school: SchoolAtWork, login_name: str) -> None:
    with pytest.raises(WrongPassphrase) as unknown:
        log_in(school.office, login_name, PASSPHRASE)
    with pytest.raises(WrongPassphrase) as wrong:
        log_in(school.office, "lin", "别的口令别的口令别的口令")
    assert type(unknown.value) is type(wrong.value)
    assert PASSPHRASE not in str(unknown.value)


@pytest.mark.usefixtures("real_passphrase_cost")
def test_a_name_that_nobody_has_takes_as_long_as_a_wrong_passphrase(school: SchoolAtWork) -> None:
    def fastest(login_name: str) -> float:
        seconds = []
        for _ in range(4):
            # The processor's time, not the clock's: other programs may run beside.
            begun = time.process_time()
            with pytest.raises(WrongPassphrase):
                log_in(school.office, login_name, "别的口令别的口令别的口令")
            seconds.append(time.process_time() - begun)
        return min(seconds)

    # Both derive one key, which takes far longer than all the rest; a skipped derivation would be ten times faster.
    assert 0.5 < fastest("nobody") / fastest("lin") < 2


def test_what_a_person_has_left_behind_does_not_let_them_in(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    person_id, login = second_counselor()
    leave(school.office, school.school_id, school.counselor.person_id, person_id)
    with pytest.raises(WrongPassphrase):
        log_in(school.office, login, PASSPHRASE)


def test_a_login_name_belongs_to_one_person_in_all_schools(school: SchoolAtWork) -> None:
    _, token = found_school(school.office, "别的学校", 4, 15)
    with pytest.raises(InputRefused) as refused:
        accept_invitation(school.office, token, "lin", PASSPHRASE)
    assert (refused.value.field, refused.value.reason) == ("login_name", "taken")
    accept_invitation(school.office, token, "lin2", PASSPHRASE)


def test_who_waits_for_approval_logs_in_and_sees_nothing(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    person_id, login = second_counselor()
    cookie = log_in(school.office, login, PASSPHRASE)
    waiting = who(school.office, cookie)
    with pytest.raises(NotAllowed):
        queue(school.office, waiting)
    with pytest.raises(NotAllowed):
        open_thread(school.office, waiting, "0" * 32)
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    assert queue(school.office, who(school.office, cookie)) == []


def test_who_is_put_out_is_out_in_the_middle_of_their_work(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    person_id, login = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    cookies = [log_in(school.office, login, PASSPHRASE) for _ in range(2)]
    leave(school.office, school.school_id, school.counselor.person_id, person_id)
    for cookie in cookies:
        with pytest.raises(SessionRefused):
            who(school.office, cookie)


def test_a_session_begun_from_outside_in_a_colleagues_name_is_not_believed(school: SchoolAtWork) -> None:
    cookie, session_id, sealed = lock_session(PrivateKey.generate(), school.counselor.person_id)
    with school.office.database.work() as work:
        work.session.add(
            DeskSession(
                id=session_id,
                school_id=school.school_id,
                person_id=school.counselor.person_id,
                sealed_key=sealed,
                last_act_seconds=int(school.clock().timestamp()),
                mark=bytes(32),
            )
        )
        work.commit()
    with pytest.raises(SessionRefused):
        who(school.office, cookie)


def test_an_idle_session_ends_and_looking_does_not_keep_it(school: SchoolAtWork) -> None:
    cookie = log_in(school.office, "lin", PASSPHRASE)
    for _ in range(2):
        school.clock.advance(minutes=7)
        who(school.office, cookie, is_act=False)
    school.clock.advance(minutes=2)
    with pytest.raises(SessionRefused):
        who(school.office, cookie)


@pytest.mark.parametrize("cookie", ["", "x", "A" * 43, "\x00", "字" * 43, "A" * 10_000])
def test_a_cookie_that_is_none_is_refused(school: SchoolAtWork, cookie: str) -> None:
    with pytest.raises(SessionRefused):
        who(school.office, cookie)


def test_logging_out_twice_is_no_error(school: SchoolAtWork) -> None:
    cookie = log_in(school.office, "lin", PASSPHRASE)
    log_out(school.office, cookie)
    log_out(school.office, cookie)
    with pytest.raises(SessionRefused):
        who(school.office, cookie)

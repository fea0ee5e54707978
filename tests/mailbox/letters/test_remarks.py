"""Words between readers: sealed, for those alone who may see the thread, and the claim goes where the thread goes."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from mailbox.errors import ClaimLost, InputRefused, NotAllowed, NotFound
from mailbox.letters.answer import answer, claim
from mailbox.letters.desk import OpenedRemark, open_thread
from mailbox.letters.remarks import MAX_REMARK_CHARACTERS, colleagues_on, write_remark
from mailbox.people.arrivals import approve
from mailbox.people.login import Colleague, log_in, who
from mailbox.store.tables import AuditRow, Remark, new_id
from tests.conftest import NONCE, PASSPHRASE, SchoolAtWork
from tests.counselor_ui.at_desk import arrive

WORDS = "我和她谈过一次，请何老师接着看"


@pytest.fixture
def he(school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]) -> Colleague:
    person_id, login_name = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    return who(school.office, log_in(school.office, login_name, PASSPHRASE))


def say(school: SchoolAtWork, thread_id: str, words: str = WORDS, hand_to: str = "", nonce: bytes = NONCE) -> None:
    write_remark(school.office, school.counselor, thread_id, words, form_nonce=nonce, hand_to=hand_to)


def remarks(school: SchoolAtWork, reader: Colleague, thread_id: str) -> list[OpenedRemark]:
    return open_thread(school.office, reader, thread_id).remarks


def test_a_second_reader_sees_what_the_first_said(school: SchoolAtWork, he: Colleague) -> None:
    thread_id = arrive(school, "一封信")
    say(school, thread_id)
    (remark,) = remarks(school, he, thread_id)
    assert (remark.text, remark.person_id, remark.handed_to) == (WORDS, school.counselor.person_id, None)
    with school.office.database.view() as view:
        box = view.session.query(Remark).one().box
    assert box is not None and WORDS.encode() not in box


def test_handing_over_moves_the_claim(school: SchoolAtWork, he: Colleague) -> None:
    thread_id = arrive(school, "一封信")
    claim(school.office, school.counselor, thread_id)
    say(school, thread_id, hand_to=he.person_id)
    assert open_thread(school.office, he, thread_id).row.claimed_by == he.person_id
    assert remarks(school, he, thread_id)[0].handed_to == he.person_id
    with pytest.raises(ClaimLost):
        claim(school.office, school.counselor, thread_id)
    answer(school.office, he, thread_id, "我接着看", release_now=False, form_nonce=NONCE)


def test_what_a_colleague_works_on_is_not_handed_away(school: SchoolAtWork, he: Colleague) -> None:
    thread_id = arrive(school, "一封信")
    claim(school.office, he, thread_id)
    with pytest.raises(ClaimLost):
        say(school, thread_id, hand_to=he.person_id)
    # A word beside it is welcome.
    say(school, thread_id)
    assert len(remarks(school, he, thread_id)) == 1


def test_a_closed_letter_goes_to_nobody_whom_the_child_left_out(school: SchoolAtWork, he: Colleague) -> None:
    thread_id = arrive(school, "不给何老师看", not_for=[he.person_id])
    assert colleagues_on(school.office, school.counselor, thread_id) == {}
    with pytest.raises(InputRefused):
        say(school, thread_id, hand_to=he.person_id)
    say(school, thread_id)
    assert [remark.text for remark in remarks(school, school.counselor, thread_id)] == [WORDS]
    with pytest.raises(NotFound):
        write_remark(school.office, he, thread_id, WORDS, form_nonce=NONCE)


@pytest.mark.parametrize("to", ["nobody", "self", "technician"])
def test_a_letter_is_handed_to_other_readers_only(school: SchoolAtWork, he: Colleague, to: str) -> None:
    thread_id = arrive(school, "一封信")
    named = {"self": school.counselor.person_id, "technician": school.technician_id}.get(to, new_id())
    assert list(colleagues_on(school.office, school.counselor, thread_id)) == [he.person_id]
    with pytest.raises(InputRefused):
        say(school, thread_id, hand_to=named)


def test_the_same_form_twice_is_one_remark(school: SchoolAtWork) -> None:
    thread_id = arrive(school, "一封信")
    say(school, thread_id)
    say(school, thread_id)
    say(school, thread_id, "还有一句", nonce=os.urandom(16))
    assert [remark.text for remark in remarks(school, school.counselor, thread_id)] == [WORDS, "还有一句"]


@pytest.mark.parametrize("words", ["", " \n", "长" * (MAX_REMARK_CHARACTERS + 1)])
def test_nothing_and_too_much_are_refused(school: SchoolAtWork, words: str) -> None:
    with pytest.raises(InputRefused):
        say(school, arrive(school, "一封信"), words)


def test_who_is_no_reader_says_nothing(school: SchoolAtWork) -> None:
    technician = who(school.office, log_in(school.office, "jishu", PASSPHRASE))
    with pytest.raises(NotAllowed):
        write_remark(school.office, technician, arrive(school, "一封信"), WORDS, form_nonce=NONCE)


def test_a_remark_changed_from_outside_is_not_shown(school: SchoolAtWork, he: Colleague) -> None:
    thread_id = arrive(school, "一封信")
    say(school, thread_id)
    with school.office.database.work() as work:
        work.session.query(Remark).one().person_id = he.person_id
        work.commit()
    assert remarks(school, school.counselor, thread_id) == []


def test_the_audit_says_who_handed_over_and_not_why(school: SchoolAtWork, he: Colleague) -> None:
    thread_id = arrive(school, "一封信")
    say(school, thread_id, hand_to=he.person_id)
    with school.office.database.view() as view:
        last = view.session.query(AuditRow).order_by(AuditRow.place).all()[-1]
    assert (last.act, last.subject_id, last.person_id) == ("thread.hand_over", thread_id, school.counselor.person_id)

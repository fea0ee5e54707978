"""A colleague is asked to read too: found in their list, never where the child closed them out, ended by a word."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from mailbox.errors import InputRefused, NotAllowed, NotFound
from mailbox.letters.answer import answer
from mailbox.letters.desk import open_thread
from mailbox.letters.queueing import QueuePage, queue_page, queue_state
from mailbox.letters.remarks import write_remark
from mailbox.letters.second_reading import ask_second_reader, second_read, second_readers
from mailbox.people.arrivals import approve, leave
from mailbox.people.login import Colleague, log_in, who
from mailbox.rules.queue_wish import Mark, QueueWish
from mailbox.store.tables import AuditRow, SecondReading, new_id
from tests.conftest import NONCE, PASSPHRASE, SchoolAtWork
from tests.counselor_ui.at_desk import arrive

ASKED = QueueWish(marks=frozenset({Mark.ASKED}))
WORDS = "第二段我拿不准，您看呢"


@pytest.fixture
def he(school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]) -> Colleague:
    person_id, login_name = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    return who(school.office, log_in(school.office, login_name, PASSPHRASE))


def ask(school: SchoolAtWork, thread_id: str, he: Colleague, words: str = "", nonce: bytes = NONCE) -> None:
    ask_second_reader(school.office, school.counselor, thread_id, he.person_id, words, form_nonce=nonce)


def waiting_for(school: SchoolAtWork, reader: Colleague) -> QueuePage:
    return queue_page(school.office, reader, ASKED)


def acts(school: SchoolAtWork) -> list[str]:
    with school.office.database.view() as view:
        rows = view.session.query(AuditRow).order_by(AuditRow.place).all()
    return [row.act for row in rows if row.act.startswith("thread.second")]


def test_a_letter_stands_in_the_list_of_who_was_asked_until_they_have_read_it(
    school: SchoolAtWork, he: Colleague
) -> None:
    thread_id = arrive(school, "一封信")
    arrive(school, "另一封信")
    before = queue_state(school.office, he).tag
    ask(school, thread_id, he)
    shown = waiting_for(school, he)
    assert ([row.id for row in shown.rows], shown.counts.asked) == ([thread_id], 1)
    assert shown.asked == {thread_id: school.counselor.person_id}
    assert queue_state(school.office, he).tag != before
    assert waiting_for(school, school.counselor).counts.asked == 0
    assert second_readers(school.office, school.counselor, thread_id).may_be_asked == {}
    second_read(school.office, he, thread_id, "", form_nonce=NONCE)
    second_read(school.office, he, thread_id, "", form_nonce=NONCE)
    assert waiting_for(school, he).rows == []
    assert acts(school) == ["thread.second.ask", "thread.second.read"]
    assert list(second_readers(school.office, school.counselor, thread_id).may_be_asked) == [he.person_id]


def test_words_go_sealed_as_a_remark_and_an_answer_in_words_ends_it(school: SchoolAtWork, he: Colleague) -> None:
    thread_id = arrive(school, "一封信")
    ask(school, thread_id, he, WORDS)
    assert [remark.text for remark in open_thread(school.office, he, thread_id).remarks] == [WORDS]
    write_remark(school.office, he, thread_id, "我也这样看", form_nonce=os.urandom(16))
    assert waiting_for(school, he).rows == []
    ask(school, thread_id, he, nonce=os.urandom(16))
    second_read(school.office, he, thread_id, "还是这样看", form_nonce=os.urandom(16))
    assert waiting_for(school, he).rows == []
    said = [remark.text for remark in open_thread(school.office, school.counselor, thread_id).remarks]
    assert said == [WORDS, "我也这样看", "还是这样看"]
    assert acts(school) == ["thread.second.ask", "thread.second.read"] * 2


def test_an_answered_letter_still_waits_for_its_second_reader(school: SchoolAtWork, he: Colleague) -> None:
    thread_id = arrive(school, "一封信")
    ask(school, thread_id, he)
    open_thread(school.office, school.counselor, thread_id)
    answer(school.office, school.counselor, thread_id, "谢谢你", release_now=False, form_nonce=NONCE)
    assert [row.id for row in waiting_for(school, he).rows] == [thread_id]


@pytest.mark.parametrize("how", ["answer", "remark", "read"])
def test_a_letter_handed_over_is_not_forgotten_when_the_claim_is_over(
    school: SchoolAtWork, he: Colleague, how: str
) -> None:
    thread_id = arrive(school, "一封信")
    write_remark(school.office, school.counselor, thread_id, WORDS, form_nonce=NONCE, hand_to=he.person_id)
    school.clock.advance(minutes=16)
    shown = waiting_for(school, he)
    assert [(row.id, row.claimed_by) for row in shown.rows] == [(thread_id, None)]
    assert shown.asked == {thread_id: school.counselor.person_id}
    if how == "answer":
        answer(school.office, he, thread_id, "我接着看", release_now=False, form_nonce=NONCE)
    elif how == "remark":
        write_remark(school.office, he, thread_id, "我接着看", form_nonce=os.urandom(16))
    else:
        second_read(school.office, he, thread_id, "", form_nonce=NONCE)
    assert waiting_for(school, he).rows == []
    assert acts(school) == ["thread.second.read"]


def test_who_was_asked_already_is_not_asked_twice_and_no_word_is_lost(school: SchoolAtWork, he: Colleague) -> None:
    thread_id = arrive(school, "一封信")
    for _ in range(2):
        ask(school, thread_id, he, WORDS)
    ask(school, thread_id, he, "还有一句", nonce=os.urandom(16))
    assert acts(school) == ["thread.second.ask"]
    said = [remark.text for remark in open_thread(school.office, he, thread_id).remarks]
    assert said == [WORDS, "还有一句"]


def test_whom_the_child_closed_out_is_never_asked(school: SchoolAtWork, he: Colleague) -> None:
    thread_id = arrive(school, "不给何老师看", not_for=[he.person_id])
    assert second_readers(school.office, school.counselor, thread_id).may_be_asked == {}
    with pytest.raises(InputRefused):
        ask(school, thread_id, he)
    with pytest.raises(NotFound):
        second_read(school.office, he, thread_id, "看看", form_nonce=NONCE)
    # Nor does a row written into the database let them in.
    with school.office.database.work() as work:
        work.session.add(
            SecondReading(
                id=new_id(),
                school_id=school.school_id,
                thread_id=thread_id,
                reader_id=he.person_id,
                asked_by=school.counselor.person_id,
                mark=b"forged",
            )
        )
        work.commit()
    shown = waiting_for(school, he)
    assert (shown.rows, shown.counts.asked) == ([], 0)
    assert second_readers(school.office, school.counselor, thread_id).asked == {}


@pytest.mark.parametrize("to", ["nobody", "self", "technician"])
def test_only_another_reader_is_asked(school: SchoolAtWork, he: Colleague, to: str) -> None:
    thread_id = arrive(school, "一封信")
    named = {"self": school.counselor.person_id, "technician": school.technician_id}.get(to, new_id())
    with pytest.raises(InputRefused):
        ask_second_reader(school.office, school.counselor, thread_id, named, "", form_nonce=NONCE)


def test_nobody_waits_for_who_left(school: SchoolAtWork, he: Colleague) -> None:
    thread_id = arrive(school, "一封信")
    ask(school, thread_id, he)
    leave(school.office, school.school_id, school.counselor.person_id, he.person_id)
    assert second_readers(school.office, school.counselor, thread_id).asked == {}


def test_who_is_no_reader_asks_nobody(school: SchoolAtWork, he: Colleague) -> None:
    technician = who(school.office, log_in(school.office, "jishu", PASSPHRASE))
    thread_id = arrive(school, "一封信")
    for act in (
        lambda: ask_second_reader(school.office, technician, thread_id, he.person_id, "", form_nonce=NONCE),
        lambda: second_readers(school.office, technician, thread_id),
        lambda: second_read(school.office, technician, thread_id, "", form_nonce=NONCE),
    ):
        with pytest.raises(NotAllowed):
            act()

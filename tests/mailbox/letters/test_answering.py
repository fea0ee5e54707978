"""An answer is kept once, never dropped in silence, and never puts a letter away that nobody has read."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from mailbox.errors import NotFound
from mailbox.letters.answer import answer, correct
from mailbox.letters.collect import collect
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.post import Letter, post, write_back
from mailbox.sealing.receipt import ReceiptCode
from tests.conftest import NONCE, SchoolAtWork
from triage.protocol import Urgency


def letter(school: SchoolAtWork, words: str) -> Letter:
    return Letter(school.school_id, "kiosk", words, os.urandom(16))


def sent(school: SchoolAtWork, words: str = "我想家了") -> tuple[ReceiptCode, str]:
    code = post(school.office, letter(school, words)).code
    return code, collect(school.office, school.school_id, code).thread_id


def reply(school: SchoolAtWork, thread_id: str, words: str, nonce: bytes = NONCE) -> None:
    answer(school.office, school.counselor, thread_id, words, release_now=True, form_nonce=nonce)


def words_of(school: SchoolAtWork, code: ReceiptCode) -> list[str]:
    return [reply.text for reply in collect(school.office, school.school_id, code).replies]


def test_eight_clicks_at_once_are_one_reply(school: SchoolAtWork) -> None:
    code, thread_id = sent(school)
    with ThreadPoolExecutor(4) as fingers:
        list(fingers.map(lambda _: reply(school, thread_id, "我在"), range(8)))
    assert words_of(school, code) == ["我在"]


def test_other_words_on_the_same_form_are_another_reply_and_not_lost(school: SchoolAtWork) -> None:
    code, thread_id = sent(school)
    reply(school, thread_id, "我在")
    reply(school, thread_id, "我在办公室")
    assert words_of(school, code) == ["我在", "我在办公室"]


def test_the_same_words_on_the_same_form_reach_two_children(school: SchoolAtWork) -> None:
    (first, first_thread), (second, second_thread) = sent(school), sent(school)
    reply(school, first_thread, "我在")
    reply(school, second_thread, "我在")
    assert words_of(school, first) == words_of(school, second) == ["我在"]


def test_a_letter_that_came_while_the_answer_was_written_keeps_waiting(school: SchoolAtWork) -> None:
    code, thread_id = sent(school)
    open_thread(school.office, school.counselor, thread_id)
    write_back(school.office, letter(school, "【紧急】还有一件事"), thread_id)
    reply(school, thread_id, "我在")
    assert [(row.id, row.urgency) for row in queue(school.office, school.counselor)] == [(thread_id, "urgent")]
    open_thread(school.office, school.counselor, thread_id)
    reply(school, thread_id, "我马上来找你", os.urandom(16))
    assert queue(school.office, school.counselor) == []
    assert words_of(school, code) == ["我在", "我马上来找你"]


def test_a_damaged_letter_does_not_keep_an_answered_thread_waiting(school: SchoolAtWork) -> None:
    _, thread_id = sent(school)
    with school.office.database.work() as work:
        work.session.connection().exec_driver_sql("UPDATE notes SET box = NULL")
        work.commit()
    open_thread(school.office, school.counselor, thread_id)
    reply(school, thread_id, "你的信坏了, 请再写一次")
    assert queue(school.office, school.counselor) == []


def test_a_level_changed_twice_on_one_day_is_told_in_that_order(school: SchoolAtWork) -> None:
    _, thread_id = sent(school)
    for level in (Urgency.URGENT, Urgency.SOON, Urgency.URGENT, Urgency.ROUTINE):
        correct(school.office, school.counselor, thread_id, level, "又从头到尾看了一遍")
    told = open_thread(school.office, school.counselor, thread_id).corrections
    assert [change.urgency_after for change in told] == ["urgent", "soon", "urgent", "routine"]


@pytest.mark.parametrize("thread_id", ["", "0" * 32, "x" * 32, "a\x00b", "\ud800", "字" * 32, "../etc"])
def test_a_thread_that_is_none_is_not_found(school: SchoolAtWork, thread_id: str) -> None:
    with pytest.raises(NotFound):
        open_thread(school.office, school.counselor, thread_id)
    with pytest.raises(NotFound):
        reply(school, thread_id, "我在")
    with pytest.raises(NotFound):
        write_back(school.office, letter(school, "还有一件事"), thread_id)

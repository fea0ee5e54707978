"""Pranks leave the list, many at once, and come back; what rings, is claimed or nobody has looked at never goes."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from mailbox.care.cases import open_case
from mailbox.errors import InputRefused, NotFound
from mailbox.letters.answer import answer, claim
from mailbox.letters.collect import collect
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.post import Letter, post, write_back
from mailbox.letters.pranks import (
    MOST_AT_ONCE,
    Stays,
    look_at_choice,
    mark_prank,
    mark_pranks,
    take_back_pranks,
)
from mailbox.letters.queueing import queue_page
from mailbox.office import Office
from mailbox.openings.week_reports import freeze_ended_weeks, reports
from mailbox.people.arrivals import approve
from mailbox.people.audit import record
from mailbox.people.login import log_in, who
from mailbox.rules.queue_wish import QueueWish
from mailbox.sealing.receipt import ReceiptCode
from mailbox.store.letters import thread_to_change
from mailbox.store.tables import AuditRow, Thread
from tests.conftest import PASSPHRASE, SchoolAtWork


def sent(school: SchoolAtWork, words: str, not_for: frozenset[str] = frozenset()) -> tuple[ReceiptCode, str]:
    posted = post(school.office, Letter(school.school_id, "kiosk", words, os.urandom(16), not_for))
    return posted.code, posted.thread_id


def waiting(school: SchoolAtWork) -> set[str]:
    return {row.id for row in queue_page(school.office, school.counselor, QueueWish()).rows}


def waits_for_a_lock(office: Office) -> bool:
    """Whether somebody waits for another's row; on SQLite, which has one writer, nobody needs to be seen waiting."""
    if office.database.engine.dialect.name == "sqlite":
        return True
    waiting_ones = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with office.database.view() as view:
        return bool(view.session.scalar(text(waiting_ones)))


def test_what_was_chosen_leaves_the_list_and_one_press_brings_it_back(school: SchoolAtWork) -> None:
    first, second, other = (sent(school, words)[1] for words in ("哈哈哈", "嘻嘻嘻", "我想家了"))
    assert set(mark_pranks(school.office, school.counselor, [first, second, first])) == {first, second}
    assert waiting(school) == {other}
    assert {row.id for row in queue(school.office, school.counselor)} == {other}
    done = queue_page(school.office, school.counselor, QueueWish(answered=True)).rows
    assert {(row.id, row.state) for row in done} == {(first, "prank"), (second, "prank")}
    assert mark_pranks(school.office, school.counselor, [first]) == []
    assert take_back_pranks(school.office, school.counselor, [first, second]) == 2
    assert waiting(school) == {first, second, other}
    assert take_back_pranks(school.office, school.counselor, [first]) == 0
    with school.office.database.view() as view:
        acts = [row.act for row in view.session.query(AuditRow).order_by(AuditRow.place)]
    assert acts[-4:] == ["thread.prank"] * 2 + ["thread.prank.undo"] * 2


def test_who_marks_several_waits_for_who_answers_one_of_them_and_is_not_in_their_way(school: SchoolAtWork) -> None:
    first, last = sorted(sent(school, words)[1] for words in ("哈哈哈", "嘻嘻嘻"))
    office, lin = school.office, school.counselor.person_id
    with ThreadPoolExecutor(1) as colleague, office.database.work() as answering:
        assert thread_to_change(answering.session, last, school.school_id) is not None
        marking = colleague.submit(mark_pranks, office, school.counselor, [first, last])
        while not waits_for_a_lock(office):
            assert not marking.done()
        record(office, answering.session, school.school_id, lin, "thread.reply", last)
        answering.commit()
        assert marking.result() == [first, last]


def test_an_urgent_letter_is_never_marked_however_often_it_is_chosen(school: SchoolAtWork) -> None:
    calm, urgent = sent(school, "哈哈哈")[1], sent(school, "【紧急】一封信")[1]
    choice = look_at_choice(school.office, school.counselor, [calm, urgent])
    assert (choice.thread_ids, choice.stay) == ([calm], {Stays.URGENT: 1})
    assert mark_pranks(school.office, school.counselor, [urgent, calm]) == [calm]
    with pytest.raises(InputRefused):
        mark_prank(school.office, school.counselor, urgent)
    assert waiting(school) == {urgent}


def test_a_row_that_says_what_cannot_be_counts_as_urgent_here_too(school: SchoolAtWork) -> None:
    thread_id = sent(school, "哈哈哈")[1]
    with school.office.database.work() as work:
        work.session.get_one(Thread, thread_id).urgency = "nonsense"
        work.commit()
    assert mark_pranks(school.office, school.counselor, [thread_id]) == []


def test_what_a_colleague_is_busy_with_stays(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    he_id, login = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, he_id)
    he = who(school.office, log_in(school.office, login, PASSPHRASE))
    thread_id = sent(school, "哈哈哈")[1]
    claim(school.office, he, thread_id)
    for reader in (school.counselor, he):
        assert mark_pranks(school.office, reader, [thread_id]) == []
    with pytest.raises(InputRefused):
        mark_prank(school.office, school.counselor, thread_id)
    # Who is busy with it may mark it on its own page.
    mark_prank(school.office, he, thread_id)
    assert waiting(school) == set()


def test_a_drawing_that_nobody_saw_waits_for_somebody(school: SchoolAtWork) -> None:
    thread_id = sent(school, "看画")[1]
    with school.office.database.work() as work:
        thread = work.session.get_one(Thread, thread_id)
        thread.urgency, thread.cause = "unscreened", "needs_person"
        work.commit()
    assert look_at_choice(school.office, school.counselor, [thread_id]).stay == {Stays.PERSON: 1}
    open_thread(school.office, school.counselor, thread_id)
    assert mark_pranks(school.office, school.counselor, [thread_id]) == [thread_id]


def test_a_letter_with_a_case_stays(school: SchoolAtWork) -> None:
    thread_id = sent(school, "哈哈哈")[1]
    open_case(school.office, school.counselor, thread_id, ["other"], "")
    assert look_at_choice(school.office, school.counselor, [thread_id]).stay == {Stays.FOLLOWED: 1}


def test_a_letter_closed_to_somebody_is_gone_for_them_here_too(school: SchoolAtWork) -> None:
    thread_id = sent(school, "哈哈哈", frozenset({school.counselor.person_id}))[1]
    assert look_at_choice(school.office, school.counselor, [thread_id]).stay == {Stays.GONE: 1}
    assert mark_pranks(school.office, school.counselor, [thread_id]) == []
    with pytest.raises(NotFound):
        mark_prank(school.office, school.counselor, thread_id)


def test_no_choice_and_too_large_a_choice_are_said(school: SchoolAtWork) -> None:
    for chosen in ([], [f"{number:032x}" for number in range(MOST_AT_ONCE + 1)]):
        with pytest.raises(InputRefused):
            mark_pranks(school.office, school.counselor, chosen)


def test_the_child_sees_nothing_of_it_and_writing_again_brings_the_letter_back(school: SchoolAtWork) -> None:
    code, thread_id = sent(school, "哈哈哈")
    before = collect(school.office, school.school_id, code)
    mark_prank(school.office, school.counselor, thread_id)
    assert collect(school.office, school.school_id, code) == before
    write_back(school.office, Letter(school.school_id, "kiosk", "其实我有事想说", os.urandom(16)), thread_id)
    assert waiting(school) == {thread_id}


def test_a_prank_can_be_answered_all_the_same(school: SchoolAtWork) -> None:
    code, thread_id = sent(school, "哈哈哈")
    open_thread(school.office, school.counselor, thread_id)
    mark_prank(school.office, school.counselor, thread_id)
    answer(school.office, school.counselor, thread_id, "你好", release_now=True, form_nonce=os.urandom(16))
    assert [reply.text for reply in collect(school.office, school.school_id, code).replies] == ["你好"]
    assert open_thread(school.office, school.counselor, thread_id).row.state == "answered"


def test_the_week_counts_pranks_apart_from_letters_that_wait(school: SchoolAtWork) -> None:
    mark_pranks(school.office, school.counselor, [sent(school, "哈哈哈")[1], sent(school, "嘻嘻")[1]])
    sent(school, "我想家了")
    school.clock.advance(days=7)
    freeze_ended_weeks(school.office)
    [report] = reports(school.office, school.school_id)
    assert report.week.letters.cuts["answer"] == {"waiting": 1, "answered": 0, "prank": 2}

"""Lowering from urgent: a second person's consent or a written reason, both counted; everything else is one click."""

from __future__ import annotations

import os

import pytest

from mailbox.care.approval_lists import number_waiting
from mailbox.care.deciding import decide
from mailbox.care.lowering import ask_to_lower
from mailbox.errors import Changed, InputRefused, NotFound
from mailbox.letters.answer import correct
from mailbox.letters.desk import OpenedCorrection, open_thread, queue
from mailbox.letters.post import Letter, write_back
from mailbox.openings.summary import week_summaries
from mailbox.rules.roles import COUNSELOR, HEAD
from mailbox.store.tables import new_id
from tests.conftest import SchoolAtWork
from tests.mailbox.care.second_persons import arrive_at, join, page_of
from triage.protocol import Urgency

WHY = "是班里排练的台词，他们自己也在信里写了"


def corrections(school: SchoolAtWork, thread_id: str) -> list[OpenedCorrection]:
    return open_thread(school.office, school.counselor, thread_id).corrections


def level(school: SchoolAtWork) -> str:
    return queue(school.office, school.counselor)[0].urgency


def test_who_agrees_lowers_it_in_both_names(school: SchoolAtWork) -> None:
    office, lin, he = school.office, school.counselor, join(school, COUNSELOR, "he")
    thread_id = arrive_at(school, new_id())
    request_id = ask_to_lower(office, lin, thread_id, Urgency.SOON, WHY)
    assert level(school) == "urgent" and number_waiting(office, he) == 1
    decide(office, he, request_id, agrees=True)
    decide(office, he, request_id, agrees=True)
    (changed,) = corrections(school, thread_id)
    assert (changed.person_id, changed.second_id, changed.reason) == (lin.person_id, he.person_id, WHY)
    assert level(school) == "soon"


def test_a_second_person_needs_no_reason_and_one_alone_needs_a_sentence(school: SchoolAtWork) -> None:
    office, lin, he = school.office, school.counselor, join(school, COUNSELOR, "he")
    first, second = arrive_at(school, new_id()), arrive_at(school, new_id())
    for reason in ("", "是玩笑", "是 玩 笑 吧 。"):
        with pytest.raises(InputRefused):
            correct(office, lin, first, Urgency.ROUTINE, reason)
    decide(office, he, ask_to_lower(office, lin, first, Urgency.ROUTINE, ""), agrees=True)
    correct(office, lin, second, Urgency.ROUTINE, WHY)
    assert [(one.reason, one.second_id) for one in corrections(school, first)] == [("", he.person_id)]
    assert [(one.reason, one.second_id) for one in corrections(school, second)] == [(WHY, None)]
    (week, *_) = week_summaries(office, lin)
    assert (week.lowered_by_people, week.eased_by_people) == (2, 2)


def test_raising_and_lowering_from_soon_take_one_word_as_before(school: SchoolAtWork) -> None:
    office, lin, thread_id = school.office, school.counselor, arrive_at(school, new_id(), "【尽快】")
    correct(office, lin, thread_id, Urgency.ROUTINE, "好了")
    correct(office, lin, thread_id, Urgency.URGENT, "急")
    assert level(school) == "urgent"
    (week, *_) = week_summaries(office, lin)
    assert (week.lowered_by_people, week.eased_by_people) == (1, 0)


def test_a_letter_that_came_since_ends_the_request(school: SchoolAtWork) -> None:
    office, lin, he = school.office, school.counselor, join(school, COUNSELOR, "he")
    thread_id = arrive_at(school, new_id())
    request_id = ask_to_lower(office, lin, thread_id, Urgency.SOON, WHY)
    write_back(office, Letter(school.school_id, new_id(), "【紧急】我在车棚", os.urandom(16)), thread_id)
    with pytest.raises(Changed):
        decide(office, he, request_id, agrees=True)
    assert level(school) == "urgent" and corrections(school, thread_id) == []
    assert page_of(school, lin).own[0].state == "expired" and number_waiting(office, he) == 0


def test_only_what_is_urgent_is_asked_about_and_only_once(school: SchoolAtWork) -> None:
    office, lin, he = school.office, school.counselor, join(school, COUNSELOR, "he")
    thread_id, soon = arrive_at(school, new_id()), arrive_at(school, new_id(), "【尽快】")
    for about, wanted in ((soon, Urgency.ROUTINE), (thread_id, Urgency.URGENT)):
        with pytest.raises(InputRefused):
            ask_to_lower(office, lin, about, wanted, WHY)
    asked = ask_to_lower(office, lin, thread_id, Urgency.SOON, WHY)
    assert ask_to_lower(office, lin, thread_id, Urgency.SOON, WHY) == asked
    with pytest.raises(InputRefused):
        ask_to_lower(office, he, thread_id, Urgency.SOON, WHY)
    with pytest.raises(InputRefused):
        decide(office, lin, asked, agrees=True)


def test_a_head_who_never_read_the_letter_lowers_nothing(school: SchoolAtWork) -> None:
    office, lin, head = school.office, school.counselor, join(school, HEAD, "fang")
    thread_id = arrive_at(school, new_id())
    with pytest.raises(InputRefused):
        ask_to_lower(office, lin, thread_id, Urgency.SOON, WHY)
    he = join(school, COUNSELOR, "he")
    request_id = ask_to_lower(office, lin, thread_id, Urgency.SOON, WHY)
    with pytest.raises(NotFound):
        decide(office, head, request_id, agrees=True)
    decide(office, he, request_id, agrees=False)
    assert level(school) == "urgent"


def test_a_closed_letter_is_lowered_by_its_readers_and_the_reason_stays_with_them(school: SchoolAtWork) -> None:
    office, lin = school.office, school.counselor
    he, an = join(school, COUNSELOR, "he"), join(school, COUNSELOR, "an")
    thread_id = arrive_at(school, new_id(), not_for=frozenset({an.person_id}))
    request_id = ask_to_lower(office, lin, thread_id, Urgency.SOON, WHY)
    assert number_waiting(office, an) == 0
    with pytest.raises(NotFound):
        decide(office, an, request_id, agrees=True)
    decide(office, he, request_id, agrees=True)
    assert corrections(school, thread_id)[0].reason == WHY

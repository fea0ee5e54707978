"""The same form sent again: one letter, and within two minutes the same answer, whatever it said the first time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from mailbox.errors import AlreadySent
from mailbox.letters.desk import queue
from mailbox.letters.post import post
from mailbox.people.arrivals import approve
from mailbox.store.outbox import open_alarms
from tests.conftest import SchoolAtWork
from tests.mailbox.letters.test_journey import letter_of


def test_a_double_click_is_one_letter_with_one_code(school: SchoolAtWork) -> None:
    letter = letter_of(school, "一封信")
    first, second = post(school.office, letter), post(school.office, letter)
    assert first.code.pictures == second.code.pictures
    assert len(queue(school.office, school.counselor)) == 1


def test_twenty_clicks_at_once_are_one_letter_with_one_code(school: SchoolAtWork) -> None:
    letter = letter_of(school, "一封信")
    with ThreadPoolExecutor(8) as fingers:
        posted = list(fingers.map(lambda _: post(school.office, letter).code.pictures, range(20)))
    assert len(set(posted)) == 1
    assert len(queue(school.office, school.counselor)) == 1


def test_the_next_child_who_sends_the_old_form_again_gets_no_code(school: SchoolAtWork) -> None:
    letter = letter_of(school, "一封信")
    post(school.office, letter)
    school.clock.advance(minutes=4)
    with pytest.raises(AlreadySent):
        post(school.office, letter)


def test_other_words_on_the_same_form_are_another_letter_and_not_lost(school: SchoolAtWork) -> None:
    letter = letter_of(school, "一封信")
    first, second = post(school.office, letter), post(school.office, replace(letter, text="另一封信"))
    assert first.code.pictures != second.code.pictures
    assert len(queue(school.office, school.counselor)) == 2


def test_a_letter_closed_to_everybody_says_so_again_when_it_is_sent_twice(school: SchoolAtWork) -> None:
    closed = letter_of(school, "谁都不能看", not_for_readers=frozenset({school.counselor.person_id}))
    first, second = post(school.office, closed), post(school.office, closed)
    assert (second.code, second.nobody_left, second.is_repeat) == (first.code, True, True)
    with school.office.database.view() as view:
        assert len(open_alarms(view.session, school.school_id)) == 1


def test_a_letter_that_somebody_may_open_says_so_again_when_it_is_sent_twice(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    person_id, _ = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    for barred in (frozenset[str](), frozenset({person_id})):
        letter = letter_of(school, "有人能看", not_for_readers=barred)
        assert [post(school.office, letter).nobody_left for _ in range(2)] == [False, False]

"""What is overdue is told to those on duty: numbers only, once a day, not at night unless it is urgent."""

from __future__ import annotations

import os

import pytest

from mailbox.alarms.reminders import remind_of_overdue
from mailbox.alarms.siren import ringing
from mailbox.alarms.words import words_of
from mailbox.alarms.worker import deliver_due
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.post import Letter, post
from mailbox.store.outbox import due_deliveries
from tests.conftest import SchoolAtWork
from tests.mailbox.alarms.called import Called, called_school


@pytest.fixture
def called(school: SchoolAtWork) -> Called:
    found = called_school(school)
    found.keep_list()
    return found


def letter(called: Called, text: str, *barred: str) -> None:
    post(called.school.office, Letter(called.school.school_id, "kiosk", text, os.urandom(16), frozenset(barred)))


def remind(called: Called) -> int:
    return remind_of_overdue(called.school.office)


def test_a_soon_letter_past_its_school_day_is_told_to_who_is_on_duty_once_that_day(called: Called) -> None:
    letter(called, "【尽快】秘密的话")
    with called.hooked(called.lin) as (lins,):
        called.school.clock.advance(days=1)
        assert remind(called) == 0
        called.school.clock.advance(days=1)
        assert remind(called) == 1
        assert remind(called) == 0
        assert deliver_due(called.school.office) == 1
        (told,) = lins.wait_for(1)
    assert "1 封" in told["message"] and "秘密" not in str(told)
    assert ringing(called.school.office, called.school.school_id) == []
    called.school.clock.advance(days=1)
    assert remind(called) == 1


def test_what_is_not_urgent_waits_for_the_morning_and_for_who_comes_on_duty(called: Called) -> None:
    letter(called, "【尽快】等一等")
    # Wednesday at half past six, at half past seven, and at eight.
    called.school.clock.advance(days=1, hours=20, minutes=30)
    assert remind(called) == 0
    called.school.clock.advance(hours=1)
    assert remind(called) == 0
    called.school.clock.advance(minutes=30)
    assert remind(called) == 1


def test_urgent_and_unread_is_told_at_night_and_no_more_once_somebody_has_read_it(called: Called) -> None:
    letter(called, "【紧急】快来")
    called.school.clock.advance(hours=15)
    assert remind(called) == 1
    open_thread(called.school.office, called.lin, queue(called.school.office, called.lin)[0].id)
    called.school.clock.advance(days=1)
    assert remind(called) == 0


def test_the_day_before_the_opening_tells_what_waits_for_it(called: Called) -> None:
    letter(called, "今天的云像一只鸡")
    called.school.clock.advance(days=2)
    assert remind(called) == 0
    called.school.clock.advance(days=1)
    assert remind(called) == 1


def test_a_day_without_school_tells_nothing_that_is_not_urgent(called: Called) -> None:
    letter(called, "【尽快】等一等")
    called.school.clock.advance(days=5)
    assert remind(called) == 0


def test_who_is_closed_out_is_not_told_and_the_readers_who_may_know_are(called: Called) -> None:
    letter(called, "【尽快】不要告诉他们", called.lin.person_id, called.he.person_id)
    with called.hooked(None, called.lin, called.lead) as (everybodys, lins, leads):
        called.school.clock.advance(days=2)
        assert remind(called) == 1
        assert deliver_due(called.school.office) == 1
        assert len(leads.wait_for(1)) == 1
        assert (everybodys.posts, lins.posts) == ([], [])


def test_a_reminder_that_nobody_takes_is_let_go(called: Called) -> None:
    letter(called, "【尽快】等一等")
    called.add("json://127.0.0.1:9/", called.lin)
    called.school.clock.advance(days=2)
    assert remind(called) == 1
    for _ in range(10):
        deliver_due(called.school.office)
        called.school.clock.advance(minutes=11)
    with called.school.office.database.view() as view:
        assert due_deliveries(view.session, int(called.school.office.clock().timestamp())) == []


def test_a_reminder_says_numbers_and_reasons() -> None:
    title, body = words_of("reminder", "urgent=1 soon=2")
    assert "紧急" in title and body == "紧急的信还没有人看:1 封;要尽快看的信过了时间:2 封。"

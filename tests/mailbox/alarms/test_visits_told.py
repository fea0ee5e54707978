"""A child who is to be looked after again is told of on the duty channels, as a number, until somebody has."""

from __future__ import annotations

import os

import pytest

from mailbox.alarms.reminders import remind_of_overdue
from mailbox.alarms.worker import deliver_due
from mailbox.care.cases import open_case
from mailbox.care.follow_ups import follow_up_done
from mailbox.care.reading import read_case
from mailbox.letters.desk import open_thread
from tests.conftest import SchoolAtWork
from tests.mailbox.alarms.called import Called, called_school
from tests.support.web_hook import WebHook


@pytest.fixture
def called(school: SchoolAtWork) -> Called:
    return called_school(school)


def case_of(called: Called, *barred: object) -> str:
    """Let a letter come, look at it, and open its case; nothing of it is late but its visits."""
    thread_id = called.urgent(*barred)  # type: ignore[arg-type]
    open_thread(called.school.office, called.lin, thread_id)
    return open_case(called.school.office, called.lin, thread_id, ["danger"], "")


def visit(called: Called, case_id: str, step: str) -> None:
    office, lin = called.school.office, called.lin
    due = next(row.id for row in read_case(office, lin, case_id).follow_ups if row.step == step)
    follow_up_done(office, lin, case_id, due, "孩子好一些", os.urandom(16))


def told(called: Called, hook: WebHook) -> int:
    """Look at the clock, deliver, and return how many reminders of visits the hook has."""
    remind_of_overdue(called.school.office)
    deliver_due(called.school.office)
    return sum("要回访的孩子:1 个" in str(post) for post in hook.posts)


def test_a_visit_is_told_once_a_day_until_it_is_done(called: Called) -> None:
    with called.hooked(None) as (hook,):
        case_id = case_of(called)
        assert told(called, hook) == 0
        called.school.clock.advance(days=1)
        assert [told(called, hook) for _ in range(2)] == [1, 1]
        visit(called, case_id, "24h")
        called.school.clock.advance(days=1)
        assert told(called, hook) == 1
        assert "秘密" not in str(hook.posts)


def test_after_a_day_and_after_three_it_is_told_on_a_weekend_too_but_not_at_night(called: Called) -> None:
    with called.hooked(None) as (hook,):
        called.school.clock.advance(days=4)
        case_of(called)
        # Saturday, at three in the night and at ten.
        called.school.clock.advance(hours=17)
        assert told(called, hook) == 0
        called.school.clock.advance(hours=7)
        assert told(called, hook) == 1


def test_whom_the_child_closed_out_is_told_of_no_visit(called: Called) -> None:
    with called.hooked(called.lin, called.he, None) as (of_lin, of_he, of_all):
        case_of(called, called.he)
        called.school.clock.advance(days=1)
        assert [told(called, hook) for hook in (of_lin, of_he, of_all)] == [1, 0, 0]

"""A computer whose clock ran a day ahead and is set right: what was written meanwhile must not wait for that day."""

from __future__ import annotations

import os

import pytest

from mailbox.alarms.channels import add_channel
from mailbox.alarms.escalation import call_due
from mailbox.alarms.worker import CLAIM_SECONDS, deliver_due
from mailbox.errors import ClaimLost, SessionRefused
from mailbox.letters.answer import claim
from mailbox.letters.desk import queue
from mailbox.letters.post import Letter, post
from mailbox.letters.queueing import queue_page
from mailbox.office import Office
from mailbox.people.login import log_in, who
from mailbox.rules.queue_wish import QueueWish
from mailbox.store.outbox import claim_delivery, due_deliveries
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.mailbox.care.second_persons import join
from tests.support.web_hook import WebHook


@pytest.fixture
def alarmed(school: SchoolAtWork, web_hook: WebHook) -> SchoolAtWork:
    """An urgent letter that came while the clock ran a day ahead."""
    add_channel(school.office, school.school_id, school.technician_id, "值班手机", web_hook.apprise_url)
    post(school.office, Letter(school.school_id, "kiosk", "【紧急】一封信", os.urandom(16)))
    return school


def claim_and_die(office: Office) -> None:
    now_seconds = int(office.clock().timestamp())
    with office.database.work() as work:
        (due,) = due_deliveries(work.session, now_seconds)
        assert claim_delivery(work.session, due, now_seconds, now_seconds + CLAIM_SECONDS) == 1
        work.commit()


def test_an_alarm_that_waited_to_be_sent_is_sent_at_once(alarmed: SchoolAtWork, web_hook: WebHook) -> None:
    alarmed.clock.advance(days=-1)
    assert deliver_due(alarmed.office) == 1
    assert len(web_hook.posts) == 1


def test_an_alarm_whose_channel_failed_is_tried_again_at_once(alarmed: SchoolAtWork, web_hook: WebHook) -> None:
    web_hook.refusals = 1
    assert deliver_due(alarmed.office) == 0
    alarmed.clock.advance(days=-1)
    assert deliver_due(alarmed.office) == 1


def test_a_clock_set_back_by_less_than_an_hour_delays_no_alarm_either(alarmed: SchoolAtWork, web_hook: WebHook) -> None:
    alarmed.clock.advance(minutes=-10)
    web_hook.refusals = 1
    # Tried at once, and told by the hook to come again.
    assert (deliver_due(alarmed.office), web_hook.refusals) == (0, 0)
    alarmed.clock.advance(minutes=-20)
    assert deliver_due(alarmed.office) == 1
    assert len(web_hook.posts) == 1


def test_an_alarm_whose_worker_died_is_sent_by_another(alarmed: SchoolAtWork, web_hook: WebHook) -> None:
    claim_and_die(alarmed.office)
    alarmed.clock.advance(days=-1)
    assert deliver_due(alarmed.office) == 1
    assert deliver_due(alarmed.office) == 0
    assert len(web_hook.posts) == 1


def test_a_claim_is_respected_when_the_clock_is_set_back_by_seconds(alarmed: SchoolAtWork) -> None:
    claim_and_die(alarmed.office)
    alarmed.clock.advance(seconds=-5)
    assert deliver_due(alarmed.office) == 0


def test_an_alarm_that_nobody_answered_goes_on_to_the_next(alarmed: SchoolAtWork) -> None:
    assert call_due(alarmed.office) == 1
    alarmed.clock.advance(days=-1)
    assert call_due(alarmed.office) == 1
    # It has the right time now, and waits as it always does.
    assert call_due(alarmed.office) == 0


def test_a_session_of_the_day_ahead_is_over(school: SchoolAtWork) -> None:
    cookie = log_in(school.office, "lin", PASSPHRASE)
    school.clock.advance(seconds=-30)
    assert who(school.office, cookie).role == "counselor"
    school.clock.advance(days=-1)
    with pytest.raises(SessionRefused):
        who(school.office, cookie)


def test_a_letter_that_a_colleague_held_a_day_ahead_is_free(alarmed: SchoolAtWork) -> None:
    other = join(alarmed, "counselor", "he")
    thread_id = queue(alarmed.office, alarmed.counselor)[0].id
    claim(alarmed.office, alarmed.counselor, thread_id)
    alarmed.clock.advance(seconds=-30)
    with pytest.raises(ClaimLost):
        claim(alarmed.office, other, thread_id)
    alarmed.clock.advance(days=-1)
    assert queue(alarmed.office, other)[0].claimed_by is None
    page = queue_page(alarmed.office, alarmed.counselor, QueueWish())
    assert (page.rows[0].claimed_by, page.counts.mine) == (None, 0)
    claim(alarmed.office, other, thread_id)
    assert queue(alarmed.office, other)[0].claimed_by == other.person_id

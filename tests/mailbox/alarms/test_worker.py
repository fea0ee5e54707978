"""Alarms reach a real mail server and a real web hook: at least once, by one worker, without a word of the letter."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from mailbox.alarms.channels import add_channel
from mailbox.alarms.outbox import raise_alarm
from mailbox.alarms.worker import deliver_due, pause_after
from mailbox.errors import InputRefused
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.post import Letter, post
from mailbox.store.outbox import channels_of
from mailbox.store.tables import Channel, new_id
from tests.conftest import SchoolAtWork
from tests.support.smtp import running_smtp_server, text_of
from tests.support.web_hook import running_web_hook


def send_urgent(school: SchoolAtWork) -> None:
    post(school.office, Letter(school.school_id, new_id(), "【紧急】秘密的话", os.urandom(16)))


def add(school: SchoolAtWork, address: str) -> str:
    return add_channel(school.office, school.school_id, school.technician_id, "校长室", address)


def test_an_urgent_letter_arrives_by_mail_without_a_word_of_it(school: SchoolAtWork) -> None:
    with running_smtp_server() as server:
        add(school, server.apprise_url)
        send_urgent(school)
        assert deliver_due(school.office) == 1
        said = text_of(server.wait_for(1)[0])
    assert "紧急" in said
    assert "秘密" not in said


def test_an_urgent_letter_arrives_at_a_web_hook(school: SchoolAtWork) -> None:
    with running_web_hook() as hook:
        add(school, hook.apprise_url)
        send_urgent(school)
        assert deliver_due(school.office) == 1
        assert len(hook.wait_for(1)) == 1


def test_two_workers_deliver_once(school: SchoolAtWork) -> None:
    with running_smtp_server() as server:
        add(school, server.apprise_url)
        send_urgent(school)
        with ThreadPoolExecutor(4) as workers:
            sent = sum(workers.map(lambda _: deliver_due(school.office), range(4)))
        assert (sent, len(server.wait_for(1))) == (1, 1)


def test_a_failed_delivery_is_shown_on_its_channel_and_tried_again_later(school: SchoolAtWork) -> None:
    with running_smtp_server() as server:
        server.refusals = 1
        add(school, server.apprise_url)
        send_urgent(school)
        assert deliver_due(school.office) == 0
        assert problem_of(school) == "SendingFailed"
        assert deliver_due(school.office) == 0
        school.clock.advance(seconds=11)
        assert deliver_due(school.office) == 1
        assert problem_of(school) is None


def problem_of(school: SchoolAtWork) -> str | None:
    with school.office.database.view() as view:
        return channels_of(view.session, school.school_id)[0].problem


def test_pauses_grow_and_stay_below_ten_minutes() -> None:
    assert [pause_after(attempts) for attempts in (1, 2, 3, 20)] == [10, 20, 40, 600]


def test_a_letter_that_was_opened_rings_no_more(school: SchoolAtWork) -> None:
    with running_smtp_server() as server:
        add(school, server.apprise_url)
        send_urgent(school)
        open_thread(school.office, school.counselor, queue(school.office, school.counselor)[0].id)
        assert deliver_due(school.office) == 0


def test_a_channel_written_straight_into_the_database_is_not_used(school: SchoolAtWork) -> None:
    with running_smtp_server() as server:
        add(school, server.apprise_url)
        with school.office.database.work() as work:
            work.session.query(Channel).update({"name": "别处"})
            work.commit()
        with school.office.database.work() as work:
            raise_alarm(school.office, work.session, school.school_id, None, "test")
            work.commit()
        assert deliver_due(school.office) == 0
    assert problem_of(school) == "NotAuthentic"


def test_the_address_of_a_channel_is_not_in_the_database_in_the_clear(school: SchoolAtWork) -> None:
    add(school, "mailto://someone:geheim@mail.school.invalid")
    with school.office.database.view() as view:
        assert b"geheim" not in channels_of(view.session, school.school_id)[0].wrapped_address


def test_an_address_that_no_channel_knows_is_refused(school: SchoolAtWork) -> None:
    with pytest.raises(InputRefused):
        add(school, "nonsense")

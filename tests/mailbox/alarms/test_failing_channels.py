"""A channel that fails or hangs: the others ring meanwhile, the next one tells it once, a try says what happened."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from mailbox.alarms.channels import add_channel, channel_lines, try_channel
from mailbox.alarms.siren import ringing
from mailbox.alarms.worker import deliver_due
from mailbox.errors import InputRefused, NotAllowed
from mailbox.store.tables import Alarm
from tests.conftest import SchoolAtWork
from tests.mailbox.alarms.test_worker import send_urgent
from tests.support.smtp import SmtpServer, text_of
from tests.support.web_hook import WebHook

DEAD = "json://127.0.0.1:9/"


def add(school: SchoolAtWork, name: str, address: str, person_id: str | None = None) -> str:
    return add_channel(school.office, school.school_id, school.technician_id, name, address, person_id)


def problems(school: SchoolAtWork) -> dict[str, str | None]:
    return {line.name: line.problem for line in channel_lines(school.office, school.school_id)}


def kept(school: SchoolAtWork, kind: str) -> int:
    with school.office.database.view() as view:
        return view.session.query(Alarm).filter_by(kind=kind).count()


@contextmanager
def silent_hook() -> Iterator[str]:
    """A web hook that takes every call and never answers; its address."""
    with socket.create_server(("127.0.0.1", 0)) as telephone:
        yield f"json://127.0.0.1:{telephone.getsockname()[1]}/?rto=600"


def test_a_channel_that_never_answers_keeps_no_other_one_waiting(
    school: SchoolAtWork, web_hook: WebHook, smtp_server: SmtpServer
) -> None:
    with silent_hook() as hangs:
        add(school, "从不回答", hangs)
        add(school, "值班手机", web_hook.apprise_url)
        add(school, "邮箱", smtp_server.apprise_url)
        send_urgent(school)
        assert deliver_due(school.office, patience_seconds=5) == 2
        assert "紧急" in web_hook.wait_for(1)[0]["message"]
        assert "紧急" in text_of(smtp_server.wait_for(1)[0])
        assert problems(school) == {"从不回答": "TooSlow", "值班手机": None, "邮箱": None}


def test_a_failure_is_told_by_the_next_working_channel_once_and_not_for_each_try(
    school: SchoolAtWork, web_hook: WebHook
) -> None:
    add(school, "门卫室", DEAD)
    add(school, "值班手机", web_hook.apprise_url)
    send_urgent(school)
    deliver_due(school.office)
    deliver_due(school.office)
    told = [post["message"] for post in web_hook.wait_for(2)]
    assert "紧急的信" in told[0] and "没有送到" in told[1]
    for _ in range(3):
        school.clock.advance(minutes=11)
        deliver_due(school.office)
    assert len(web_hook.posts) == 2
    # What was told is gone; the siren page never rang for it.
    assert kept(school, "channel") == 0
    assert [alarm.kind for alarm in ringing(school.office, school.school_id)] == ["urgent"]


def test_a_try_that_is_taken_clears_what_was_wrong(school: SchoolAtWork, web_hook: WebHook) -> None:
    tried = add(school, "值班手机", web_hook.apprise_url)
    web_hook.refusals = 1
    assert try_channel(school.office, school.school_id, school.technician_id, tried) == "SendingFailed"
    assert problems(school) == {"值班手机": "SendingFailed"}
    assert try_channel(school.office, school.school_id, school.technician_id, tried) is None
    assert problems(school) == {"值班手机": None}


def test_a_failure_that_no_channel_can_tell_stands_on_the_desk(school: SchoolAtWork) -> None:
    add(school, "门卫室", DEAD)
    add(school, "校长室", DEAD)
    send_urgent(school)
    for _ in range(3):
        deliver_due(school.office)
    assert problems(school) == {"门卫室": "SendingFailed", "校长室": "SendingFailed"}
    assert kept(school, "channel") == 0


def test_trying_one_channel_sends_there_alone_and_rings_nowhere_else(school: SchoolAtWork, web_hook: WebHook) -> None:
    tried = add(school, "值班手机", web_hook.apprise_url)
    add(school, "门卫室", DEAD)
    assert try_channel(school.office, school.school_id, school.counselor.person_id, tried) is None
    assert "测试" in web_hook.wait_for(1)[0]["message"]
    assert problems(school) == {"值班手机": None, "门卫室": None}
    assert ringing(school.office, school.school_id) == []


def test_trying_a_channel_that_never_answers_comes_back_with_that(school: SchoolAtWork) -> None:
    with silent_hook() as hangs:
        tried = add(school, "从不回答", hangs)
        problem = try_channel(school.office, school.school_id, school.technician_id, tried, patience_seconds=0.5)
    assert problem == "TooSlow"


def test_a_channel_of_ones_own_takes_no_alarm_of_everybody_and_belongs_to_somebody_here(
    school: SchoolAtWork, web_hook: WebHook
) -> None:
    add(school, "林老师的手机", web_hook.apprise_url, school.counselor.person_id)
    send_urgent(school)
    assert deliver_due(school.office) == 0
    with pytest.raises(InputRefused):
        add(school, "谁的手机", DEAD, "0" * 32)
    with pytest.raises(NotAllowed):
        add_channel(school.office, school.school_id, school.counselor.person_id, "我的", DEAD)

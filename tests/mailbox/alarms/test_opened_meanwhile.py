"""A reader opens a thread in the moment in which a child writes back, or its alarm is sent: nothing is lost by it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event

from mailbox.alarms.channels import add_channel
from mailbox.alarms.siren import ringing
from mailbox.alarms.worker import deliver_due
from mailbox.letters.collect import collect
from mailbox.letters.desk import open_thread
from mailbox.letters.post import Letter, post, write_back
from tests.conftest import SchoolAtWork
from tests.support.web_hook import WebHook

# The last that is read before a sending is noted.
_NOTED = "FROM alarms"


@contextmanager
def behind(engine: Engine, is_moment: Callable[[str], bool], meanwhile: Callable[[], None]) -> Iterator[None]:
    """Let somebody else act right behind the first statement of which ``is_moment`` is true."""
    waiting = [meanwhile]

    def act(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if waiting and is_moment(statement):
            waiting.pop()()

    event.listen(engine, "after_cursor_execute", act)
    try:
        yield
    finally:
        event.remove(engine, "after_cursor_execute", act)
    assert not waiting, "the moment never came"


def sent(school: SchoolAtWork) -> str:
    """Let an urgent letter come; return its thread."""
    code = post(school.office, Letter(school.school_id, "kiosk", "【紧急】第一封", os.urandom(16))).code
    return collect(school.office, school.school_id, code).thread_id


# On SQLite nobody writes while a reader's act is under way.
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_an_urgent_letter_that_comes_while_its_thread_is_opened_rings_until_it_is_read(school: SchoolAtWork) -> None:
    thread_id = sent(school)
    second = Letter(school.school_id, "kiosk", "【紧急】第二封", os.urandom(16))
    engine = school.office.database.engine
    with behind(engine, lambda asked: "FROM notes" in asked, lambda: write_back(school.office, second, thread_id)):
        assert len(open_thread(school.office, school.counselor, thread_id).notes) == 1
    assert len(ringing(school.office, school.school_id)) == 1
    assert len(open_thread(school.office, school.counselor, thread_id).notes) == 2
    assert ringing(school.office, school.school_id) == []


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_letter_that_is_opened_while_its_sent_alarm_is_noted_disturbs_no_other(
    school: SchoolAtWork, web_hook: WebHook
) -> None:
    for name in ("值班手机", "校长室"):
        add_channel(school.office, school.school_id, school.technician_id, name, web_hook.apprise_url)
    thread_id = sent(school)
    opener = threading.Thread(target=open_thread, args=(school.office, school.counselor, thread_id))

    def open_it() -> None:
        opener.start()
        # It may have to wait until the sending is noted.
        opener.join(0.3)

    with behind(school.office.database.engine, lambda asked: bool(web_hook.posts) and _NOTED in asked, open_it):
        assert deliver_due(school.office) == 2
    opener.join()
    assert ringing(school.office, school.school_id) == []

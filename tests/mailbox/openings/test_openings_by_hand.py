"""A box opened by hand does not take the place of the opening that is due."""

from __future__ import annotations

import os

from mailbox.letters.answer import answer
from mailbox.letters.collect import collect
from mailbox.letters.desk import queue
from mailbox.letters.post import Letter, post
from mailbox.openings.opening import open_box_of, open_what_is_due
from mailbox.openings.summary import week_summaries
from tests.conftest import NONCE, SchoolAtWork


def test_a_reply_written_after_an_opening_by_hand_is_read_after_that_days_own_opening(school: SchoolAtWork) -> None:
    code = post(school.office, Letter(school.school_id, "kiosk", "我想家了", os.urandom(16))).code
    school.clock.advance(days=4)
    assert open_box_of(school.office, school.school_id, school.office.local_now().date(), by_hand=True)
    thread_id = queue(school.office, school.counselor)[0].id
    answer(school.office, school.counselor, thread_id, "我在", release_now=False, form_nonce=NONCE)
    running = week_summaries(school.office, school.counselor)[0]
    assert (running.by_hand, running.is_open) == (True, False)
    school.clock.advance(hours=6)
    assert open_what_is_due(school.office) == [school.school_id]
    assert [reply.text for reply in collect(school.office, school.school_id, code).replies] == ["我在"]
    assert open_what_is_due(school.office) == []


def test_a_box_is_opened_by_hand_as_often_as_somebody_wishes(school: SchoolAtWork) -> None:
    today = school.office.local_now().date()
    assert open_box_of(school.office, school.school_id, today, by_hand=True)
    assert open_box_of(school.office, school.school_id, today, by_hand=True)

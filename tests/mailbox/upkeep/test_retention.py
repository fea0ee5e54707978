"""The child's copy of a reply goes when its days are over; everything else stays."""

from __future__ import annotations

import os

from mailbox.letters.answer import answer
from mailbox.letters.collect import collect
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.post import Letter, post
from mailbox.sealing.receipt import ReceiptCode
from mailbox.store.tables import Reply
from mailbox.upkeep.retention import remove_old_reply_copies
from tests.conftest import NONCE, SchoolAtWork


def answered(school: SchoolAtWork, *, release_now: bool = True) -> tuple[ReceiptCode, str]:
    code = post(school.office, Letter(school.school_id, "kiosk", "我想家了", os.urandom(16))).code
    thread_id = queue(school.office, school.counselor)[0].id
    answer(school.office, school.counselor, thread_id, "我也会想家", release_now=release_now, form_nonce=NONCE)
    return code, thread_id


def test_a_reply_can_be_read_for_sixty_days_and_is_then_simply_gone(school: SchoolAtWork) -> None:
    code, thread_id = answered(school)
    school.clock.advance(days=60)
    assert remove_old_reply_copies(school.office) == 0
    assert [reply.text for reply in collect(school.office, school.school_id, code).replies] == ["我也会想家"]
    school.clock.advance(days=1)
    assert remove_old_reply_copies(school.office) == 1
    collected = collect(school.office, school.school_id, code)
    assert (collected.replies, collected.damaged) == ([], 0)
    assert open_thread(school.office, school.counselor, thread_id).replies[0].text == "我也会想家"


def test_a_held_reply_waits_for_its_opening_however_long(school: SchoolAtWork) -> None:
    answered(school, release_now=False)
    school.clock.advance(days=400)
    assert remove_old_reply_copies(school.office) == 0


def test_a_forged_reply_gains_no_mark_by_being_old(school: SchoolAtWork) -> None:
    code, _ = answered(school)
    with school.office.database.work() as work:
        work.session.query(Reply).update({Reply.author_id: "0" * 32})
        work.commit()
    school.clock.advance(days=61)
    assert remove_old_reply_copies(school.office) == 0
    assert collect(school.office, school.school_id, code).damaged == 1

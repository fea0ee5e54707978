"""The child's copy of a reply goes when its days are over; everything else stays."""

from __future__ import annotations

import os
from datetime import date

from mailbox.care.cases import close_case, open_case
from mailbox.care.reading import case_lines
from mailbox.letters.answer import answer
from mailbox.letters.collect import collect
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.post import Letter, post
from mailbox.sealing.receipt import ReceiptCode
from mailbox.store.tables import Case, CaseEntry, CaseKey, FollowUp, Reply
from mailbox.upkeep.retention import remove_old_cases, remove_old_reply_copies
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


def closed_case(school: SchoolAtWork, *, not_for: frozenset[str] = frozenset()) -> str:
    post(school.office, Letter(school.school_id, "kiosk", "我想家了", os.urandom(16), not_for))
    thread_id = queue(school.office, school.counselor)[0].id
    case_id = open_case(school.office, school.counselor, thread_id, ["other"], "")
    close_case(school.office, school.counselor, case_id, "support", "", NONCE)
    return case_id


def test_a_case_is_kept_three_years_after_it_was_closed_and_then_goes_whole(school: SchoolAtWork) -> None:
    closed_case(school)
    school.clock.advance(days=1_095)
    assert remove_old_cases(school.office) == 0
    school.clock.advance(days=1)
    assert remove_old_cases(school.office) == 1
    assert case_lines(school.office, school.counselor) == []
    with school.office.database.view() as view:
        assert [view.session.query(table).count() for table in (Case, CaseEntry, FollowUp)] == [0, 0, 0]


def test_an_open_case_stays_however_old(school: SchoolAtWork) -> None:
    post(school.office, Letter(school.school_id, "kiosk", "我想家了", os.urandom(16)))
    open_case(school.office, school.counselor, queue(school.office, school.counselor)[0].id, ["other"], "")
    school.clock.advance(days=5_000)
    assert remove_old_cases(school.office) == 0


def test_nobody_has_a_case_forgotten_early_who_has_the_database_only(school: SchoolAtWork) -> None:
    closed_case(school)
    with school.office.database.work() as work:
        work.session.query(Case).update({Case.closed_on: date(2020, 1, 1)})
        work.commit()
    assert remove_old_cases(school.office) == 0


def test_with_the_case_of_a_closed_letter_its_key_goes(school: SchoolAtWork) -> None:
    closed_case(school, not_for=frozenset({"0" * 32}))
    school.clock.advance(days=1_096)
    assert remove_old_cases(school.office) == 1
    with school.office.database.view() as view:
        assert view.session.query(CaseKey).count() == 0

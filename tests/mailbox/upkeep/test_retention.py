"""What goes when its days are over: the child's copy of a reply, closed cases, talks; and that it is really gone."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

from sqlalchemy import make_url

from mailbox.care.cases import close_case, open_case
from mailbox.care.reading import case_lines
from mailbox.care.talks import Talk, own_talks, write_talk
from mailbox.letters.answer import answer
from mailbox.letters.collect import collect
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.post import Letter, post
from mailbox.rules.letter_kinds import LetterKind
from mailbox.sealing.receipt import ReceiptCode
from mailbox.store.marked import set_mark
from mailbox.store.tables import AuditRow, Case, CaseEntry, CaseKey, FollowUp, Reply, TalkRecord
from mailbox.upkeep.retention import remove_old_cases, remove_old_reply_copies, remove_old_talks
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


def kept_talk(school: SchoolAtWork, thread_id: str | None = None) -> bytes:
    """Keep a talk; return its box, which is padded and like no other bytes of the database."""
    today = school.office.local_now().date()
    talk = Talk(today, "小禾", "橘子树下聊了聊", "下周二再见", thread_id)
    talk_id = write_talk(school.office, school.counselor, talk, os.urandom(16))
    with school.office.database.view() as view:
        return view.session.get_one(TalkRecord, talk_id).box


def test_a_talk_is_kept_for_its_days_and_at_most_a_month_longer(school: SchoolAtWork) -> None:
    kept_talk(school)
    school.clock.advance(days=1_095)
    assert remove_old_talks(school.office) == 0
    # It was written on 2 March 2026: the first of April three years later is the first day after its month.
    school.clock.advance(days=31)
    assert remove_old_talks(school.office) == 1
    assert own_talks(school.office, school.counselor).talks == []
    assert remove_old_talks(school.office) == 0


def test_what_went_is_counted_in_the_audit_and_no_talk_is_named(school: SchoolAtWork) -> None:
    kept_talk(school)
    kept_talk(school)
    school.clock.advance(days=1_200)
    remove_old_talks(school.office)
    with school.office.database.view() as view:
        last = view.session.query(AuditRow).order_by(AuditRow.place).all()[-1]
    assert (last.act, last.person_id, last.subject_id) == ("talk.forget.2", None, None)


def test_nobody_has_a_talk_forgotten_early_who_has_the_database_only(school: SchoolAtWork) -> None:
    kept_talk(school)
    for since in (date(2020, 1, 1), None):
        with school.office.database.work() as work:
            work.session.query(TalkRecord).update({TalkRecord.kept_since: since})
            work.commit()
        assert remove_old_talks(school.office) == 0
        with school.office.database.view() as view:
            assert view.session.query(TalkRecord).one().kept_since == since


def test_a_talk_from_before_months_were_kept_begins_its_time_now(school: SchoolAtWork) -> None:
    kept_talk(school)
    with school.office.database.work() as work:
        talk = work.session.query(TalkRecord).one()
        talk.kept_since = None
        set_mark(talk, school.office.marks.mac)
        work.commit()
    school.clock.advance(days=400)
    assert remove_old_talks(school.office) == 0
    assert len(own_talks(school.office, school.counselor).talks) == 1
    school.clock.advance(days=1_130)
    assert remove_old_talks(school.office) == 1


def test_with_the_last_talk_of_a_closed_letter_its_key_goes(school: SchoolAtWork) -> None:
    letter = Letter(school.school_id, "kiosk", "想见您", os.urandom(16), frozenset({"0" * 32}))
    named = replace(letter, kind=LetterKind.MEET, details={"name": "小禾"})
    post(school.office, named)
    thread_id = queue(school.office, school.counselor)[0].id
    kept_talk(school, thread_id)
    kept_talk(school, thread_id)
    kept_talk(school)
    school.clock.advance(days=1_200)
    assert remove_old_talks(school.office) == 3
    with school.office.database.view() as view:
        # The key of all readers stays: the next talk is sealed to it.
        assert [key.only_thread for key in view.session.query(CaseKey)] == [None]


def test_the_file_of_the_database_holds_nothing_of_what_went(school: SchoolAtWork) -> None:
    path = make_url(school.office.settings.database_url).database
    if not path or not path.endswith(".db"):
        return
    box = kept_talk(school)
    case_id = closed_case(school)
    with school.office.database.view() as view:
        boxes = [box, *(entry.box for entry in view.session.query(CaseEntry).filter_by(case_id=case_id))]
    assert all(box[:64] in raw_bytes(path) for box in boxes)
    school.clock.advance(days=1_200)
    assert (remove_old_talks(school.office), remove_old_cases(school.office)) == (1, 1)
    found = raw_bytes(path)
    # A long box is cut into pages with other bytes between them, so it is looked for piece by piece.
    assert [at for box in boxes for at in range(0, len(box), 32) if box[at : at + 32] in found] == []


def raw_bytes(path: str) -> bytes:
    """Return the file and its journal as a thief finds them while the service runs."""
    return b"".join(Path(name).read_bytes() for name in (path, f"{path}-wal") if Path(name).exists())

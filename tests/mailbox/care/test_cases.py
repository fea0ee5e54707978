"""A case: who opens it, what it holds, who sees it, and that nothing of it lies in the clear."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import delete, select, update

from mailbox.care.cases import (
    MAX_WORDS,
    change_situations,
    close_case,
    keep_up,
    open_case,
    remark,
    reopen_case,
    tick,
)
from mailbox.care.entries import EntryKind
from mailbox.care.reading import OpenedCase, case_lines, open_enclosure, read_case
from mailbox.errors import InputRefused, NotAllowed, NotAuthentic, NotFound
from mailbox.letters.answer import answer, correct
from mailbox.letters.desk import queue
from mailbox.letters.post import Letter, SentPart, post, write_back
from mailbox.letters.remarks import write_remark
from mailbox.people.arrivals import approve, leave
from mailbox.people.audit import verify
from mailbox.people.login import Colleague, log_in, who
from mailbox.people.sharing import share_earlier_weeks
from mailbox.sealing.keyring import RECOVERY_HOLDER, open_case_key
from mailbox.sealing.recovery import RecoveryKey
from mailbox.store.care import holders_of
from mailbox.store.database import Database
from mailbox.store.marked import set_mark
from mailbox.store.tables import Base, Case, CaseEntry, CaseKey, CaseKeyCopy, CaseReader, Note, Thread, new_id
from mailbox.upkeep.demo_drawing import house_and_sun
from tests.conftest import PASSPHRASE, SchoolAtWork
from triage.protocol import Urgency

WORDS = "【紧急】橘子树下有人等着欺负我"
WHY = "今天午休要先找到孩子"


def arrive(
    school: SchoolAtWork, words: str = WORDS, not_for: frozenset[str] = frozenset(), *, draws: bool = False
) -> str:
    known = {row.id for row in queue(school.office, school.counselor)}
    parts = (SentPart("drawing", house_and_sun()),) if draws else ()
    post(school.office, Letter(school.school_id, new_id(), words, os.urandom(16), not_for, parts=parts))
    return next(row.id for row in queue(school.office, school.counselor) if row.id not in known)


def opened(school: SchoolAtWork, thread_id: str | None = None, *situations: str) -> str:
    return open_case(school.office, school.counselor, thread_id or arrive(school), situations or ("bullying",), WHY)


def colleague_he(school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]) -> Colleague:
    person_id, login_name = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    return who(school.office, log_in(school.office, login_name, PASSPHRASE))


def letters_in(case: OpenedCase) -> list[str]:
    return [entry.said["letter"]["text"] for entry in case.of_kind(EntryKind.LETTER)]


def test_a_case_holds_the_letter_the_reply_and_the_correction_of_that_moment(school: SchoolAtWork) -> None:
    office, reader, thread_id = school.office, school.counselor, arrive(school)
    answer(office, reader, thread_id, "谢谢你告诉我", release_now=False, form_nonce=os.urandom(16))
    correct(office, reader, thread_id, Urgency.URGENT, "说得很具体")
    case = read_case(office, reader, opened(school, thread_id))
    assert letters_in(case) == [WORDS]
    assert [entry.said["text"] for entry in case.of_kind(EntryKind.REPLY)] == ["谢谢你告诉我"]
    assert [entry.said["text"] for entry in case.of_kind(EntryKind.CORRECTION)] == ["说得很具体"]
    assert case.of_kind(EntryKind.OPENED)[0].said["why"] == WHY
    assert (case.line.state, case.situations, case.has_gap) == ("open", ["bullying"], False)


def test_what_colleagues_said_beside_the_letter_comes_into_the_case_too(school: SchoolAtWork) -> None:
    office, reader, thread_id = school.office, school.counselor, arrive(school)
    write_remark(office, reader, thread_id, "我先去找班主任", form_nonce=os.urandom(16))
    case_id = opened(school, thread_id)
    write_remark(office, reader, thread_id, "班主任知道了", form_nonce=os.urandom(16))
    for _ in range(2):
        keep_up(office, reader, thread_id)
    words = read_case(office, reader, case_id).of_kind(EntryKind.WORDS)
    assert [(entry.said["author"], entry.said["text"]) for entry in words] == [
        (reader.person_id, "我先去找班主任"),
        (reader.person_id, "班主任知道了"),
    ]


def test_a_letter_with_a_drawing_keeps_it(school: SchoolAtWork) -> None:
    case_id = opened(school, arrive(school, draws=True))
    label = read_case(school.office, school.counselor, case_id).of_kind(EntryKind.LETTER)[0].said["letter"]["parts"][0]
    shown = open_enclosure(school.office, school.counselor, case_id, label["id"])
    assert shown.media_type == "image/png" and shown.content.startswith(b"\x89PNG")
    with pytest.raises(NotFound):
        open_enclosure(school.office, school.counselor, case_id, new_id())


def test_a_second_click_finds_the_same_case(school: SchoolAtWork) -> None:
    thread_id = arrive(school)
    assert opened(school, thread_id) == opened(school, thread_id)
    assert len(case_lines(school.office, school.counselor)) == 1


def test_a_letter_that_comes_later_is_added_when_somebody_opens_it(school: SchoolAtWork) -> None:
    thread_id = arrive(school)
    case_id = opened(school, thread_id)
    write_back(school.office, Letter(school.school_id, new_id(), "我今天好一点了", os.urandom(16)), thread_id)
    assert letters_in(read_case(school.office, school.counselor, case_id)) == [WORDS]
    for _ in range(2):
        found = keep_up(school.office, school.counselor, thread_id)
        assert found and found.id == case_id
    assert letters_in(read_case(school.office, school.counselor, case_id)) == [WORDS, "我今天好一点了"]
    assert keep_up(school.office, school.counselor, arrive(school)) is None


def test_a_case_outlives_its_thread(school: SchoolAtWork) -> None:
    thread_id = arrive(school)
    case_id = opened(school, thread_id)
    with school.office.database.work() as work:
        work.session.execute(delete(Thread).where(Thread.id == thread_id))
        work.commit()
    case = read_case(school.office, school.counselor, case_id)
    assert letters_in(case) == [WORDS] and not case.has_thread


def test_steps_are_ticked_by_whom_and_when_and_a_tick_taken_back_stays_in_the_record(school: SchoolAtWork) -> None:
    office, reader, case_id = school.office, school.counselor, opened(school)
    nonce = os.urandom(16)
    for _ in range(2):
        tick(office, reader, case_id, "bullying-stop", done=True, form_nonce=nonce)
    done = read_case(office, reader, case_id).ticked("bullying-stop")
    assert done and (done.by, done.half) == (reader.person_id, "morning")
    tick(office, reader, case_id, "bullying-stop", done=False, form_nonce=os.urandom(16))
    case = read_case(office, reader, case_id)
    assert case.ticked("bullying-stop") is None and len(case.of_kind(EntryKind.STEP)) == 2
    with pytest.raises(InputRefused):
        tick(office, reader, case_id, "no-step", done=True, form_nonce=nonce)


def test_what_a_case_is_about_can_be_said_anew(school: SchoolAtWork) -> None:
    office, reader, case_id = school.office, school.counselor, opened(school)
    change_situations(office, reader, case_id, ["self_harm", "bullying"], os.urandom(16))
    case = read_case(office, reader, case_id)
    assert case.situations == ["self_harm", "bullying"]
    assert [one.key for one in case.plan.of(case.situations)] == ["self_harm", "bullying"]


@pytest.mark.parametrize("situations", [(), ("weather",), ("bullying", "weather")])
def test_a_case_is_about_something_that_the_plan_knows(school: SchoolAtWork, situations: tuple[str, ...]) -> None:
    with pytest.raises(InputRefused):
        open_case(school.office, school.counselor, arrive(school), situations, WHY)


def test_a_blank_remark_and_one_too_long_are_refused(school: SchoolAtWork) -> None:
    case_id = opened(school)
    for words in ("", "  ", "长" * (MAX_WORDS + 1)):
        with pytest.raises(InputRefused):
            remark(school.office, school.counselor, case_id, words, os.urandom(16))


def test_closing_says_how_it_ended_and_a_second_closing_changes_nothing(school: SchoolAtWork) -> None:
    office, reader, case_id = school.office, school.counselor, opened(school)
    close_case(office, reader, case_id, "referral", "去了区医院", os.urandom(16))
    close_case(office, reader, case_id, "prank", "", os.urandom(16))
    case = read_case(office, reader, case_id)
    assert (case.line.state, case.line.outcome) == ("closed", "referral")
    assert not any(row.done for row in case.follow_ups)
    reopen_case(office, reader, case_id, os.urandom(16))
    case = read_case(office, reader, case_id)
    assert (case.line.state, case.line.outcome, len(case.of_kind(EntryKind.CLOSED))) == ("open", None, 1)


def test_after_a_prank_nobody_is_asked_to_look_again(school: SchoolAtWork) -> None:
    case_id = opened(school)
    close_case(school.office, school.counselor, case_id, "prank", "", os.urandom(16))
    case = read_case(school.office, school.counselor, case_id)
    assert all(row.done for row in case.follow_ups) and case.line.next_due is None


def test_a_technician_can_neither_open_nor_read_a_case(school: SchoolAtWork) -> None:
    technician = who(school.office, log_in(school.office, "jishu", PASSPHRASE))
    thread_id = arrive(school)
    case_id = opened(school, thread_id)
    for act in (
        lambda: open_case(school.office, technician, thread_id, ["bullying"], ""),
        lambda: read_case(school.office, technician, case_id),
        lambda: case_lines(school.office, technician),
        lambda: remark(school.office, technician, case_id, "看看", os.urandom(16)),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_the_case_of_a_closed_thread_is_only_for_its_readers(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    he = colleague_he(school, second_counselor)
    thread_id = arrive(school, not_for=frozenset({he.person_id}))
    case_id = opened(school, thread_id)
    assert letters_in(read_case(school.office, school.counselor, case_id)) == [WORDS]
    assert case_lines(school.office, he) == []
    for act in (
        lambda: read_case(school.office, he, case_id),
        lambda: remark(school.office, he, case_id, "看看", os.urandom(16)),
        lambda: keep_up(school.office, he, thread_id),
    ):
        with pytest.raises(NotFound):
            act()
    with school.office.database.view() as view:
        key = view.session.scalars(select(CaseKey)).one()
        assert holders_of(view.session, key.id) == {school.counselor.person_id, RECOVERY_HOLDER}
    assert share_earlier_weeks(school.office, school.counselor, he.person_id) == 0
    with school.office.database.view() as view:
        assert he.person_id not in holders_of(view.session, key.id)


def test_who_writes_the_database_cannot_let_the_accused_reader_in(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    he = colleague_he(school, second_counselor)
    case_id = opened(school, arrive(school, not_for=frozenset({he.person_id})))
    with school.office.database.work() as work:
        work.session.execute(update(Case).values(closed_thread=False))
        work.commit()
    with pytest.raises(NotAuthentic):
        read_case(school.office, he, case_id)
    with school.office.database.work() as work:
        work.session.execute(update(Case).values(closed_thread=True))
        forged = CaseReader(
            id=new_id(), school_id=school.school_id, case_id=case_id, reader_id=he.person_id, mark=b"no"
        )
        work.session.add(forged)
        work.commit()
    with pytest.raises(NotFound):
        read_case(school.office, he, case_id)


def test_who_left_holds_no_case_key_and_who_came_reads_from_now_on(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    office, lin = school.office, school.counselor
    case_id = opened(school)
    he = colleague_he(school, second_counselor)
    remark(office, lin, case_id, "何老师来帮忙", os.urandom(16))
    seen = read_case(office, he, case_id)
    assert [entry.problem for entry in seen.entries] == ["no_key", "no_key", None]
    share_earlier_weeks(office, lin, he.person_id)
    assert letters_in(read_case(office, he, case_id)) == [WORDS]

    leave(office, school.school_id, lin.person_id, he.person_id)
    with pytest.raises(NotAllowed):
        read_case(office, he, case_id)
    remark(office, lin, case_id, "何老师离开了", os.urandom(16))
    with office.database.view() as view:
        held = view.session.scalars(select(CaseKeyCopy.holder_id)).all()
        keys = view.session.scalars(select(CaseKey).order_by(CaseKey.generation)).all()
    assert he.person_id not in held and [key.generation for key in keys] == [1, 2, 3]


def test_the_recovery_slips_open_a_case_key(school: SchoolAtWork) -> None:
    opened(school)
    recovery = RecoveryKey.from_slips(*school.slips).private_key()
    with school.office.database.view() as view:
        copy = view.session.scalars(select(CaseKeyCopy).where(CaseKeyCopy.holder_id == RECOVERY_HOLDER)).one()
        key = view.session.get_one(CaseKey, copy.case_key_id)
    assert open_case_key(recovery, key.id, RECOVERY_HOLDER, copy.box).public().to_bytes() == key.public_key


def test_a_case_key_that_is_not_ours_gives_way(school: SchoolAtWork) -> None:
    case_id = opened(school)
    with school.office.database.work() as work:
        work.session.execute(update(CaseKey).values(public_key=b"x" * 1_216))
        work.commit()
    remark(school.office, school.counselor, case_id, "还是封好的", os.urandom(16))
    assert read_case(school.office, school.counselor, case_id).of_kind(EntryKind.REMARK)[0].said["text"] == "还是封好的"


def test_a_moved_or_changed_box_does_not_open_and_takes_nothing_else_down(school: SchoolAtWork) -> None:
    case_id, other_id = opened(school), opened(school)
    remark(school.office, school.counselor, case_id, "第一件", os.urandom(16))
    with school.office.database.work() as work:
        entries = work.session.scalars(select(CaseEntry).where(CaseEntry.case_id == case_id)).all()
        others = work.session.scalars(select(CaseEntry).where(CaseEntry.case_id == other_id)).all()
        first, foreign = min(entries, key=lambda row: row.place), min(others, key=lambda row: row.place)
        first.box, first.case_key_id, first.mark = foreign.box, foreign.case_key_id, foreign.mark
        work.commit()
    case = read_case(school.office, school.counselor, case_id)
    assert [entry.problem for entry in case.entries] == ["damaged", None, None]


def test_a_moved_box_does_not_open_even_with_a_mark_of_ours(school: SchoolAtWork) -> None:
    case_id, other_id = opened(school), opened(school)
    with school.office.database.work() as work:
        first = work.session.scalars(select(CaseEntry).where(CaseEntry.case_id == case_id, CaseEntry.place == 1)).one()
        moved = work.session.scalars(select(CaseEntry).where(CaseEntry.case_id == other_id, CaseEntry.place == 1)).one()
        first.box = moved.box
        set_mark(first, school.office.marks.mac)
        work.commit()
    assert read_case(school.office, school.counselor, case_id).entries[0].problem == "damaged"


def test_an_entry_that_was_taken_out_leaves_a_gap_that_is_said(school: SchoolAtWork) -> None:
    case_id = opened(school)
    remark(school.office, school.counselor, case_id, "第一件", os.urandom(16))
    with school.office.database.work() as work:
        work.session.execute(delete(CaseEntry).where(CaseEntry.case_id == case_id, CaseEntry.place == 2))
        work.commit()
    assert read_case(school.office, school.counselor, case_id).has_gap


def test_the_same_form_sent_twice_is_one_remark(school: SchoolAtWork) -> None:
    case_id, nonce = opened(school), os.urandom(16)
    for words in ("谈过了", "谈过了", "谈过了，还好"):
        remark(school.office, school.counselor, case_id, words, nonce)
    case = read_case(school.office, school.counselor, case_id)
    assert [entry.said["text"] for entry in case.of_kind(EntryKind.REMARK)] == ["谈过了", "谈过了，还好"]


def test_no_column_holds_a_word_and_the_audit_names_acts_only(school: SchoolAtWork) -> None:
    case_id = opened(school)
    remark(school.office, school.counselor, case_id, "橘子树那边已经有人看着", os.urandom(16))
    close_case(school.office, school.counselor, case_id, "support", "橘子树下平安", os.urandom(16))
    assert "橘子树" not in everything_kept(school.office.database)
    with school.office.database.view() as view:
        assert verify(school.office, view.session, school.school_id) > 0


def everything_kept(database: Database) -> str:
    with database.view() as view:
        rows = [
            repr([column.decode("utf-8", "replace") if isinstance(column, bytes) else column for column in row])
            for table in Base.metadata.sorted_tables
            for row in view.session.execute(select(table))
        ]
    return "\n".join(rows)


def test_a_letter_whose_week_a_reader_cannot_open_is_copied_by_one_who_can(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    thread_id = arrive(school)
    he = colleague_he(school, second_counselor)
    case_id = open_case(school.office, he, thread_id, ["bullying"], "")
    assert letters_in(read_case(school.office, he, case_id)) == []
    keep_up(school.office, school.counselor, thread_id)
    assert letters_in(read_case(school.office, he, case_id)) == [WORDS]


def test_a_case_of_another_school_is_not_there(school: SchoolAtWork) -> None:
    case_id = opened(school)
    stranger = replace(school.counselor, school_id=new_id())
    with pytest.raises((NotAllowed, NotFound)):
        read_case(school.office, stranger, case_id)


def test_no_letter_is_opened_to_learn_whether_there_is_something_new(school: SchoolAtWork) -> None:
    thread_id = arrive(school)
    opened(school, thread_id)
    with school.office.database.work() as work:
        work.session.execute(update(Note).values(box=b"\x01broken"))
        work.commit()
    assert keep_up(school.office, school.counselor, thread_id)

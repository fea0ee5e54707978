"""A held letter outlives its days and its week's key, for the readers it had and nobody else; then it goes."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from sqlalchemy import event

from mailbox.care.approval_lists import decisions
from mailbox.care.approvals import ASKED_SECONDS
from mailbox.care.deciding import decide, withdraw
from mailbox.care.legal_hold import end_hold, holds_for, keep_up_hold, place_hold
from mailbox.errors import InputRefused, NotAllowed, NotFound
from mailbox.letters.answer import answer
from mailbox.letters.collect import collect
from mailbox.letters.desk import open_thread
from mailbox.letters.post import Letter, post, write_back
from mailbox.letters.remarks import write_remark
from mailbox.openings.opening import open_what_is_due
from mailbox.people.arrivals import accept_invitation, approve, invite
from mailbox.people.login import Colleague, log_in, who
from mailbox.people.sharing import share_earlier_weeks
from mailbox.sealing.receipt import ReceiptCode
from mailbox.sealing.recovery import RecoveryKey
from mailbox.store.tables import AuditRow, HeldBox, LegalHold, Note, Reply, Thread, WeekKey
from mailbox.upkeep.old_letters import remove_old_letters
from mailbox.upkeep.retention_report import going_next, retention_for
from mailbox.upkeep.soundness import look_at_boxes, look_at_marks
from tests.conftest import PASSPHRASE, SchoolAtWork

WHY = "公安来函要求保存"
Bring = Callable[..., Colleague]


@pytest.fixture
def bring(school: SchoolAtWork) -> Bring:
    """``bring(role, login)`` lets one more person in; from the third reader on, somebody else agrees."""

    def come(role: str, login: str, agreed_by: Colleague = school.counselor) -> Colleague:
        office, lin = school.office, school.counselor.person_id
        person = accept_invitation(office, invite(office, school.school_id, lin, role, login), login, PASSPHRASE)
        if role != "head":
            approve(office, school.school_id, agreed_by.person_id, person.person_id)
        return who(office, log_in(office, login, PASSPHRASE))

    return come


def sent(
    school: SchoolAtWork, words: str = "我想家了", not_for: frozenset[str] = frozenset()
) -> tuple[ReceiptCode, str]:
    code = post(school.office, Letter(school.school_id, "kiosk", words, os.urandom(16), not_for)).code
    return code, collect(school.office, school.school_id, code).thread_id


def a_year_later(school: SchoolAtWork) -> None:
    """Go to an evening when the letters of today have had their days."""
    school.clock.advance(days=366, hours=10)
    open_what_is_due(school.office)


def count(school: SchoolAtWork, *tables: type) -> list[int]:
    with school.office.database.view() as view:
        return [view.session.query(table).count() for table in tables]


def test_a_held_letter_stays_readable_when_its_weeks_key_is_gone(school: SchoolAtWork) -> None:
    code, thread_id = sent(school)
    answer(school.office, school.counselor, thread_id, "我在", release_now=True, form_nonce=os.urandom(16))
    write_remark(school.office, school.counselor, thread_id, "和班主任谈过", form_nonce=os.urandom(16))
    assert place_hold(school.office, school.counselor, thread_id, WHY)
    _, other = sent(school, "另一封")
    with school.office.database.view() as view:
        first_week = view.session.query(WeekKey).filter_by(current=True).one().id
    a_year_later(school)
    assert remove_old_letters(school.office) == 1
    with school.office.database.view() as view:
        assert view.session.get(Thread, other) is None
        assert view.session.get(WeekKey, first_week) is None
        note, reply = view.session.query(Note).one(), view.session.query(Reply).one()
        assert (note.box, note.circumstances, note.week_key_id, reply.reader_box) == (None, None, None, None)
    opened = open_thread(school.office, school.counselor, thread_id)
    assert [note.content.text for note in opened.notes if note.content] == ["我想家了"]
    assert [reply.text for reply in opened.replies] == ["我在"]
    assert [remark.text for remark in opened.remarks] == ["和班主任谈过"]
    assert look_at_marks(school.office).damaged == []
    recovery = RecoveryKey.from_slips(*school.slips).private_key()
    assert look_at_boxes(school.office, school.school_id, recovery).damaged == []
    # The child's page is as it was: the code opens it, and it can write again.
    assert collect(school.office, school.school_id, code).thread_id == thread_id
    write_back(school.office, Letter(school.school_id, "kiosk", "我又来了", os.urandom(16)), thread_id)
    opened = open_thread(school.office, school.counselor, thread_id)
    assert [note.content.text for note in opened.notes if note.content] == ["我想家了", "我又来了"]


def test_what_comes_later_is_held_too_once_somebody_has_opened_it(school: SchoolAtWork) -> None:
    _, thread_id = sent(school)
    place_hold(school.office, school.counselor, thread_id, WHY)
    write_back(school.office, Letter(school.school_id, "kiosk", "还有", os.urandom(16)), thread_id)
    a_year_later(school)
    remove_old_letters(school.office)
    with school.office.database.view() as view:
        # Nobody has opened it since: its week waits rather than that a word is lost.
        assert all(note.box for note in view.session.query(Note))
    keep_up_hold(school.office, school.counselor, thread_id)
    remove_old_letters(school.office)
    with school.office.database.view() as view:
        assert not any(note.box for note in view.session.query(Note))
    opened = open_thread(school.office, school.counselor, thread_id)
    assert [note.content.text for note in opened.notes if note.content] == ["我想家了", "还有"]


def test_a_hold_that_is_ended_lets_the_letter_go_at_the_next_round(school: SchoolAtWork) -> None:
    _, thread_id = sent(school)
    place_hold(school.office, school.counselor, thread_id, WHY)
    a_year_later(school)
    assert remove_old_letters(school.office) == 0
    end_hold(school.office, school.counselor, thread_id)
    end_hold(school.office, school.counselor, thread_id)
    assert remove_old_letters(school.office) == 1
    assert count(school, Thread, HeldBox, LegalHold) == [0, 0, 0]
    with school.office.database.view() as view:
        acts = [row.act for row in view.session.query(AuditRow) if row.act.startswith("hold.")]
    assert sorted(acts) == ["hold.end", "hold.place"]


def test_a_hold_ended_before_the_days_are_over_leaves_the_letter_as_it_was(school: SchoolAtWork) -> None:
    _, thread_id = sent(school)
    place_hold(school.office, school.counselor, thread_id, WHY)
    end_hold(school.office, school.counselor, thread_id)
    assert count(school, HeldBox, LegalHold) == [0, 0]
    assert open_thread(school.office, school.counselor, thread_id).notes[0].content is not None


def test_a_hold_that_is_ended_after_the_child_wrote_again_takes_no_word_away(school: SchoolAtWork) -> None:
    _, thread_id = sent(school)
    place_hold(school.office, school.counselor, thread_id, WHY)
    a_year_later(school)
    remove_old_letters(school.office)
    write_back(school.office, Letter(school.school_id, "kiosk", "我又来了", os.urandom(16)), thread_id)
    keep_up_hold(school.office, school.counselor, thread_id)
    end_hold(school.office, school.counselor, thread_id)
    opened = open_thread(school.office, school.counselor, thread_id)
    assert [note.content.text for note in opened.notes if note.content] == ["我想家了", "我又来了"]


def test_where_there_is_a_second_voice_it_must_agree(school: SchoolAtWork, bring: Bring) -> None:
    lead = bring("lead", "zhou")
    _, thread_id = sent(school)
    with pytest.raises(NotAllowed):
        place_hold(school.office, school.counselor, thread_id, WHY)
    assert not place_hold(school.office, lead, thread_id, WHY)
    assert holds_for(school.office, lead) == []
    [request] = decisions(school.office, school.counselor).waiting
    assert (request.kind, request.reason) == ("hold", WHY)
    with pytest.raises(InputRefused):
        decide(school.office, lead, request.id, agrees=True)
    decide(school.office, school.counselor, request.id, agrees=True)
    [hold] = holds_for(school.office, school.counselor)
    assert (hold.placed_by, hold.second_id, hold.reason) == (lead.person_id, school.counselor.person_id, WHY)
    # A second click changes nothing.
    assert place_hold(school.office, lead, thread_id, WHY)
    assert len(holds_for(school.office, lead)) == 1


def test_a_letter_waits_while_somebody_is_asked_and_goes_when_they_did_not_agree(
    school: SchoolAtWork, bring: Bring
) -> None:
    lead = bring("lead", "zhou")
    _, thread_id = sent(school)
    a_year_later(school)
    place_hold(school.office, lead, thread_id, WHY)
    assert remove_old_letters(school.office) == 0
    decide(school.office, school.counselor, decisions(school.office, school.counselor).waiting[0].id, agrees=False)
    assert remove_old_letters(school.office) == 1


@pytest.mark.parametrize("how", ["refused", "withdrawn", "expired"])
def test_a_hold_that_came_to_nothing_leaves_nothing_sealed(school: SchoolAtWork, bring: Bring, how: str) -> None:
    lead = bring("lead", "zhou")
    _, thread_id = sent(school)
    place_hold(school.office, lead, thread_id, WHY)
    assert count(school, HeldBox) != [0]
    [request] = decisions(school.office, school.counselor).waiting
    if how == "refused":
        decide(school.office, school.counselor, request.id, agrees=False)
    elif how == "withdrawn":
        withdraw(school.office, lead, request.id)
    else:
        remove_old_letters(school.office)
        assert count(school, HeldBox) != [0]
        school.clock.advance(seconds=ASKED_SECONDS + 1)
        remove_old_letters(school.office)
    assert count(school, HeldBox, LegalHold) == [0, 0]
    assert open_thread(school.office, school.counselor, thread_id).notes[0].content is not None


def test_a_refused_hold_takes_no_only_copy_away(school: SchoolAtWork, bring: Bring) -> None:
    _, thread_id = sent(school)
    place_hold(school.office, school.counselor, thread_id, WHY)
    a_year_later(school)
    remove_old_letters(school.office)
    write_back(school.office, Letter(school.school_id, "kiosk", "我又来了", os.urandom(16)), thread_id)
    end_hold(school.office, school.counselor, thread_id)
    lead = bring("lead", "zhou")
    share_earlier_weeks(school.office, school.counselor, lead.person_id)
    place_hold(school.office, lead, thread_id, WHY)
    decide(school.office, school.counselor, decisions(school.office, school.counselor).waiting[0].id, agrees=False)
    opened = open_thread(school.office, school.counselor, thread_id)
    assert [note.content.text for note in opened.notes if note.content] == ["我想家了", "我又来了"]
    # Minute, kiosk and words of the first letter; neither the reason nor a copy of the second one.
    assert count(school, HeldBox) == [2]


def test_a_second_lead_who_asks_for_the_same_hold_replaces_no_reason(school: SchoolAtWork, bring: Bring) -> None:
    lead = bring("lead", "zhou")
    other = bring("lead", "qian", lead)
    _, thread_id = sent(school)
    place_hold(school.office, lead, thread_id, WHY)
    with pytest.raises(InputRefused) as refused:
        place_hold(school.office, other, thread_id, "家长来电话")
    assert (refused.value.field, refused.value.reason) == ("second_person", "asked")
    # One who would rather agree than ask again does just that.
    decide(school.office, other, decisions(school.office, other).waiting[0].id, agrees=True)
    assert [(hold.placed_by, hold.reason) for hold in holds_for(school.office, lead)] == [(lead.person_id, WHY)]


def test_a_look_that_can_copy_nothing_waits_for_nobody_who_writes(school: SchoolAtWork, bring: Bring) -> None:
    _, thread_id = sent(school)
    place_hold(school.office, school.counselor, thread_id, WHY)
    write_back(school.office, Letter(school.school_id, "kiosk", "还有", os.urandom(16)), thread_id)
    newcomer = bring("counselor", "he")
    with school.office.database.work() as work:
        # The newcomer has no key of that week, and for the others the letter is damaged.
        work.session.query(Note).filter_by(place=2).one().box = b"\x01" + bytes(1_700)
        work.session.query(Note).filter_by(place=2).one().circumstances = None
        work.commit()
    only_read: list[bool] = []
    event.listen(
        school.office.database.engine,
        "begin",
        lambda connection: only_read.append(connection.get_execution_options().get("reading", False)),
    )
    for reader in (newcomer, school.counselor):
        assert keep_up_hold(school.office, reader, thread_id) is not None
    assert only_read == [True, True]


def test_in_a_school_with_one_counselor_the_head_is_the_second_voice_and_learns_no_word(
    school: SchoolAtWork, bring: Bring
) -> None:
    head = bring("head", "xiaozhang")
    _, thread_id = sent(school)
    assert not place_hold(school.office, school.counselor, thread_id, WHY)
    [request] = decisions(school.office, head).waiting
    assert (request.reason, request.thread_id) == (None, None)
    decide(school.office, head, request.id, agrees=True)
    assert [hold.second_id for hold in holds_for(school.office, school.counselor)] == [head.person_id]


def test_a_hold_is_no_way_round_a_childs_wish_who_must_not_read(school: SchoolAtWork, bring: Bring) -> None:
    lead = bring("lead", "zhou")
    _, thread_id = sent(school, "只给林老师", frozenset({lead.person_id}))
    with pytest.raises(NotFound):
        place_hold(school.office, lead, thread_id, WHY)
    for act in (keep_up_hold, end_hold):
        with pytest.raises(NotFound):
            act(school.office, lead, thread_id)
    assert count(school, LegalHold, HeldBox) == [0, 0]


def test_a_closed_letter_is_held_for_its_own_readers_alone(school: SchoolAtWork, bring: Bring) -> None:
    lead = bring("lead", "zhou")
    other = bring("counselor", "he", lead)
    _, thread_id = sent(school, "不给何老师", frozenset({other.person_id}))
    assert not place_hold(school.office, lead, thread_id, WHY)
    assert decisions(school.office, other).waiting == []
    decide(school.office, school.counselor, decisions(school.office, school.counselor).waiting[0].id, agrees=True)
    assert [hold.reason for hold in holds_for(school.office, lead)] == [WHY]
    assert holds_for(school.office, other) == []
    assert (retention_for(school.office, other).held, retention_for(school.office, lead).held) == (0, 1)
    a_year_later(school)
    assert remove_old_letters(school.office) == 0
    assert open_thread(school.office, lead, thread_id).notes[0].content is not None


def test_a_hold_that_somebody_wrote_into_the_database_holds_nothing(
    school: SchoolAtWork, caplog: pytest.LogCaptureFixture
) -> None:
    _, thread_id = sent(school)
    with school.office.database.work() as work:
        hold = LegalHold(school_id=school.school_id, thread_id=thread_id, placed_by=school.counselor.person_id)
        hold.placed_on, hold.mark = school.office.local_now().date(), b"x" * 32
        work.session.add(hold)
        work.commit()
    a_year_later(school)
    assert remove_old_letters(school.office) == 1
    assert "a legal hold is not authentic" in caplog.text


def test_what_is_held_is_not_told_as_going_next(school: SchoolAtWork) -> None:
    _, held = sent(school)
    sent(school, "另一封")
    place_hold(school.office, school.counselor, held, WHY)
    school.clock.advance(days=340)
    [day] = going_next(school.office, school.school_id)
    assert (day.conversations, day.waiting, day.unread) == (1, 1, 1)
    assert (day.day - school.office.local_now().date()).days == 26


def test_a_reason_is_asked_for(school: SchoolAtWork) -> None:
    _, thread_id = sent(school)
    with pytest.raises(InputRefused):
        place_hold(school.office, school.counselor, thread_id, "  ")

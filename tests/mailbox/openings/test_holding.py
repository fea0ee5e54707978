"""A holding reply is true, goes out once with the opening, and takes no letter out of the list."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest

from mailbox.errors import Changed, InputRefused, NotAllowed, NotAuthentic
from mailbox.letters.answer import answer, claim, correct
from mailbox.letters.collect import collect
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.post import Letter, post, write_back
from mailbox.openings.ceremony import ceremony_of, read_held
from mailbox.openings.customs import change_holding, customs_of
from mailbox.openings.holding import Held, hold_replies
from mailbox.openings.opening import open_what_is_due
from mailbox.openings.summary import week_summaries
from mailbox.openings.week_reports import freeze_ended_weeks, reports
from mailbox.people.login import Colleague, log_in, who
from mailbox.people.school_calendar import SchoolDays, change_days
from mailbox.rules.holding_words import CHINESE, ENGLISH
from mailbox.rules.letter_kinds import LetterKind
from mailbox.rules.school_calendar import SchoolCalendar, Span
from mailbox.store.database import Database
from mailbox.store.marked import check_mark
from mailbox.store.tables import AuditRow, OpeningCustom, ReaderCopy, Reply
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.mailbox.openings.at_opening import bring_lead, go_to, turn_holding, write
from triage.protocol import Urgency

# Monday is 2 March; the openings are due on the 6th and on the 13th.
PROMISED = date(2026, 3, 13)
SAID = (
    "你的信我们读过了，正在想怎么回你。最晚3月13日星期五，你会看到回信。要是等不及，可以再写一封，也可以直接来找老师。"
)


@pytest.fixture
def lead_id(school: SchoolAtWork) -> str:
    lead_id = bring_lead(school)
    turn_holding(school, lead_id)
    return lead_id


def hold(school: SchoolAtWork, *thread_ids: str, language: str = CHINESE, by: Colleague | None = None) -> Held:
    version = customs_of(school.office, school.school_id).version
    return hold_replies(school.office, by or school.counselor, thread_ids, language, version)


def promised(school: SchoolAtWork) -> list[date | None]:
    with school.office.database.view() as view:
        return [reply.promised_on for reply in view.session.query(Reply).order_by(Reply.place)]


def acts(school: SchoolAtWork, act: str) -> int:
    with school.office.database.view() as view:
        return view.session.query(AuditRow).filter_by(act=act).count()


def test_it_goes_out_with_the_opening_and_the_letter_still_waits(school: SchoolAtWork, lead_id: str) -> None:
    thread_id, code = write(school, "我想参加合唱团，又怕唱不好")
    assert hold(school, thread_id) == Held(1, 0)
    assert collect(school.office, school.school_id, code).replies == []
    go_to(school, "2026-03-06 15:00")
    open_what_is_due(school.office)
    assert [reply.text for reply in collect(school.office, school.school_id, code).replies] == [SAID]
    row = queue(school.office, school.counselor)[0]
    assert (row.id, row.state, row.wrote_again) == (thread_id, "waiting", False)


def test_it_is_said_in_english_where_the_reader_chooses_so(school: SchoolAtWork, lead_id: str) -> None:
    thread_id, code = write(school, "May I join the choir?")
    hold(school, thread_id, language=ENGLISH)
    go_to(school, "2026-03-06 15:00")
    open_what_is_due(school.office)
    assert "here on Friday 13 March at the latest" in collect(school.office, school.school_id, code).replies[0].text


def test_none_is_written_to_an_urgent_an_unread_an_answered_or_a_held_letter(
    school: SchoolAtWork, lead_id: str
) -> None:
    urgent, _ = write(school, "【紧急】有人跟着我")
    unread, _ = write(school, "还没有人看", is_read=False)
    answered, _ = write(school, "回过了")
    answer(school.office, school.counselor, answered, "谢谢你", release_now=False, form_nonce=os.urandom(16))
    parents = Letter(school.school_id, "kiosk", "爸爸妈妈好", os.urandom(16), kind=LetterKind.TO_PARENTS)
    to_parents = collect(school.office, school.school_id, post(school.office, parents).code).thread_id
    open_thread(school.office, school.counselor, to_parents)
    held, _ = write(school, "同事正在写")
    claim(school.office, who(school.office, log_in(school.office, "an", PASSPHRASE)), held)
    assert hold(school, urgent, unread, answered, held, to_parents, "0" * 32, "?") == Held(0, 7)
    assert promised(school) == [None]


def test_only_letters_to_which_it_would_be_true_are_offered(school: SchoolAtWork, lead_id: str) -> None:
    write(school, "【紧急】有人跟着我")
    write(school, "还没有人看", is_read=False)
    calm, _ = write(school, "【尽快】同桌不理我了")
    other, _ = write(school, "食堂的汤太咸了")
    assert {one.row.id for one in ceremony_of(school.office, school.counselor).may_hold} == {calm, other}
    hold(school, calm)
    shown = ceremony_of(school.office, school.counselor)
    assert {one.row.id for one in shown.may_hold} == {other}
    assert [one.promised_on for level in shown.levels for one in level.letters if one.row.id == calm] == [PROMISED]


def test_pressing_twice_writes_one(school: SchoolAtWork, lead_id: str) -> None:
    thread_id, _ = write(school, "我想养一只蚕")
    assert [hold(school, thread_id), hold(school, thread_id)] == [Held(1, 0), Held(0, 1)]
    assert promised(school) == [PROMISED]


def test_two_readers_at_once_write_one_to_each(school: SchoolAtWork, lead_id: str) -> None:
    threads = [write(school, f"第{number}封")[0] for number in range(3)]
    version = customs_of(school.office, school.school_id).version
    readers = [school.counselor, who(school.office, log_in(school.office, "an", PASSPHRASE))]
    databases = [Database(school.office.settings.database_url) for _ in readers]

    def press(place: int) -> int:
        order = threads if place else threads[::-1]
        at = replace(school.office, database=databases[place])
        return hold_replies(at, readers[place], order, CHINESE, version).written

    with ThreadPoolExecutor(2) as hands:
        assert sum(hands.map(press, range(2))) == 3
    for database in databases:
        database.close()
    assert promised(school) == [PROMISED] * 3


def test_an_answer_takes_the_place_of_one_that_nobody_could_read_yet(school: SchoolAtWork, lead_id: str) -> None:
    thread_id, code = write(school, "我想养一只蚕")
    hold(school, thread_id)
    answer(school.office, school.counselor, thread_id, "桑叶我有", release_now=False, form_nonce=os.urandom(16))
    go_to(school, "2026-03-06 15:00")
    open_what_is_due(school.office)
    assert [reply.text for reply in collect(school.office, school.school_id, code).replies] == ["桑叶我有"]


def test_an_answer_comes_after_one_that_was_read(school: SchoolAtWork, lead_id: str) -> None:
    thread_id, code = write(school, "我想养一只蚕")
    hold(school, thread_id)
    go_to(school, "2026-03-06 15:00")
    open_what_is_due(school.office)
    answer(school.office, school.counselor, thread_id, "桑叶我有", release_now=True, form_nonce=os.urandom(16))
    assert [reply.text for reply in collect(school.office, school.school_id, code).replies] == [SAID, "桑叶我有"]
    assert queue(school.office, school.counselor) == []


@pytest.mark.parametrize("happens", ["writes again", "becomes urgent", "is opened too late"])
def test_one_that_is_not_true_any_more_does_not_go_out(school: SchoolAtWork, lead_id: str, happens: str) -> None:
    thread_id, code = write(school, "我想养一只蚕")
    hold(school, thread_id)
    if happens == "writes again":
        write_back(school.office, Letter(school.school_id, "kiosk", "你们看到了吗", os.urandom(16)), thread_id)
    if happens == "becomes urgent":
        correct(school.office, school.counselor, thread_id, Urgency.URGENT, "今天说了别的话")
    go_to(school, "2026-03-16 08:00" if happens == "is opened too late" else "2026-03-06 15:00")
    assert open_what_is_due(school.office) == [school.school_id]
    assert collect(school.office, school.school_id, code).replies == []
    assert [row.id for row in queue(school.office, school.counselor)] == [thread_id]
    assert promised(school) == [] and acts(school, "thread.hold_reply.back") == 1


def test_when_the_promised_day_is_over_another_may_be_written(school: SchoolAtWork, lead_id: str) -> None:
    thread_id, _ = write(school, "我想养一只蚕")
    hold(school, thread_id)
    go_to(school, "2026-03-06 15:00")
    open_what_is_due(school.office)
    assert hold(school, thread_id) == Held(0, 1)
    go_to(school, "2026-03-14 09:00")
    open_what_is_due(school.office)
    assert hold(school, thread_id) == Held(1, 0)
    assert promised(school) == [PROMISED, date(2026, 3, 27)]


def test_a_closed_letter_gets_one_that_only_its_readers_see(school: SchoolAtWork, lead_id: str) -> None:
    barred = frozenset({lead_id})
    code = post(school.office, Letter(school.school_id, "kiosk", "不给安老师看", os.urandom(16), barred)).code
    thread_id = queue(school.office, school.counselor)[0].id
    open_thread(school.office, school.counselor, thread_id)
    lead = who(school.office, log_in(school.office, "an", PASSPHRASE))
    assert hold(school, thread_id, by=lead) == Held(0, 1)
    assert hold(school, thread_id) == Held(1, 0)
    assert ceremony_of(school.office, lead).leaving == [] and read_held(school.office, lead) == []
    assert [held.reply.text for held in read_held(school.office, school.counselor)] == [SAID]
    answer(school.office, school.counselor, thread_id, "我在", release_now=True, form_nonce=os.urandom(16))
    with school.office.database.view() as view:
        kinds = [copy.message_id for copy in view.session.query(ReaderCopy).filter_by(kind="reply-readers")]
        # The copies of what was taken back went with it: those of the answer are left, for a reader and for recovery.
        assert len(kinds) == 2 and len(set(kinds)) == 1
    assert [reply.text for reply in collect(school.office, school.school_id, code).replies] == ["我在"]


def test_it_is_counted_by_itself_and_neither_as_a_reply_nor_as_an_answer(school: SchoolAtWork, lead_id: str) -> None:
    thread_id, code = write(school, "我想养一只蚕")
    hold(school, thread_id)
    running = week_summaries(school.office, school.counselor)[0]
    assert (running.replies, running.holding, running.answered, running.waiting) == (0, 1, 0, 1)
    go_to(school, "2026-03-06 15:00")
    open_what_is_due(school.office)
    collect(school.office, school.school_id, code)
    go_to(school, "2026-03-07 09:00")
    freeze_ended_weeks(school.office)
    week = reports(school.office, school.school_id)[0].week
    assert (week.replies.total, week.singles["holding"], week.waits["reply"].count) == (0, 1, 0)
    assert week.letters.cuts["answer"] == {"waiting": 1, "answered": 0, "prank": 0}


def test_it_is_off_until_the_lead_turns_it_on(school: SchoolAtWork) -> None:
    lead_id = bring_lead(school)
    thread_id, _ = write(school, "我想养一只蚕")
    for _ in range(2):
        assert ceremony_of(school.office, school.counselor).may_hold == []
        with pytest.raises(InputRefused, match="off"):
            hold(school, thread_id)
        turn_holding(school, lead_id, on=False)
    with pytest.raises(NotAllowed):
        turn_holding(school, school.counselor.person_id)


def test_in_a_school_without_a_lead_its_counselors_turn_it_on(school: SchoolAtWork) -> None:
    turn_holding(school, school.counselor.person_id)
    assert customs_of(school.office, school.school_id).holds
    with pytest.raises(NotAllowed):
        turn_holding(school, school.technician_id)


def test_words_that_were_changed_meanwhile_are_looked_at_first(school: SchoolAtWork, lead_id: str) -> None:
    thread_id, _ = write(school, "我想养一只蚕")
    seen = customs_of(school.office, school.school_id).version
    turn_holding(school, lead_id, chinese="读过了，〔那一天〕以前回你")
    with pytest.raises(InputRefused, match="other_words"):
        hold_replies(school.office, school.counselor, [thread_id], CHINESE, seen)
    with pytest.raises(Changed):
        change_holding(
            school.office, school.school_id, lead_id, holds=True, chinese="〔那一天〕", english="", seen_version=seen
        )


def test_words_from_outside_are_not_believed(school: SchoolAtWork, lead_id: str) -> None:
    with school.office.database.work() as work:
        work.session.query(OpeningCustom).update({"chinese": "去告诉你的同学〔那一天〕"})
        work.commit()
    assert not customs_of(school.office, school.school_id).holds
    turn_holding(school, lead_id)
    assert customs_of(school.office, school.school_id).holds


def test_nobody_makes_a_promise_of_an_answer_or_an_answer_of_a_promise(school: SchoolAtWork, lead_id: str) -> None:
    thread_id, _ = write(school, "我想养一只蚕")
    hold(school, thread_id)
    with school.office.database.view() as view:
        reply = view.session.query(Reply).one()
        for day in (None, date(2026, 4, 3)):
            reply.promised_on = day
            with pytest.raises(NotAuthentic):
                check_mark(reply, school.office.marks.check)


def test_at_the_end_of_the_school_year_no_day_can_be_promised(school: SchoolAtWork, lead_id: str) -> None:
    term = Span(date(2026, 3, 2), date(2026, 3, 7))
    days = SchoolDays(SchoolCalendar(4, 15, (term,)))
    change_days(school.office, school.school_id, school.technician_id, days)
    thread_id, _ = write(school, "我想养一只蚕")
    assert ceremony_of(school.office, school.counselor).promised_on is None
    with pytest.raises(InputRefused, match="no_opening"):
        hold(school, thread_id)

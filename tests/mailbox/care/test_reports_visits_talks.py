"""Reports are added to and never changed; visits fall due by clock and calendar; talks are one's own and sealed."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlalchemy import select, update

from mailbox.care.cases import close_case, open_case
from mailbox.care.entries import EntryKind
from mailbox.care.follow_ups import due_today, follow_up_done
from mailbox.care.plan import crisis_plan, english_of
from mailbox.care.reading import read_case
from mailbox.care.reports import add_to_report, report_from, write_report
from mailbox.care.talks import Talk, named_child, own_talks, write_talk
from mailbox.errors import InputRefused, NotAllowed, NotAuthentic, NotFound
from mailbox.letters.desk import queue
from mailbox.letters.post import Letter, post
from mailbox.letters.queueing import queue_page
from mailbox.people.arrivals import approve
from mailbox.people.login import Colleague, log_in, who
from mailbox.rules.follow_ups import due_days
from mailbox.rules.letter_kinds import LetterKind
from mailbox.rules.queue_wish import Mark, QueueWish
from mailbox.rules.school_calendar import SchoolCalendar, Span
from mailbox.sealing.keyring import RECOVERY_HOLDER
from mailbox.store.care import holders_of
from mailbox.store.tables import CaseKey, FollowUp, TalkRecord, new_id
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.mailbox.care.test_cases import arrive, everything_kept

REPORT = {
    "situation": "2",
    "to": "police",
    "to_name": "青山派出所",
    "at": "2026-03-02T09:40",
    "by": "林老师",
    "officer": "王警官",
    "number": "A-17",
    "words": "说会马上过来",
}


TO_VISIT = QueueWish(marks=frozenset({Mark.VISIT}))


def nonce() -> bytes:
    return os.urandom(16)


def opened(school: SchoolAtWork, not_for: frozenset[str] = frozenset()) -> str:
    return open_case(school.office, school.counselor, arrive(school, not_for=not_for), ["sexual"], "")


def he_of(school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]) -> Colleague:
    person_id, login_name = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    return who(school.office, log_in(school.office, login_name, PASSPHRASE))


def test_a_report_is_kept_as_it_was_typed_and_only_added_to(school: SchoolAtWork) -> None:
    office, reader, case_id = school.office, school.counselor, opened(school)
    report_id = write_report(office, reader, case_id, report_from(REPORT), nonce())
    add_to_report(office, reader, case_id, report_id, "编号后来改成 A-18", nonce())
    case = read_case(office, reader, case_id)
    kept = case.entry(report_id, EntryKind.REPORT)
    assert {**kept.said, "situation": str(kept.said["situation"])} == REPORT
    assert [more.said for more in case.of_kind(EntryKind.ADDITION)] == [
        {"report": report_id, "text": "编号后来改成 A-18"}
    ]
    assert "王警官" not in everything_kept(office.database)


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("situation", "10", "report_situation"),
        ("situation", "", "report_situation"),
        ("to", "nobody", "report_to"),
        ("at", "昨天", "report_at"),
        ("at", "2026-03-04T09:00", "report_at"),
        ("by", " ", "report_by"),
        ("officer", "长" * 81, "report_field"),
        ("words", "长" * 2_001, "case_words"),
    ],
)
def test_a_report_that_says_too_little_or_too_much_is_refused(
    school: SchoolAtWork, field: str, value: str, named: str
) -> None:
    case_id = opened(school)
    with pytest.raises(InputRefused) as refused:
        write_report(school.office, school.counselor, case_id, report_from({**REPORT, field: value}), nonce())
    assert refused.value.field == named


def test_nothing_is_added_to_a_report_of_another_case(school: SchoolAtWork) -> None:
    case_id, other_id = opened(school), opened(school)
    report_id = write_report(school.office, school.counselor, case_id, report_from(REPORT), nonce())
    with pytest.raises(NotFound):
        add_to_report(school.office, school.counselor, other_id, report_id, "补充", nonce())


def test_the_plan_names_nine_situations_its_sources_and_steps_that_are_told_apart() -> None:
    plan = crisis_plan()
    steps = [step.key for one in plan.situations for step in one.steps]
    assert len(plan.report_situations) == 9 and len(plan.sources) >= 4
    # What is said of children under fourteen rests on an article of its own.
    assert "个人信息保护法》第二十八条" in "".join(plan.duty) and "个人信息保护法》第二十八条" in "".join(plan.sources)
    assert len(steps) == len(set(steps)) and all(one.steps for one in plan.situations)
    assert plan.suggested(["U1", "U4"]) == ["self_harm", "bullying"]
    assert plan.suggested([]) == ["other"]


@pytest.mark.parametrize("key", ["abuse", "sexual", "bullying"])
def test_who_is_hurt_badly_sees_a_doctor_before_anybody_reports(key: str) -> None:
    (one,) = crisis_plan().of([key])
    order = [step.key for step in one.steps]
    hurt = one.steps[order.index(f"{key}-hurt")]
    assert hurt.when == "现在" and re.search("先[^，。；]*送医", hurt.words)
    assert order.index(hurt.key) < order.index(f"{key}-report")


def test_every_sentence_of_the_plan_is_there_in_english_too() -> None:
    plan = crisis_plan()
    steps = [step.words for one in plan.situations for step in one.steps]
    names = [one.name for one in plan.situations]
    for sentence in (*steps, *names, *plan.duty, *plan.report_situations, *plan.sources):
        assert english_of(sentence) and not re.search("[\u3000-\u9fff]", english_of(sentence)), sentence
    assert english_of("学校自己的话") == ""


def test_visits_fall_due_by_the_clock_first_and_by_the_school_calendar_later() -> None:
    calendar = SchoolCalendar(4, 15, closed=(Span(date(2026, 3, 9), date(2026, 3, 10)),))
    # Monday, 2026-03-02 at 23:30 and Friday the 6th: 24 hours are a Saturday all the same.
    assert due_days(datetime(2026, 3, 2, 23, 30), calendar) == {  # noqa: DTZ001 - a wall's time.
        "24h": date(2026, 3, 3),
        "72h": date(2026, 3, 5),
        "7d": date(2026, 3, 11),
        "30d": date(2026, 4, 1),
    }
    assert due_days(datetime(2026, 3, 6, 10, 0), calendar)["24h"] == date(2026, 3, 7)  # noqa: DTZ001


def test_a_visit_is_due_on_its_day_and_late_afterwards_until_it_is_done(school: SchoolAtWork) -> None:
    office, reader, case_id = school.office, school.counselor, opened(school)
    assert due_today(office, reader) == []
    assert queue_page(office, reader, TO_VISIT).total == 0
    school.clock.advance(days=1)
    assert [(row.step, row.days_over) for row in due_today(office, reader)] == [("24h", 0)]
    school.clock.advance(days=3)
    assert [(row.step, row.days_over) for row in due_today(office, reader)] == [("24h", 3), ("72h", 1)]
    first = read_case(office, reader, case_id).follow_ups[0]
    sent = nonce()
    for _ in range(2):
        follow_up_done(office, reader, case_id, first.id, "孩子回到班里了", sent)
    assert [row.step for row in due_today(office, reader)] == ["72h"]
    said = [entry.said for entry in read_case(office, reader, case_id).of_kind(EntryKind.FOLLOW_UP)]
    assert said == [{"step": "24h", "text": "孩子回到班里了"}]


def test_two_who_visit_at_once_lose_no_word(school: SchoolAtWork) -> None:
    case_id = opened(school)
    first = read_case(school.office, school.counselor, case_id).follow_ups[0]
    for words in ("在教室见到了", "电话里说很好"):
        follow_up_done(school.office, school.counselor, case_id, first.id, words, nonce())
    case = read_case(school.office, school.counselor, case_id)
    assert [entry.said["text"] for entry in case.of_kind(EntryKind.FOLLOW_UP)] == ["在教室见到了", "电话里说很好"]


def test_a_closed_case_keeps_its_visits_and_a_blank_remark_does_none(school: SchoolAtWork) -> None:
    office, reader, case_id = school.office, school.counselor, opened(school)
    close_case(office, reader, case_id, "support", "", nonce())
    school.clock.advance(days=1)
    assert [row.step for row in due_today(office, reader)] == ["24h"]
    with pytest.raises(InputRefused):
        follow_up_done(office, reader, case_id, read_case(office, reader, case_id).follow_ups[0].id, " ", nonce())
    with pytest.raises(NotFound):
        follow_up_done(office, reader, case_id, new_id(), "谈过了", nonce())


def test_nobody_puts_a_visit_off_who_has_the_database_only(school: SchoolAtWork) -> None:
    case_id = opened(school)
    first = read_case(school.office, school.counselor, case_id).follow_ups[0]
    with school.office.database.work() as work:
        work.session.execute(update(FollowUp).where(FollowUp.id == first.id).values(due_on=date(2027, 3, 2)))
        work.commit()
    with pytest.raises(NotAuthentic):
        follow_up_done(school.office, school.counselor, case_id, first.id, "谈过了", nonce())


def test_visits_of_a_closed_thread_are_due_for_its_readers_alone(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    he = he_of(school, second_counselor)
    opened(school, frozenset({he.person_id}))
    school.clock.advance(days=1)
    assert len(due_today(school.office, school.counselor)) == 1
    again = who(school.office, log_in(school.office, "he", PASSPHRASE))
    assert due_today(school.office, again) == []
    listed = [queue_page(school.office, reader, TO_VISIT) for reader in (school.counselor, again)]
    assert [(page.total, page.counts.visit) for page in listed] == [(1, 1), (0, 0)]
    technician = who(school.office, log_in(school.office, "jishu", PASSPHRASE))
    with pytest.raises(NotAllowed):
        due_today(school.office, technician)


def meet(school: SchoolAtWork, name: str, not_for: frozenset[str] = frozenset()) -> str:
    known = {row.id for row in queue(school.office, school.counselor)}
    details = {"name": name} if name else {}
    letter = Letter(
        school.school_id, new_id(), "我想和老师说说话", nonce(), not_for, kind=LetterKind.MEET, details=details
    )
    post(school.office, letter)
    return next(row.id for row in queue(school.office, school.counselor) if row.id not in known)


def talk(thread_id: str | None = None, on: date = date(2026, 3, 2), words: str = "橘子树下聊了聊") -> Talk:
    return Talk(on, "小禾", words, "下周二再见", thread_id)


def test_a_talk_is_sealed_and_listed_by_month_for_who_wrote_it(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    office, reader, sent = school.office, school.counselor, nonce()
    he = he_of(school, second_counselor)
    for _ in range(2):
        write_talk(office, reader, talk(), sent)
    write_talk(office, reader, talk(on=date(2026, 2, 27)), nonce())
    kept = own_talks(office, reader)
    assert kept.months == ["2026-03", "2026-02"]
    assert [one.on for _, one in kept.of_month("2026-03")] == [date(2026, 3, 2)]
    assert kept.of_month("2026-02")[0][1].agreed == "下周二再见"
    assert own_talks(office, he).talks == []
    assert "小禾" not in everything_kept(office.database) and "橘子树" not in everything_kept(office.database)


def test_a_talk_names_a_letter_only_if_the_child_left_a_name(school: SchoolAtWork) -> None:
    office, reader = school.office, school.counselor
    named, nameless = meet(school, "小禾"), meet(school, "")
    assert (named_child(office, reader, named), named_child(office, reader, nameless)) == ("小禾", None)
    write_talk(office, reader, talk(named), nonce())
    assert own_talks(office, reader).talks[0][1].thread_id == named
    with pytest.raises(InputRefused):
        write_talk(office, reader, talk(nameless), nonce())
    assert named not in everything_kept_of_talks(school)


def everything_kept_of_talks(school: SchoolAtWork) -> str:
    with school.office.database.view() as view:
        return repr([tuple(row) for row in view.session.execute(select(TalkRecord.__table__))])


def test_a_talk_after_a_closed_letter_is_sealed_to_its_readers_alone(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    he = he_of(school, second_counselor)
    write_talk(school.office, school.counselor, talk(meet(school, "小禾", frozenset({he.person_id}))), nonce())
    with school.office.database.view() as view:
        row = view.session.scalars(select(TalkRecord)).one()
        assert view.session.get_one(CaseKey, row.case_key_id).only_thread is not None
        assert holders_of(view.session, row.case_key_id) == {school.counselor.person_id, RECOVERY_HOLDER}


@pytest.mark.parametrize(
    "wrong",
    [talk(on=date(2026, 3, 3)), talk(on=date(1999, 1, 1)), talk(words=" "), talk(words="长" * 2_001)],
)
def test_a_talk_without_words_or_from_tomorrow_is_refused(school: SchoolAtWork, wrong: Talk) -> None:
    with pytest.raises(InputRefused):
        write_talk(school.office, school.counselor, wrong, nonce())


def test_a_talk_moved_to_another_author_does_not_open(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    he = he_of(school, second_counselor)
    write_talk(school.office, school.counselor, talk(), nonce())
    with school.office.database.work() as work:
        work.session.execute(update(TalkRecord).values(author_id=he.person_id))
        work.commit()
    kept = own_talks(school.office, he)
    assert (kept.talks, kept.unopened) == ([], 1)


def test_a_technician_writes_and_reads_no_talk(school: SchoolAtWork) -> None:
    technician = who(school.office, log_in(school.office, "jishu", PASSPHRASE))
    with pytest.raises(NotAllowed):
        write_talk(school.office, technician, talk(), nonce())
    with pytest.raises(NotAllowed):
        own_talks(school.office, technician)

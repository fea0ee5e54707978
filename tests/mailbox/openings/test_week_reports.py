"""A week is counted once, when it ends; topics once, by a reader; and nothing of it is a word of a letter."""

from __future__ import annotations

import json
import os
from datetime import date

import pytest

from mailbox.errors import InputRefused, NotAllowed, NotFound
from mailbox.letters.answer import answer, correct
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.post import Letter, post
from mailbox.openings.week_reports import (
    LONGEST_WORDS,
    Report,
    close_opening,
    count_topics,
    freeze_ended_weeks,
    reports,
    say_what_became,
)
from mailbox.people.audit import record
from mailbox.people.login import Colleague, log_in, who
from mailbox.rules.weekly_paper import Wait
from mailbox.store.tables import Note, WeekReport
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.mailbox.openings.at_opening import bring_lead, go_to
from triage.protocol import Urgency

FRIDAY = date(2026, 3, 6)


def write(school: SchoolAtWork, words: str = "今天下雨了", barred: frozenset[str] = frozenset()) -> str:
    """Let a letter arrive; return its thread."""
    known = {row.id for row in queue(school.office, school.counselor)}
    post(school.office, Letter(school.school_id, "kiosk", words, os.urandom(16), barred))
    return next((row.id for row in queue(school.office, school.counselor) if row.id not in known), "")


def frozen(school: SchoolAtWork) -> list[Report]:
    freeze_ended_weeks(school.office)
    return reports(school.office, school.school_id)


def test_a_week_is_counted_when_its_last_half_day_is_over_and_only_once(school: SchoolAtWork) -> None:
    write(school)
    go_to(school, "2026-03-06 17:59")
    assert frozen(school) == []
    write(school, "五点钟写的")
    go_to(school, "2026-03-06 18:00")
    write(school, "开箱以后很久写的")
    assert [(report.week.ends_on, report.week.letters.total) for report in frozen(school)] == [(FRIDAY, 2)]
    assert freeze_ended_weeks(school.office) == 0
    go_to(school, "2026-03-14 08:00")
    assert [report.week.letters.total for report in frozen(school)] == [2, 1]


def test_weeks_that_a_machine_slept_through_are_counted_each(school: SchoolAtWork) -> None:
    write(school)
    go_to(school, "2026-03-21 08:00")
    assert [report.week.letters.total for report in frozen(school)] == [1, 0, 0]


def test_letters_are_cut_by_level_reading_and_answer_and_the_waits_are_counted_in_school(school: SchoolAtWork) -> None:
    first, second = write(school), write(school, "【紧急】")
    write(school, "【尽快】")
    go_to(school, "2026-03-03 13:00")
    open_thread(school.office, school.counselor, first)
    open_thread(school.office, school.counselor, second)
    go_to(school, "2026-03-04 09:00")
    answer(school.office, school.counselor, first, "一起看雨", release_now=True, form_nonce=os.urandom(16))
    correct(school.office, school.counselor, second, Urgency.SOON, "问过了，是抄的歌词，不是自己的话")
    go_to(school, "2026-03-07 08:00")
    week = frozen(school)[0].week
    assert week.letters.cuts["level"] == {"urgent": 1, "unscreened": 0, "soon": 1, "routine": 1}
    assert week.letters.cuts["reading"] == {"read": 2, "unread": 1}
    assert week.letters.cuts["answer"] == {"waiting": 2, "answered": 1, "prank": 0}
    # Monday morning to Tuesday afternoon, and to Wednesday morning.
    assert week.waits == {"reading": Wait(2, 4, 4), "reply": Wait(1, 6, 6)}
    # The urgent one was read a day late, the soon one not at all.
    assert week.singles == {"late": 2, "lowered": 1, "eased": 1} | dict.fromkeys(
        ("raised", "missed", "holding", "reports"), 0
    )


def test_what_happens_later_changes_no_frozen_number(school: SchoolAtWork) -> None:
    thread = write(school)
    go_to(school, "2026-03-07 08:00")
    before = frozen(school)
    open_thread(school.office, school.counselor, thread)
    answer(school.office, school.counselor, thread, "一起看雨", release_now=True, form_nonce=os.urandom(16))
    assert frozen(school) == before


def test_topics_are_counted_by_a_reader_once(school: SchoolAtWork) -> None:
    write(school)
    write(school, "【紧急】")
    go_to(school, "2026-03-07 08:00")
    assert frozen(school)[0].week.topics is None
    assert count_topics(school.office, school.counselor, FRIDAY)
    topics = reports(school.office, school.school_id)[0].week.topics
    assert topics is not None and (topics["other"], sum(topics.values())) == (2, 2)
    assert not count_topics(school.office, school.counselor, FRIDAY)


def test_whoever_lacks_the_weeks_key_counts_no_topics_and_leaves_them_to_a_colleague(school: SchoolAtWork) -> None:
    write(school)
    go_to(school, "2026-03-07 08:00")
    freeze_ended_weeks(school.office)
    bring_lead(school)
    lead = who(school.office, log_in(school.office, "an", PASSPHRASE))
    with pytest.raises(InputRefused, match="no_key"):
        count_topics(school.office, lead, FRIDAY)
    assert close_opening(school.office, lead) == 0
    assert [close_opening(school.office, school.counselor) for _ in range(2)] == [1, 0]


def test_a_report_to_the_authorities_is_counted_in_its_week(school: SchoolAtWork) -> None:
    for moment in ("2026-03-06 17:00", "2026-03-06 18:30", "2026-03-10 10:00"):
        go_to(school, moment)
        with school.office.database.work() as work:
            record(school.office, work.session, school.school_id, school.counselor.person_id, "case.report", "0" * 32)
            work.commit()
    go_to(school, "2026-03-14 08:00")
    assert [report.week.singles["reports"] for report in frozen(school)] == [1, 2]


def test_topics_of_letters_that_are_closed_to_a_reader_are_not_counted_by_them(school: SchoolAtWork) -> None:
    write(school, barred=frozenset({school.counselor.person_id}))
    write(school)
    go_to(school, "2026-03-07 08:00")
    freeze_ended_weeks(school.office)
    count_topics(school.office, school.counselor, FRIDAY)
    topics = reports(school.office, school.school_id)[0].week.topics
    assert topics is not None and sum(topics.values()) == 1


def test_who_does_not_read_counts_and_writes_nothing(school: SchoolAtWork) -> None:
    go_to(school, "2026-03-07 08:00")
    freeze_ended_weeks(school.office)
    technician = Colleague(school.technician_id, school.school_id, "technician", "技术老师", school.counselor.private)
    for act in (
        lambda: count_topics(school.office, technician, FRIDAY),
        lambda: say_what_became(school.office, technician, FRIDAY, ""),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_week_that_was_not_counted_is_not_found(school: SchoolAtWork) -> None:
    with pytest.raises(NotFound):
        count_topics(school.office, school.counselor, FRIDAY)
    with pytest.raises(NotFound):
        say_what_became(school.office, school.counselor, FRIDAY, "")


def test_what_became_of_wishes_is_written_by_a_person(school: SchoolAtWork) -> None:
    go_to(school, "2026-03-07 08:00")
    freeze_ended_weeks(school.office)
    say_what_became(school.office, school.counselor, FRIDAY, "好几位同学想要热水，水房修好了。")
    assert reports(school.office, school.school_id)[0].words == "好几位同学想要热水，水房修好了。"
    with pytest.raises(InputRefused):
        say_what_became(school.office, school.counselor, FRIDAY, "长" * (LONGEST_WORDS + 1))


def test_a_damaged_letter_counts_as_the_gravest_and_keeps_no_week_open(school: SchoolAtWork) -> None:
    write(school)
    with school.office.database.work() as work:
        work.session.query(Note).update({"urgency": "unsinn", "arrived_half": "x"})
        work.commit()
    go_to(school, "2026-03-07 08:00")
    assert frozen(school)[0].week.letters.cuts["level"]["urgent"] == 1


def test_numbers_that_cannot_be_read_are_left_out(school: SchoolAtWork) -> None:
    go_to(school, "2026-03-14 08:00")
    freeze_ended_weeks(school.office)
    with school.office.database.work() as work:
        work.session.query(WeekReport).filter(WeekReport.ends_on == FRIDAY).update({"topics": "{"})
        work.commit()
    assert [report.week.ends_on for report in reports(school.office, school.school_id)] == [date(2026, 3, 13)]


def test_a_week_counted_before_pranks_could_be_marked_had_none(school: SchoolAtWork) -> None:
    write(school)
    go_to(school, "2026-03-07 08:00")
    assert len(frozen(school)) == 1
    with school.office.database.work() as work:
        row = work.session.query(WeekReport).one()
        numbers = json.loads(row.numbers)
        del numbers["letters"]["cuts"]["answer"]["prank"]
        row.numbers = json.dumps(numbers)
        work.commit()
    write(school)
    go_to(school, "2026-03-14 08:00")
    old, new = (report.week.letters for report in frozen(school))
    assert (old + new).cuts["answer"] == {"waiting": 2, "answered": 0, "prank": 0}

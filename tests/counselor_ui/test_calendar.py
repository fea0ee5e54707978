"""The calendar's page: what comes next, what a teacher fills in, and that nothing typed is lost."""

from __future__ import annotations

from datetime import date

import pytest

from mailbox.people.school_calendar import SchoolDays, change_days, days_of
from mailbox.rules.school_calendar import SchoolCalendar, Span
from tests.conftest import SchoolAtWork
from tests.counselor_ui.at_desk import logged_in, words_of

CALENDAR = "/desk/calendar/"
PLAIN = {"opening_weekday": "4", "opening_hour": "15", "vacation_words": ""}


def test_a_teacher_fills_in_terms_and_days_and_sees_the_openings_move(school: SchoolAtWork) -> None:
    browser = logged_in(school, "jishu")
    assert "3月6日周五 15 点" in words_of(browser.get(CALENDAR).text)
    sent = {"closed_first": "2026-03-06", "closed_last": "", "closed_name": "运动会", "vacation_words": "暑假快乐"}
    assert browser.send(CALENDAR, CALENDAR, **PLAIN | sent).status_code == 303
    shown = words_of(browser.get(CALENDAR).text)
    assert "3月5日周四 15 点" in shown and "3月6日周五不上学，提前了。" in shown
    kept = days_of(school.office, school.school_id)
    assert kept.calendar.closed == (Span(date(2026, 3, 6), date(2026, 3, 6), "运动会"),)
    assert kept.vacation_words == "暑假快乐"


def test_an_emptied_row_is_gone(school: SchoolAtWork) -> None:
    closed = (Span(date(2026, 3, 6), date(2026, 3, 6), "运动会"),)
    days = SchoolDays(SchoolCalendar(4, 15, (), closed))
    change_days(school.office, school.school_id, school.technician_id, days)
    empty = {"closed_first": "", "closed_last": "", "closed_name": " "}
    logged_in(school).send(CALENDAR, CALENDAR, **PLAIN | empty)
    assert days_of(school.office, school.school_id).calendar.closed == ()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"terms_first": "第一天", "terms_last": "", "terms_name": ""}, "有一个学期的日期认不出来"),
        ({"closed_first": "", "closed_last": "", "closed_name": "运动会"}, "有一个日期认不出来"),
        ({"closed_first": "2026-03-09", "closed_last": "2026-03-06", "closed_name": ""}, "最后一天在第一天前面"),
        ({"opening_weekday": "9"}, "请选择每周哪一天"),
    ],
)
def test_what_cannot_be_read_stays_in_the_form_with_a_sentence(
    school: SchoolAtWork, sent: dict[str, str], sentence: str
) -> None:
    answered = logged_in(school).send(CALENDAR, CALENDAR, **PLAIN | {"vacation_words": "暑假快乐"} | sent)
    assert answered.status_code == 400
    assert sentence in words_of(answered.text) and "暑假快乐" in answered.text
    for typed in sent.values():
        assert f'value="{typed}"' in answered.text or typed in {"", "9"}


def test_a_year_whose_make_up_days_nobody_announced_is_named(school: SchoolAtWork) -> None:
    browser = logged_in(school)
    assert "的调休，这个版本的程序还不知道" not in words_of(browser.get(CALENDAR).text)
    school.clock.advance(days=3_650)
    assert "2036 年的调休，这个版本的程序还不知道" in words_of(logged_in(school).get(CALENDAR).text)


def test_a_calendar_without_a_day_of_school_says_that_the_box_stays_shut(school: SchoolAtWork) -> None:
    long_ago = SchoolCalendar(4, 15, (Span(date(2020, 3, 2), date(2020, 7, 3)),))
    change_days(school.office, school.school_id, school.technician_id, SchoolDays(long_ago))
    browser = logged_in(school)
    assert "一年之内没有上学的日子" in words_of(browser.get(CALENDAR).text)
    assert "校历里没有下一次开箱" in words_of(browser.get("/desk/letters/").text)

"""What a school says about help and duty reaches its children, on every page alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from mailbox.people.help_page import DEFAULT_LINES, Help, Helper, Line, help_of, save_help
from mailbox.people.school_calendar import SchoolDays, change_days
from mailbox.people.stations import withdraw
from mailbox.rules.duty import read_shifts
from mailbox.rules.school_calendar import SchoolCalendar, Span
from mailbox.store.tables import HelpPage
from tests.mailbox.kiosk.tablet import HTTPS, Tablet, code_of, help_in
from tests.support.page_words import words_of_page

SCHOOL = Help(
    helpers=(Helper("林老师", "二楼心理室"), Helper("班主任", "办公室")),
    phone_place="传达室",
    lines=(
        Line("12356", "心里难受，想和人说说", "早上八点到晚上十点"),
        *DEFAULT_LINES[1:3],
        replace(DEFAULT_LINES[3], is_shown=False),
        *DEFAULT_LINES[4:],
        Line("0571-123 4567", "区里 100% 的<辅导站>"),
    ),
    duty={0: read_shifts("8:00-12:00，13:30-17:00")},
)
AT_NIGHT = "晚上去一楼值班室，门开着。"
NOW, LATER = "现在是老师值班的时间", "现在没有人看信，要紧的事先找大人。"


def say(tablet: Tablet, wanted: Help = SCHOOL) -> None:
    school = tablet.school
    seen = help_of(school.office, school.school_id).version
    save_help(school.office, school.school_id, school.counselor.person_id, wanted, seen)


def panel(tablet: Tablet, path: str = "/help") -> str:
    return words_of_page(help_in(tablet.get(path)))


def closed(text: str) -> str:
    return text.replace('<details class="help-panel" open>', '<details class="help-panel">')


def test_first_a_person_and_a_place_then_a_phone_then_the_numbers_with_their_hours(tablet: Tablet) -> None:
    say(tablet)
    said = panel(tablet)
    steps = (
        "现在去找林老师，在二楼心理室。",
        "也可以找班主任，在办公室。",
        "传达室有电话给你用",
        "12356",
        "早上八点",
        "12355",
    )
    assert sorted(steps, key=said.index) == list(steps)
    assert "区里 100% 的<辅导站>" in said and "学校2026年3月2日对过" in said
    assert "12309" not in said


def test_the_schools_help_is_the_same_on_every_page_and_open_after_a_letter(tablet: Tablet) -> None:
    say(tablet)
    sent = tablet.send("【紧急】信")
    pages = [*(tablet.get(path) for path in ("/", "/help", "/write", "/read", "/nowhere")), sent]
    pages += [tablet.send(""), tablet.open_tapped(code_of(sent)), tablet.open_typed("大象")]
    assert len({closed(help_in(page)) for page in pages}) == 1
    assert help_in(sent).startswith('<details class="help-panel" open>')


def test_a_device_that_is_no_mailbox_any_more_shows_what_is_true_everywhere(tablet: Tablet) -> None:
    plain = panel(tablet)
    say(tablet)
    withdraw(tablet.school.office, tablet.school.school_id, tablet.school.counselor.person_id, tablet.id)
    assert panel(tablet, "/") == plain and "林老师" not in plain and "对过" not in plain


def test_a_damaged_help_page_takes_no_page_away(tablet: Tablet) -> None:
    plain = panel(tablet)
    say(tablet)
    with tablet.school.office.database.work() as work:
        work.session.query(HelpPage).update({"content": "{"})
        work.commit()
    assert tablet.get("/").status_code == 200
    assert panel(tablet) == plain


@pytest.mark.parametrize(
    ("hours_from_ten", "said"), [(0, NOW), (2, LATER), (3.5, NOW), (7, LATER), (24, LATER), (24 * 7, NOW)]
)
def test_the_start_page_says_whether_it_is_duty_time(tablet: Tablet, hours_from_ten: float, said: str) -> None:
    say(tablet)
    tablet.school.clock.advance(hours=hours_from_ten)
    page = words_of_page(tablet.get("/").text)
    assert [words for words in (NOW, LATER) if words in page] == [said]


def test_duty_time_promises_nobody_who_watches_all_the_time(tablet: Tablet) -> None:
    say(tablet)
    assert "不过信箱不是一直有人看着" in words_of_page(tablet.get("/").text)


def test_on_a_holiday_nobody_is_said_to_be_on_duty(tablet: Tablet) -> None:
    # 2026-04-06 is a Monday, and off for 清明节.
    say(tablet)
    tablet.school.clock.now += timedelta(days=35)
    assert NOW not in words_of_page(tablet.get("/").text)


@pytest.mark.parametrize(
    ("hours_from_ten", "is_said"),
    [(0, False), (2.5, False), (8, True), (5 * 24, True), (35 * 24, True)],
    ids=["at lessons", "at noon", "at night", "on saturday", "on a holiday"],
)
def test_at_night_on_weekends_and_on_holidays_a_school_says_in_its_own_words_where_to_go(
    tablet: Tablet, hours_from_ten: float, is_said: bool
) -> None:
    say(tablet, replace(SCHOOL, off_duty_words=AT_NIGHT))
    tablet.school.clock.advance(hours=hours_from_ten)
    home, nowhere = tablet.get("/"), tablet.get("/nowhere")
    assert (AT_NIGHT in words_of_page(home.text.partition("<details")[0])) == is_said
    # Help is the same on every page, those about trouble included, and the words come before people who went home.
    assert help_in(home) == help_in(nowhere)
    said = words_of_page(help_in(nowhere))
    assert (AT_NIGHT in said) == is_said
    assert ("现在去找林老师" in said) != is_said and "找林老师，在二楼心理室" in said
    # What is always true stays beside them.
    assert not is_said or LATER in words_of_page(home.text)


def test_a_vacation_has_words_of_its_own(tablet: Tablet) -> None:
    say(tablet, replace(SCHOOL, off_duty_words=AT_NIGHT))
    school = tablet.school
    term = Span(date(2026, 2, 20), date(2026, 3, 3), "春季学期")
    days = SchoolDays(SchoolCalendar(4, 15, terms=(term,)), "放假了，传达室每天有人。")
    change_days(school.office, school.school_id, school.counselor.person_id, days)
    school.clock.advance(days=7)
    for path in ("/", "/nowhere"):
        assert AT_NIGHT not in words_of_page(tablet.get(path).text)


def test_without_hours_the_page_says_what_is_always_true(tablet: Tablet) -> None:
    page = tablet.get("/").text
    assert "信箱不是一直有人看着。" in words_of_page(page)
    assert 'data-start-page=""' in page and "http-equiv" not in page


def test_a_start_page_left_open_asks_again_when_its_sentence_changes(tablet: Tablet) -> None:
    say(tablet)
    page = tablet.get("/").text
    assert 'data-start-page="7201"' in page
    assert '<noscript><meta http-equiv="refresh" content="7201; url=/"></noscript>' in page
    # Only there: a page with a child's words never goes by itself.
    assert "http-equiv" not in tablet.get("/write").text


def test_known_words_are_english_in_english_and_a_schools_own_stay(tablet: Tablet) -> None:
    say(tablet)
    page = tablet.client.get("/help", base_url=HTTPS, headers={"Accept-Language": "en"})
    said = words_of_page(help_in(page))
    assert "Go to 林老师 now: 二楼心理室." in said and "青少年热线" not in said and "早上八点到晚上十点" in said

"""The weekly paper as page, chart, PDF and spreadsheet: the same numbers in each, none of them small."""

from __future__ import annotations

import io
import os
import re
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest

from counselor_ui.papers.whole import lesson_of
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.post import Letter, post
from mailbox.openings.week_reports import freeze_ended_weeks, reports, say_what_became
from mailbox.people.arrivals import accept_invitation, invite
from mailbox.rules.roles import HEAD
from mailbox.rules.weekly_paper import Paper, Version, paper_of
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.counselor_ui.at_desk import Browser, browser_at, logged_in, words_of
from tests.mailbox.rules.test_weekly_paper import ORIGIN, week

PAPER = "/desk/paper/"
WORDS = "向日葵种在操场东边"


def let_weeks_pass(school: SchoolAtWork, *weeks: tuple[int, int, int]) -> None:
    """Let so many urgent, soon and routine letters arrive in each week, and the weeks end."""
    zone = school.office.settings.zone
    for number, letters in enumerate(weeks):
        tuesday = datetime(2026, 3, 3, 9, tzinfo=zone) + timedelta(weeks=number)
        school.clock.now = tuesday.astimezone(UTC)
        for count, mark in zip(letters, ("【紧急】", "【尽快】", ""), strict=True):
            for place in range(count):
                words = f"{WORDS}{mark}{number}{place}"
                post(school.office, Letter(school.school_id, "kiosk", words, os.urandom(16)))
        school.clock.now = (tuesday + timedelta(days=4)).astimezone(UTC)
        freeze_ended_weeks(school.office)


@pytest.fixture
def browser(school: SchoolAtWork) -> Browser:
    let_weeks_pass(school, (6, 0, 9), (1, 7, 8))
    return logged_in(school)


def row_of(page: str, name: str) -> list[str]:
    found = re.search(rf'<tr><th scope="row">{name}</th>(.*?)</tr>', page, re.S)
    assert found, name
    return [words_of(cell) for cell in re.findall(r"<td.*?</td>", found[1], re.S)]


def title_of(pdf: bytes) -> str:
    """Return the title that a PDF names, which its first page shows too."""
    found = re.search(rb"/Title \((.*?)\)\s*/", pdf, re.S)
    assert found
    plain = re.sub(rb"\\(\d{3}|.)", lambda at: bytes([int(at[1], 8)]) if at[1].isdigit() else at[1], found[1])
    return plain.decode("utf-16")


def test_before_the_first_week_has_ended_the_page_says_so(school: SchoolAtWork) -> None:
    browser = logged_in(school)
    assert "还没有一周结束" in words_of(browser.get(PAPER).text)
    assert browser.get(f"{PAPER}pdf").status_code == 404


def test_the_page_shows_large_numbers_and_hides_small_ones_with_what_would_tell_them(browser: Browser) -> None:
    page = browser.get(PAPER).text
    assert row_of(page, "一共") == ["15", "16", "31"]
    assert row_of(page, "紧急") == ["6", "＊", "6+"]
    assert row_of(page, "尽快") == ["0", "＊", "0+"]
    assert row_of(page, "日常") == ["9", "8", "17"]


def test_weeks_of_no_one_four_and_five_letters(school: SchoolAtWork) -> None:
    let_weeks_pass(school, (0, 0, 0), (0, 0, 1), (0, 0, 4), (0, 0, 5))
    browser = logged_in(school)
    assert row_of(browser.get(PAPER).text, "一共") == ["0", "＊", "＊", "5", "5+"]
    assert row_of(browser.get(f"{PAPER}?for=bureau").text, "一共") == ["0", "＊", "＊", "＊", "0+"]


def test_the_newest_week_is_compared_with_the_four_before_it(school: SchoolAtWork) -> None:
    let_weeks_pass(school, (0, 0, 8), (0, 0, 6), (0, 0, 7), (0, 0, 9), (0, 0, 10))
    browser = logged_in(school)
    page = browser.get(PAPER).text
    assert "前四周平均" in page
    assert row_of(page, "一共") == ["8", "6", "7", "9", "10", "7.5", "40"]
    assert browser.get(f"{PAPER}pdf").status_code == 200
    # One of the four is hidden from the bureau, so there is no mean that would tell it.
    assert row_of(browser.get(f"{PAPER}?for=bureau").text, "一共") == ["＊"] * 4 + ["10", "", "10+"]


def test_reports_to_the_authorities_and_holding_replies_are_told_by_their_numbers(browser: Browser) -> None:
    page = browser.get(PAPER).text
    assert row_of(page, "按规定报告") == ["0", "0", "0"]
    assert row_of(page, "先说一声，不算回信") == ["0", "0", "0"]


def test_it_says_from_which_week_on_topics_are_not_counted(browser: Browser) -> None:
    assert "到3月6日周五的那一周起，话题还没有数" in words_of(browser.get(PAPER).text)
    browser.send(PAPER, "/2026-03-06/topics")
    assert "到3月13日周五的那一周起，话题还没有数" in words_of(browser.get(PAPER).text)
    browser.send(PAPER, "/2026-03-13/topics")
    assert "话题还没有数" not in words_of(browser.get(PAPER).text)


def test_the_bureaus_paper_hides_what_is_below_ten(browser: Browser) -> None:
    page = browser.get(f"{PAPER}?for=bureau").text
    assert row_of(page, "紧急")[0] == "＊"
    assert "少于10的数字不写出来" in words_of(page)


def test_topics_are_counted_from_the_page_and_stand_in_it_once_four_weeks_are(school: SchoolAtWork) -> None:
    let_weeks_pass(school, (6, 0, 9), (1, 7, 8), (0, 0, 7), (0, 0, 7))
    browser = logged_in(school)
    for day in ("03-06", "03-13", "03-20", "03-27"):
        assert browser.send(PAPER, f"/2026-{day}/topics").status_code == 303
    assert row_of(browser.get(PAPER).text, "其他") == ["45", "45"]


def four_weeks(topics: dict[str, int]) -> Paper:
    return paper_of([week(number, 0, 0, 0, 40, topics=topics) for number in range(4)], Version.SCHOOL, ORIGIN)


@pytest.mark.parametrize(
    ("topics", "suggested"),
    [
        ({"bullying": 7, "study": 9, "thanks": 20}, "考试以前睡不着"),
        ({"bullying": 9, "study": 7}, "旁边的人能做什么"),
        ({"thanks": 20}, ""),
    ],
)
def test_the_topic_that_was_told_most_often_suggests_the_next_lesson(topics: dict[str, int], suggested: str) -> None:
    lesson = lesson_of(four_weeks(topics))
    assert suggested in lesson and bool(suggested) is bool(lesson)


def test_a_topic_that_is_hidden_suggests_nothing() -> None:
    assert lesson_of(four_weeks({"bullying": 1})) == ""


def test_wishes_are_written_for_everybody_and_a_long_text_is_not_lost(browser: Browser) -> None:
    browser.send(PAPER, "/2026-03-06/words", words="热水器修好了。")
    assert "热水器修好了。" in browser.get(PAPER).text
    assert "热水器修好了。" not in browser.get(f"{PAPER}?for=bureau").text
    long = "长" * 2_001
    answered = browser.send(PAPER, "/2026-03-06/words", words=long)
    assert answered.status_code == 400 and long in answered.text


@pytest.mark.parametrize("section", ["level", "kind"])
def test_charts_are_drawings_of_the_same_numbers(browser: Browser, section: str) -> None:
    chart = browser.get(f"{PAPER}{section}.svg")
    assert (chart.status_code, chart.mimetype) == (200, "image/svg+xml")
    assert "<svg" in chart.text and chart.headers["Cache-Control"] == "no-store"


def test_a_week_of_few_letters_has_no_empty_chart(school: SchoolAtWork) -> None:
    let_weeks_pass(school, (1, 1, 1))
    browser = logged_in(school)
    assert "<img" not in browser.get(PAPER).text.split("<main")[1]
    assert browser.get(f"{PAPER}level.svg").status_code == 404
    assert browser.get(f"{PAPER}pdf").status_code == 200


def test_a_chart_that_has_nothing_to_show_is_not_there(browser: Browser) -> None:
    assert browser.get(f"{PAPER}topics.svg").status_code == 404


@pytest.mark.parametrize("version", ["school", "bureau"])
@pytest.mark.parametrize("span", ["weeks", "term", "year"])
def test_the_pdf_is_one_for_every_version_and_span(browser: Browser, version: str, span: str) -> None:
    pdf = browser.get(f"{PAPER}pdf?for={version}&span={span}")
    assert (pdf.status_code, pdf.mimetype) == (200, "application/pdf")
    assert pdf.data.startswith(b"%PDF") and len(pdf.data) < 500_000


def test_the_spreadsheet_has_a_line_for_each_row_and_week(browser: Browser) -> None:
    book = openpyxl.load_workbook(io.BytesIO(browser.get(f"{PAPER}sheet").data))
    lines = list(book["收到的信"].iter_rows(min_row=2, values_only=True))
    assert [line[3] for line in lines if line[2] == "一共"] == [15, 16]
    assert [(line[3], line[4]) for line in lines if line[2] == "紧急"] == [(6, None), (None, "少于5或不公布")]


def test_what_a_person_wrote_becomes_no_formula(school: SchoolAtWork, browser: Browser) -> None:
    say_what_became(school.office, school.counselor, date(2026, 3, 6), "=1+1")
    book = openpyxl.load_workbook(io.BytesIO(browser.get(f"{PAPER}sheet").data))
    assert book["愿望"]["B2"].value == "=1+1" and book["愿望"]["B2"].data_type == "s"


def test_the_spreadsheet_tells_waits_as_numbers(school: SchoolAtWork) -> None:
    tuesday = datetime(2026, 3, 3, 9, tzinfo=school.office.settings.zone).astimezone(UTC)
    school.clock.now = tuesday
    for _ in range(6):
        post(school.office, Letter(school.school_id, "kiosk", WORDS, os.urandom(16)))
    for place, row in enumerate(queue(school.office, school.counselor)):
        school.clock.now = tuesday + timedelta(days=1 if place < 4 else 2)
        open_thread(school.office, school.counselor, row.id)
    school.clock.now = tuesday + timedelta(days=4)
    freeze_ended_weeks(school.office)
    book = openpyxl.load_workbook(io.BytesIO(logged_in(school).get(f"{PAPER}sheet").data))
    lines = {line[2]: line[3:] for line in book["等了多久"].iter_rows(min_row=2, values_only=True)}
    wait = reports(school.office, school.school_id)[-1].week.waits["reading"]
    assert lines["到第一次看，中位数"] == (wait.median, None)
    assert lines["到第一次看，十封里最慢的一封"] == (wait.ninetieth, None) and wait.ninetieth > wait.median
    assert lines["到第一封回信，中位数"] == (None, "少于5或不公布")


def test_no_word_of_a_letter_stands_in_any_of_them(school: SchoolAtWork, browser: Browser) -> None:
    browser.send(PAPER, "/2026-03-06/topics")
    for place in ("", "sheet", "level.svg", "kind.svg"):
        assert WORDS.encode() not in browser.get(f"{PAPER}{place}").data
    assert reports(school.office, school.school_id)


def test_who_does_not_read_letters_gets_no_paper(school: SchoolAtWork) -> None:
    browser = logged_in(school, "jishu")
    assert [browser.get(f"{PAPER}{place}").status_code for place in ("", "pdf", "sheet", "level.svg")] == [403] * 4


def test_the_heads_paper_has_a_title_of_its_own_and_the_schools_numbers(school: SchoolAtWork, browser: Browser) -> None:
    token = invite(school.office, school.school_id, school.counselor.person_id, HEAD, "方校长")
    accept_invitation(school.office, token, "fang", PASSPHRASE)
    head = logged_in(school, "fang")
    page, schools = head.get(PAPER).text, browser.get(PAPER).text
    assert "每周小结（校长阅）" in page and "校长阅" not in schools
    assert row_of(page, "紧急") == row_of(schools, "紧急")
    book = openpyxl.load_workbook(io.BytesIO(head.get(f"{PAPER}sheet").data))
    assert book["说明"]["A1"].value == "悄悄话信箱每周小结（校长阅）"
    pdf = head.get(f"{PAPER}pdf")
    assert pdf.status_code == 200 and "summary-head-" in pdf.headers["Content-Disposition"]
    assert title_of(pdf.data).endswith("每周小结（校长阅）")
    assert title_of(browser.get(f"{PAPER}pdf").data).endswith("每周小结")


def test_a_term_that_the_calendar_lacks_is_said(browser: Browser) -> None:
    assert "这里先用最近的半年" in browser.get(f"{PAPER}?span=term").text
    assert "这里先用最近的半年" not in browser.get(PAPER).text


def test_addresses_that_name_nothing_are_not_found(browser: Browser) -> None:
    for place in ("?for=everybody", "?span=century", "nothing.svg"):
        assert browser.get(f"{PAPER}{place}").status_code == 404
    assert browser_at(browser.client.application.extensions["office"]).get(PAPER).status_code == 303

"""Typing in notes of the wooden box: the code is shown once and stands nowhere, and nothing typed is lost."""

from __future__ import annotations

import logging
import re

import pytest
from werkzeug.test import TestResponse

from mailbox.alarms.siren import HELD, ringing
from mailbox.letters.collect import code_from_pictures, collect
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.picture_words import PICTURES
from tests.conftest import SchoolAtWork
from tests.counselor_ui.at_desk import HTTPS, Browser, form_of, logged_in, words_of

NEW = "/desk/paper-notes/new"
TODAY = {"on": "2026-03-02", "half": "morning"}
INDEX_OF = {picture.word: picture.index for picture in PICTURES}


@pytest.fixture
def browser(school: SchoolAtWork) -> Browser:
    return logged_in(school)


def enter(browser: Browser, words: str = "想养一只蜗牛", **more: str) -> TestResponse:
    return browser.send(NEW, NEW, words=words, **{**TODAY, **more})


def code_in(page: str) -> list[str]:
    return re.findall(r"<figcaption><ruby>(.+?)<rt>", page)


def test_a_note_becomes_a_letter_and_its_slip_opens_the_answer(school: SchoolAtWork, browser: Browser) -> None:
    slip = enter(browser)
    code = code_in(slip.text)
    assert (slip.status_code, len(code)) == (200, 6)
    assert collect(school.office, school.school_id, code_from_pictures(tuple(INDEX_OF[word] for word in code)))
    page = browser.get(f"/desk/letters/{queue(school.office, school.counselor)[0].id}").text
    assert "木箱里的纸条，林老师抄的，今天上午拿到。" in words_of(page) and "蜗牛" in page


def test_the_code_stands_in_no_address_cookie_cache_or_log(browser: Browser, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        slip = enter(browser)
    assert slip.headers["Cache-Control"] == "no-store" and "Location" not in slip.headers
    for word in code_in(slip.text):
        assert word not in str(slip.headers) and word not in caplog.text
        assert all(word not in address for address in re.findall(r'(?:href|action|src)="([^"]*)"', slip.text))


def test_a_second_click_shows_the_same_slip_and_a_late_one_none(school: SchoolAtWork, browser: Browser) -> None:
    _, token = form_of(browser.get(NEW).text, NEW)
    data = {"token": token, "words": "想养一只蜗牛", **TODAY}
    first, second = (browser.client.post(NEW, base_url=HTTPS, data=data) for _ in range(2))
    assert code_in(first.text) == code_in(second.text) and "还是这个码" in second.text
    school.clock.advance(minutes=3)
    late = browser.client.post(NEW, base_url=HTTPS, data=data).text
    assert code_in(late) == [] and "早就存好了" in late
    assert len(queue(school.office, school.counselor)) == 1


def test_what_is_refused_stays_in_the_form(browser: Browser) -> None:
    refused = enter(browser, on="2026-03-09", take="1")
    assert refused.status_code == 400 and "时间还没有到" in refused.text
    assert "想养一只蜗牛" in refused.text and re.search(r'name="take" value="1" checked', refused.text)
    assert "请把纸条上的字抄进来" in enter(browser, " ").text
    assert "请写哪一天" in enter(browser, on="昨天").text


def test_the_next_note_of_a_pile_keeps_its_day(browser: Browser) -> None:
    slip = enter(browser, on="2026-02-28", half="evening").text
    address = re.search(r'class="button primary" href="([^"]+)"', slip)
    assert address
    page = browser.get(address[1].replace("&amp;", "&")).text
    assert 'value="2026-02-28"' in page and 'value="evening" checked' in page
    assert 'value="2026-03-02"' in browser.get(f"{NEW}?on=nonsense&half=midnight").text


def test_an_urgent_note_says_that_it_rang_or_that_it_was_taken(school: SchoolAtWork, browser: Browser) -> None:
    assert "警报没有响" in enter(browser, "【紧急】", take="1").text
    assert [alarm.kind for alarm in ringing(school.office, school.school_id)] == [HELD]
    assert "警报已经响了" in enter(browser, "【紧急】又一张").text
    assert sorted(alarm.kind for alarm in ringing(school.office, school.school_id)) == [HELD, "urgent"]


def test_who_is_shut_out_by_the_child_is_told_to_pass_the_paper_on(school: SchoolAtWork, browser: Browser) -> None:
    slip = enter(browser, not_for=school.counselor.person_id).text
    assert "学校里没有老师能看这封信" in slip and len(code_in(slip)) == 6
    assert "/desk/letters/" not in re.sub(r'href="/desk/letters/"', "", slip)


def test_a_note_opens_like_any_letter(school: SchoolAtWork, browser: Browser) -> None:
    enter(browser)
    content = (
        open_thread(school.office, school.counselor, queue(school.office, school.counselor)[0].id).notes[0].content
    )
    assert content and content.text == "想养一只蜗牛"

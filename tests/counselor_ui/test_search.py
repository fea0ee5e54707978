"""Looking for words in the letters: what is found, for whom, and that no word of it is left anywhere."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from mailbox.letters import searching
from mailbox.letters.answer import answer
from mailbox.letters.desk import open_thread
from mailbox.people.arrivals import approve
from mailbox.people.login import Colleague, log_in, who
from mailbox.store.people import audit_rows
from mailbox.store.tables import Note
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.counselor_ui.at_desk import HTTPS, Browser, another_browser, arrive, logged_in, words_of

MARKED = re.compile(r"<mark>(.*?)</mark>")
FOUND = re.compile(r'<a class="open" href="/desk/letters/([0-9a-f]{32})">')


@pytest.fixture
def browser(school: SchoolAtWork) -> Browser:
    return logged_in(school)


@pytest.fixture
def colleague(school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]) -> Colleague:
    person_id, login_name = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    return who(school.office, log_in(school.office, login_name, PASSPHRASE))


def search(browser: Browser, words: str, **weeks: str) -> TestResponse:
    return browser.send("/desk/letters/", "/search", words=words, **weeks)


@pytest.mark.parametrize(
    ("written", "asked", "marked"),
    [
        ("橘子树下的秘密", "橘子", ["橘子"]),
        ("他加了我的QQ", "ｑｑ", ["QQ"]),
        ("我 的 猫 丢 了", "猫丢", ["猫 丢"]),
        ("猫，还是猫", "猫", ["猫", "猫"]),
        ("操场上有人哭了", "哭 操场", ["操场", "哭"]),
    ],
)
def test_words_are_found_whatever_their_case_width_and_spaces(
    school: SchoolAtWork, browser: Browser, written: str, asked: str, marked: list[str]
) -> None:
    thread_id = arrive(school, written)
    arrive(school, "另一封信")
    page = search(browser, asked).text
    assert (FOUND.findall(page), MARKED.findall(page)) == ([thread_id], marked)
    assert "看了 2 封信和回信。 有这些词的来往：1 个。" in words_of(page)


def test_all_words_must_be_there_though_one_may_stand_in_the_reply(school: SchoolAtWork, browser: Browser) -> None:
    thread_id = arrive(school, "我养了一只猫")
    open_thread(school.office, school.counselor, thread_id)
    answer(school.office, school.counselor, thread_id, "请去图书馆坐坐", release_now=True, form_nonce=os.urandom(16))
    assert FOUND.findall(search(browser, "猫 图书馆").text) == [thread_id]
    assert FOUND.findall(search(browser, "猫 体育馆").text) == []


def test_a_letter_closed_to_the_reader_is_neither_found_nor_counted(
    school: SchoolAtWork, browser: Browser, colleague: Colleague
) -> None:
    closed = arrive(school, "不要给何老师看橘子", not_for=[colleague.person_id])
    theirs = another_browser(browser)
    theirs.log_in("he")
    page = search(theirs, "橘子").text
    assert FOUND.findall(page) == []
    assert "看了 0 封信和回信。 有这些词的来往：0 个。" in words_of(page) and "打不开" not in page
    assert FOUND.findall(search(browser, "橘子").text) == [closed]


def test_only_the_chosen_weeks_are_looked_through(school: SchoolAtWork) -> None:
    old = arrive(school, "橘子熟了")
    school.clock.advance(weeks=5)
    new = arrive(school, "又买了橘子")
    browser = logged_in(school)
    assert FOUND.findall(search(browser, "橘子").text) == [new]
    both = search(browser, "橘子", first_week="2026-03-02", last_week="2026-04-06")
    assert FOUND.findall(both.text) == [new, old]
    # The other way round, and what is no week, is taken kindly.
    assert FOUND.findall(search(browser, "橘子", first_week="2026-04-06", last_week="2026-03-02").text) == [new, old]
    assert FOUND.findall(search(browser, "橘子", first_week="<b>", last_week="1").text) == [new]


@pytest.mark.parametrize("asked", ["", "   ", "\u200b"])
def test_nothing_to_look_for_gets_a_short_sentence(browser: Browser, asked: str) -> None:
    refused = search(browser, asked)
    assert refused.status_code == 400 and "请写一两个要找的词" in refused.text


def test_a_form_that_lay_too_long_keeps_the_words(school: SchoolAtWork, browser: Browser) -> None:
    fields = {"token": "stale", "words": "橘子"}
    refused = browser.client.post("/desk/letters/search", base_url=HTTPS, data=fields)
    assert refused.status_code == 400 and 'value="橘子"' in refused.text


def test_words_are_shown_as_text(school: SchoolAtWork, browser: Browser) -> None:
    arrive(school, "<b>橘子</b>\u202e")
    page = search(browser, "<b>橘").text
    assert MARKED.findall(page) == ["&lt;b&gt;橘"] and "<b>" not in page and "\u202e" not in page


def test_what_cannot_be_opened_is_counted_and_the_rest_is_found(school: SchoolAtWork, browser: Browser) -> None:
    broken, sound = arrive(school, "橘子一"), arrive(school, "橘子二")
    with school.office.database.work() as work:
        work.session.scalars(select(Note).where(Note.thread_id == broken)).one().box = b"\x01" + bytes(1_700)
        work.commit()
    page = search(browser, "橘子").text
    assert FOUND.findall(page) == [sound] and "有 1 封您现在打不开" in page


def test_too_many_letters_are_looked_through_from_the_newest_and_it_says_so(
    school: SchoolAtWork, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive(school, "橘子一")
    school.clock.advance(hours=25)
    newest = arrive(school, "橘子二")
    monkeypatch.setattr(searching, "MOST_LETTERS", 1)
    page = search(logged_in(school), "橘子").text
    assert FOUND.findall(page) == [newest] and "早一些的 1 封没有找" in page


def test_searching_reads_no_letter_and_is_audited_without_its_words(
    school: SchoolAtWork, browser: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    thread_id = arrive(school, "橘子树下的秘密")
    answered = search(browser, "橘子")
    assert answered.location is None and "橘子" not in caplog.text
    with school.office.database.view() as view:
        assert not view.session.scalars(select(Note)).one().read
        acts = [(row.act, row.subject_id) for row in audit_rows(view.session, school.school_id)[-2:]]
    assert acts == [("letters.search", None), ("thread.found", thread_id)]


def test_the_address_of_the_search_alone_leads_back_to_the_list(browser: Browser) -> None:
    assert browser.get("/desk/letters/search").location == "/desk/letters/"


def test_who_is_no_reader_looks_through_nothing(
    browser: Browser, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    second_counselor()
    newcomer = another_browser(browser)
    newcomer.log_in("he")
    shown = newcomer.get("/desk/people/").text
    token = re.findall(r'name="token" value="([^"]+)"', shown)[0]
    fields = {"token": token, "words": "橘子"}
    assert newcomer.client.post("/desk/letters/search", base_url=HTTPS, data=fields).status_code in {400, 403}

"""What a reader asks to see of the list, what each number counts, pages, and whether the list changed since."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from mailbox.letters.answer import answer, claim
from mailbox.letters.desk import open_thread
from mailbox.letters.queueing import MOST_COUNTED, ROWS_A_PAGE
from mailbox.people.arrivals import approve
from mailbox.people.login import Colleague, log_in, who
from mailbox.store.keys import current_week_key
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.counselor_ui.at_desk import HTTPS, Browser, another_browser, arrive, logged_in, words_of
from tests.mailbox.letters.kept_threads import Kept, keep
from tests.mailbox.letters.years_of_letters import keep_answered

ROW = re.compile(r'<a class="open" href="/desk/letters/([0-9a-f]{32})">')
LINK = re.compile(r'<a [^>]*href="([^"]+)"[^>]*>(.*?)</a>', re.S)
TAG = re.compile(r'data-tag="([0-9a-f]+)"')


@pytest.fixture
def browser(school: SchoolAtWork) -> Browser:
    return logged_in(school)


@pytest.fixture
def colleague(school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]) -> Colleague:
    person_id, login_name = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    return who(school.office, log_in(school.office, login_name, PASSPHRASE))


def shown(browser: Browser, address: str = "/desk/letters/") -> list[str]:
    return ROW.findall(browser.get(address).text)


def follow(browser: Browser, address: str, words: str) -> str:
    """Return the address of the first link of a page whose words begin with ``words``."""
    links = LINK.findall(browser.get(address).text)
    return next(href.replace("&amp;", "&") for href, said in links if words_of(said).startswith(words))


def asked(browser: Browser, tag: str) -> TestResponse:
    return browser.client.get("/desk/letters/state", base_url=HTTPS, headers={"If-None-Match": f'"{tag}"'})


def test_links_narrow_the_list_and_take_the_narrowing_back(school: SchoolAtWork, browser: Browser) -> None:
    urgent, routine = arrive(school, "【紧急】"), arrive(school, "日常")
    claim(school.office, school.counselor, urgent)
    open_thread(school.office, school.counselor, urgent)
    for words, left in (("紧急", [urgent]), ("我在处理", [urgent]), ("等我看", [routine])):
        narrow = follow(browser, "/desk/letters/", words)
        assert shown(browser, narrow) == left
        assert follow(browser, narrow, words) == "/desk/letters/"


def test_choices_stand_together_in_the_address(school: SchoolAtWork, browser: Browser) -> None:
    mine, other = arrive(school, "【紧急】一"), arrive(school, "【紧急】二")
    arrive(school, "日常")
    claim(school.office, school.counselor, mine)
    urgent = follow(browser, "/desk/letters/", "紧急")
    both = follow(browser, urgent, "我在处理")
    assert both == "/desk/letters/?level=urgent&with=mine"
    assert (shown(browser, both), set(shown(browser, urgent))) == ([mine], {mine, other})
    assert follow(browser, both, "想见老师") == "/desk/letters/?level=urgent&with=mine&kind=meet"


@pytest.mark.parametrize(
    "words",
    ["?level=nonsense", "?with=<b>", "?page=-1", "?page=x", "?page=9999999999", "?kind=''", "?tab=%00", "?page=²"],
)
def test_words_that_are_none_of_ours_ask_for_nothing(school: SchoolAtWork, browser: Browser, words: str) -> None:
    thread_id = arrive(school, "一封信")
    assert shown(browser, f"/desk/letters/{words}") == [thread_id]


def test_an_empty_choice_is_kind(browser: Browser) -> None:
    assert "现在没有这样的信" in browser.get("/desk/letters/?with=late").text


def test_what_is_overdue_is_said_in_words(school: SchoolAtWork, browser: Browser) -> None:
    arrive(school, "【紧急】")
    assert "过了当天" not in words_of(browser.get("/desk/letters/").text)
    school.clock.advance(days=1)
    late = logged_in(school)
    assert "紧急的有 1 封过了当天" in words_of(late.get("/desk/letters/").text)
    assert len(shown(late, follow(late, "/desk/letters/", "只看这些"))) == 1


def test_among_answered_letters_mine_are_those_i_answered(
    school: SchoolAtWork, colleague: Colleague, browser: Browser
) -> None:
    threads = {by: arrive(school, "一封信") for by in (school.counselor, colleague)}
    for by, thread_id in threads.items():
        open_thread(school.office, by, thread_id)
        answer(school.office, by, thread_id, "谢谢", release_now=True, form_nonce=os.urandom(16))
    assert len(shown(browser, "/desk/letters/?tab=answered")) == 2
    assert shown(browser, follow(browser, "/desk/letters/?tab=answered", "我回过的")) == [threads[school.counselor]]


def test_a_long_list_has_pages_that_say_how_many_are_behind(school: SchoolAtWork, browser: Browser) -> None:
    keep(school.office, school.school_id, [Kept(f"{at:032x}") for at in range(ROWS_A_PAGE + 3)])
    first = browser.get("/desk/letters/").text
    assert len(ROW.findall(first)) == ROWS_A_PAGE
    assert f"这里是第 1 到 {ROWS_A_PAGE} 封，一共 {ROWS_A_PAGE + 3} 封。 后面还有 3 封。" in words_of(first)
    second = follow(browser, "/desk/letters/", "后一页")
    assert len(shown(browser, second)) == 3
    assert follow(browser, second, "前一页") == "/desk/letters/"


def test_a_page_knows_whether_the_list_changed(school: SchoolAtWork, browser: Browser) -> None:
    tag = TAG.findall(browser.get("/desk/letters/").text)[0]
    unchanged = asked(browser, tag)
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    thread_id = arrive(school, "我把秘密埋在橘子树下")
    changed = asked(browser, tag)
    assert (changed.status_code, changed.json) == (200, {"unread": 1})
    assert thread_id not in changed.text and changed.headers["ETag"] != f'"{tag}"'
    assert changed.headers["Cache-Control"] == "no-store"


def test_asking_whether_the_list_changed_is_no_act(school: SchoolAtWork, browser: Browser) -> None:
    for _ in range(4):
        school.clock.advance(minutes=4)
        answered = asked(browser, "0")
    assert (answered.status_code, answered.location) == (303, "/desk/login")


def test_a_kiosk_and_who_is_no_reader_are_told_nothing(
    school: SchoolAtWork, browser: Browser, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    second_counselor()
    newcomer = another_browser(browser)
    newcomer.log_in("he")
    assert asked(newcomer, "0").status_code == 403
    browser.carry("__Host-kiosk", "any")
    assert asked(browser, "0").status_code == 404


def test_without_a_script_a_link_shows_the_list_anew(browser: Browser) -> None:
    narrow = "/desk/letters/?level=urgent&with=unread"
    assert follow(browser, narrow, "更新") == narrow


def test_of_very_many_answered_letters_the_page_says_that_there_are_more(
    school: SchoolAtWork, browser: Browser
) -> None:
    arrive(school, "一封信")
    with school.office.database.view() as view:
        week = current_week_key(view.session, school.school_id)
    assert week
    engine, today = school.office.database.engine, school.office.local_now().date()
    keep_answered(engine, school.school_id, week, school.counselor.person_id, today, MOST_COUNTED + 1)
    first, last = (words_of(browser.get(f"/desk/letters/?tab=answered&page={page}").text) for page in (1, 21))
    assert "已回信 1000+" in first and "一共不止 1000 封" in first and "后面还有" not in first
    assert "这里是第 1001 到 1001 封，一共 1001 封" in last

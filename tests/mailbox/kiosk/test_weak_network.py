"""A network that comes and goes: words, not spinners; nothing is lost, nothing is stored, and a copy is one letter."""

from __future__ import annotations

import itertools
import re
from datetime import datetime

import pytest
from playwright.sync_api import Page, Route

from tests.mailbox.kiosk.classroom import (
    LOW_TABLET,
    WORDS,
    Classroom,
    arrived_code,
    begin_letter,
    heading,
    touch,
)

A_MOMENT_MS = 20_000


def with_its_own_clock(page: Page) -> Page:
    """Let the page's time stand in the test's hands; what a real network needs is not held up by it."""
    page.clock.install(time=datetime(2026, 3, 2, 10, 0))  # noqa: DTZ001 - the tablet's own wall clock.
    page.reload()
    return page


def pass_time(page: Page, seconds: int) -> None:
    """Let the page's time pass as it would, second by second, with room for answers in between."""
    for _ in range(seconds):
        page.clock.run_for(1_000)


def waiting(page: Page, words: str) -> None:
    page.locator("[data-sending]:visible").get_by_text(words).wait_for()


def test_a_letter_waits_in_words_for_the_network_and_goes_when_it_is_back(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET)
    field = begin_letter(page, WORDS)
    page.context.set_offline(True)
    touch(page, "送出").click()
    waiting(page, "网断了，我一直在试，先别走。")
    assert not field.is_visible()
    page.context.set_offline(False)
    assert len(arrived_code(page)) == 6
    assert classroom.letters() == [WORDS]


IN_LINE = '<!doctype html><html><body class="kiosk"><main><p data-slow="1">…</p></main></body></html>'


def test_a_letter_of_a_tablet_that_sent_very_many_waits_in_line_in_words_and_goes_by_itself(
    classroom: Classroom,
) -> None:
    page = classroom.tablet(LOW_TABLET)
    field = begin_letter(page, WORDS)
    asked: list[str] = []

    def put_in_line(route: Route) -> None:
        asked.append(route.request.post_data or "")
        if len(asked) < 3:
            route.fulfill(status=429, content_type="text/html", body=IN_LINE)
        else:
            route.continue_()

    page.route("**/write", put_in_line)
    touch(page, "送出").click()
    waiting(page, "正在排队。我一直在试，先别走。")
    assert field.input_value() == WORDS
    assert len(arrived_code(page)) == 6
    # Each try was the same letter.
    assert len(set(asked)) == 1
    assert classroom.letters() == [WORDS]


def test_a_child_who_waits_no_longer_has_its_words_and_can_send_them_later(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET)
    field = begin_letter(page, WORDS)
    page.context.set_offline(True)
    touch(page, "送出").click()
    touch(page, "不等了").click()
    page.locator("[data-unsent]").get_by_text("好，先不等了。").wait_for()
    assert field.input_value() == WORDS
    assert field.is_editable()
    page.context.set_offline(False)
    touch(page, "再试一次").click()
    arrived_code(page)
    assert classroom.letters() == [WORDS]


def test_after_two_minutes_the_words_are_there_and_the_page_says_what_to_do(classroom: Classroom) -> None:
    page = with_its_own_clock(classroom.tablet(LOW_TABLET))
    field = begin_letter(page, WORDS)
    page.context.set_offline(True)
    touch(page, "送出").click()
    for seconds, words in ((5, "还会试一分多钟。"), (65, "还会试半分多钟。"), (30, "还会试不到半分钟。")):
        pass_time(page, seconds)
        waiting(page, words)
    pass_time(page, 25)
    page.get_by_text("可以再试一次，也可以抄下来，拿去找老师。").wait_for()
    assert field.input_value() == WORDS
    assert not page.locator("[data-cover]").is_visible()
    page.context.set_offline(False)
    touch(page, "再试一次").click()
    page.clock.run_for(1_000)
    arrived_code(page)
    assert classroom.letters() == [WORDS]


# A network that is gone, played inside the page: how fast this machine answers then changes no pause.
NO_NETWORK = """() => {
    window.tried = [];
    window.fetch = () => { window.tried.push(Date.now()); return Promise.reject(new TypeError("no network")); };
}"""


def test_the_pauses_between_tries_grow(classroom: Classroom) -> None:
    page = with_its_own_clock(classroom.tablet(LOW_TABLET))
    begin_letter(page, WORDS)
    page.evaluate(NO_NETWORK)
    page.clock.pause_at(page.evaluate("Date.now()") / 1_000 + 10)
    touch(page, "送出").click()
    for _ in range(160):
        page.clock.run_for(100)
    tried: list[int] = page.evaluate("window.tried")
    pauses = [round((later - earlier) / 1_000) for earlier, later in itertools.pairwise(tried)]
    assert pauses[:4] == [1, 2, 4, 8]


def test_a_letter_whose_answer_was_lost_is_one_letter_and_its_code_comes_with_the_next_try(
    classroom: Classroom,
) -> None:
    page = classroom.tablet(LOW_TABLET)
    begin_letter(page, WORDS)
    lost: list[int] = []

    def lose_the_first_answer(route: Route) -> None:
        answer = route.fetch()
        if lost:
            route.fulfill(response=answer)
        else:
            lost.append(answer.status)
            route.abort()

    page.route("**/write", lose_the_first_answer)
    touch(page, "送出").click()
    assert len(arrived_code(page)) == 6
    assert lost == [200]
    assert classroom.letters() == [WORDS]


@pytest.mark.parametrize("status", [200, 302, 502])
def test_a_page_of_the_network_itself_is_not_shown_and_counts_as_no_network(classroom: Classroom, status: int) -> None:
    """The login page of a school's wireless, or a proxy that is ill."""
    page = classroom.tablet(LOW_TABLET)
    begin_letter(page, WORDS)
    headers = {"Location": f"{classroom.url}/portal"} if status == 302 else {}
    page.route(
        re.compile("/(write|portal)$"),
        lambda route: route.fulfill(
            status=status, headers=headers, content_type="text/html", body="<h1>请登录校园网</h1>"
        ),
    )
    touch(page, "送出").click()
    waiting(page, "网断了")
    assert "校园网" not in page.content()
    page.unroute_all()
    arrived_code(page)
    assert classroom.letters() == [WORDS]


def test_with_the_mailbox_down_a_link_says_so_and_the_page_stays(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET)
    page.context.set_offline(True)
    touch(page, "写信").click()
    page.get_by_text("现在连不上信箱。等一会儿再试一次。").wait_for()
    assert touch(page, "看回信").is_visible()
    page.context.set_offline(False)
    begin_letter(page)
    assert page.locator("#words").is_visible()


def test_with_the_mailbox_down_a_code_that_was_tapped_stays_on_the_page(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET)
    touch(page, "看回信").click()
    touch(page, "也可以打字").click()
    page.locator("input[name=typed]").fill("大象")
    page.context.set_offline(True)
    page.locator("input[name=typed]").press("Enter")
    page.get_by_text("现在连不上信箱。等一会儿再试一次。").wait_for()
    assert page.locator("input[name=typed]").input_value() == "大象"
    page.context.set_offline(False)
    page.locator("input[name=typed]").press("Enter")
    page.get_by_text("还差几张图").wait_for()


def test_clearing_works_with_the_mailbox_down_and_leads_to_the_start_when_it_is_back(
    classroom: Classroom,
) -> None:
    page = classroom.tablet(LOW_TABLET)
    begin_letter(page, WORDS)
    page.context.set_offline(True)
    touch(page, "清屏").click()
    page.get_by_text("连上了，这一页自己会回到开头。").wait_for(timeout=A_MOMENT_MS)
    assert heading(page, "清好了").is_visible()
    assert page.locator("textarea, form, a").count() == 0
    assert WORDS not in page.content()
    page.context.set_offline(False)
    touch(page, "写信").wait_for(timeout=A_MOMENT_MS)


def test_a_letter_that_the_mailbox_could_not_keep_stays_with_its_words(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET)
    field = begin_letter(page, WORDS)
    words = "<body class='kiosk'><main><h1>信箱卡住了</h1><p class='lead'>等一会儿再试一次。</p></main></html>"
    page.route("**/write", lambda route: route.fulfill(status=503, content_type="text/html", body=words))
    touch(page, "送出").click()
    page.locator("[data-answered]").get_by_text("信箱卡住了").wait_for()
    assert field.input_value() == WORDS
    page.unroute_all()
    touch(page, "再试一次").click()
    arrived_code(page)


def test_a_quick_answer_shows_no_words_about_waiting(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET)
    begin_letter(page, WORDS)
    page.evaluate(
        "new MutationObserver(() => { if (document.querySelector('[data-sending]:not([hidden])')) window.waited = 1; })"
        ".observe(document.documentElement, { subtree: true, childList: true, attributes: true })"
    )
    touch(page, "送出").click()
    arrived_code(page)
    assert page.evaluate("window.waited") is None

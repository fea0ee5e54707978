"""The curious next child: it waits, hides and uncovers, goes back, forward and reloads, and searches the disk."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page

from tests.mailbox.kiosk.classroom import (
    LOW_TABLET,
    REPLY,
    WORDS,
    Classroom,
    arrived_code,
    begin_letter,
    heading,
    leave,
    tap_code,
    touch,
    write,
)
from tests.support.browser import chromium
from tests.support.page_words import everything_in

# Found only where a child's words are kept, in any of the writings in which a browser keeps text.
SECRET = "橘子树下有秘密"
# How a drawing's file begins: 1600 by 1000 pixels.
DRAWING = b"IHDR" + (1600).to_bytes(4, "big") + (1000).to_bytes(4, "big")
# What stands in the head of every WebM file: its document type.
VOICE = b"\x42\x82\x84webm"
# An invented microphone, which nobody has to allow.
MICROPHONE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
BROWSER_FLAGS = ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]


@pytest.fixture
def page(classroom: Classroom) -> Page:
    """A tablet whose time stands in the test's hands."""
    page = classroom.tablet(LOW_TABLET)
    page.clock.install(time=datetime(2026, 3, 2, 10, 0))  # noqa: DTZ001 - the tablet's own wall clock.
    page.reload()
    touch(page, "写信").wait_for()
    return page


def pass_time(page: Page, seconds: int) -> None:
    page.clock.run_for(seconds * 1_000)


def is_covered(page: Page) -> bool:
    return page.locator("[data-cover]").is_visible()


def is_wiped(page: Page) -> bool:
    """Whether the start has taken the page's place, and nothing of the page before is left."""
    touch(page, "写信").wait_for()
    return page.locator("textarea").count() == 0 and SECRET not in page.content()


def test_hiding_covers_at_once_and_asks_nobody(page: Page) -> None:
    field = begin_letter(page, WORDS)
    page.context.set_offline(True)
    touch(page, "先遮住").click()
    assert heading(page, "先遮住了").is_visible()
    assert not field.is_visible()
    touch(page, "打开").click()
    assert field.is_visible()
    assert field.input_value() == WORDS


def test_neither_escape_nor_tab_looks_under_the_cover(page: Page) -> None:
    field = begin_letter(page, WORDS)
    touch(page, "先遮住").click()
    reached = set()
    for key in ("Escape", "Tab", "Tab", "Tab", "Escape", "Shift+Tab"):
        page.keyboard.press(key)
        assert not field.is_visible()
        reached.add(page.evaluate("document.activeElement.textContent.trim()"))
    assert reached <= {"打开", "清屏", page.evaluate("document.body.textContent.trim()")}
    page.keyboard.type("x")
    touch(page, "打开").click()
    assert field.input_value() == WORDS


def test_a_screen_reader_hears_of_the_cover_and_finds_nothing_else(page: Page) -> None:
    begin_letter(page, WORDS)
    touch(page, "先遮住").click()
    heard = page.locator("body").aria_snapshot()
    assert 'dialog "先遮住了"' in heard.replace(" ", "").replace('dialog"', 'dialog "')
    assert SECRET not in heard and "送出" not in heard


def test_after_a_minute_without_a_touch_the_page_asks_whether_somebody_is_there(page: Page) -> None:
    field = begin_letter(page, WORDS)
    pass_time(page, 58)
    assert not is_covered(page)
    pass_time(page, 3)
    assert heading(page, "还在吗？").is_visible()
    assert not field.is_visible()
    touch(page, "还在").click()
    pass_time(page, 58)
    assert not is_covered(page)
    assert field.input_value() == WORDS


def test_a_page_on_which_nothing_was_written_is_wiped_after_eighty_seconds(page: Page) -> None:
    begin_letter(page)
    pass_time(page, 78)
    assert page.locator("textarea").count() == 1
    pass_time(page, 4)
    assert is_wiped(page)


def test_words_are_wiped_after_three_minutes_and_not_before(page: Page) -> None:
    begin_letter(page, WORDS)
    pass_time(page, 178)
    assert page.locator("#words").input_value() == WORDS
    pass_time(page, 4)
    assert is_wiped(page)


def test_a_page_that_a_child_has_hidden_is_wiped_too(page: Page) -> None:
    write(page)
    touch(page, "先遮住").click()
    pass_time(page, 82)
    assert is_wiped(page)


def test_a_code_that_is_being_copied_stays_for_three_minutes(page: Page) -> None:
    code = write(page)
    pass_time(page, 178)
    touch(page, "还在").click()
    assert page.locator("figcaption").all_inner_texts() == code
    pass_time(page, 182)
    assert is_wiped(page)


def test_touching_the_cover_beside_its_buttons_keeps_nothing(page: Page) -> None:
    begin_letter(page)
    touch(page, "先遮住").click()
    pass_time(page, 40)
    page.mouse.click(5, 5)
    pass_time(page, 42)
    assert is_wiped(page)


def test_reading_aloud_and_recording_count_as_touches(page: Page) -> None:
    begin_letter(page, WORDS)
    for _ in range(4):
        pass_time(page, 50)
        page.evaluate("document.dispatchEvent(new Event('still-here'))")
    pass_time(page, 5)
    assert not is_covered(page)


def test_the_start_waits_for_the_next_child_without_asking(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    pass_time(page, 600)
    assert not is_covered(page)
    assert asked == []


def test_six_tapped_pictures_are_wiped_after_three_minutes(page: Page) -> None:
    touch(page, "看回信").click()
    page.locator("details.picture-group > summary").first.click()
    page.locator("button.picture-choice:visible").first.click()
    page.locator(".chosen li:nth-child(1) svg").wait_for()
    pass_time(page, 100)
    touch(page, "还在").click()
    assert page.locator(".chosen svg").count() == 1
    pass_time(page, 182)
    touch(page, "写信").wait_for()
    touch(page, "看回信").click()
    assert page.locator(".chosen svg").count() == 0


def test_leaving_the_page_for_another_app_covers_it(page: Page) -> None:
    field = begin_letter(page, WORDS)
    page.evaluate(
        "Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    assert is_covered(page)
    assert not field.is_visible()


def test_an_answer_that_comes_under_the_cover_stays_under_it(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET)
    begin_letter(page, WORDS)
    page.context.set_offline(True)
    touch(page, "送出").click()
    page.locator("[data-sending]:visible").wait_for()
    # A classmate comes by while the child waits; the tablet is put aside.
    page.evaluate(
        "Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    page.context.set_offline(False)
    page.locator("figcaption").first.wait_for(state="attached")
    assert not page.locator("figcaption").first.is_visible()
    assert is_covered(page)
    touch(page, "打开").click()
    assert len(arrived_code(page)) == 6


def test_the_next_child_finds_nothing_by_any_way_back(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET)
    code = write(page)
    classroom.answer_all(REPLY)
    leave(page)
    tap_code(page, code)
    leave(page)
    begin_letter(page, WORDS)
    touch(page, "清屏").click()
    touch(page, "写信").wait_for()
    # One child after the other leaves one entry: there is no way back within the mailbox.
    assert page.evaluate("history.length") <= 3
    ways = [page.go_back, page.go_forward, page.reload, page.go_back, page.go_back, page.go_forward, page.reload]
    for way in ways:
        way()
        page.wait_for_load_state()
        said = everything_in(page.content())
        assert not any(text in said for text in (SECRET, REPLY, "figcaption", "已经送到了", *code))
        assert all(field.input_value() == "" for field in page.locator("textarea, input:not([type=hidden])").all())
        assert page.title() in ("", "悄悄话信箱")
        assert page.evaluate("history.state") is None
        assert quote(SECRET) not in page.url and "?" not in page.url


def test_the_browser_keeps_nothing_that_a_script_could_find(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET)
    write(page)
    leave(page)
    kept = page.evaluate(
        """async () => ({
            local: localStorage.length, session: sessionStorage.length, cookie: document.cookie,
            databases: (await indexedDB.databases()).length, caches: await caches.keys(),
            workers: (await navigator.serviceWorker.getRegistrations()).length,
            words: document.documentElement.outerHTML.includes('橘子树'),
        })"""
    )
    nothing = {"local": 0, "session": 0, "cookie": "", "databases": 0, "caches": [], "workers": 0, "words": False}
    assert kept == nothing


def test_the_disk_holds_no_word_of_a_child(classroom: Classroom, browser: Browser, tmp_path: Path) -> None:
    """A browser with a profile on the disk: looked through while words stand in the field, and after it was closed."""
    profile = tmp_path / "profile"
    tablet = browser.browser_type.launch_persistent_context(
        profile, executable_path=chromium(), args=[*BROWSER_FLAGS, *MICROPHONE], viewport=LOW_TABLET, locale="zh-CN"
    )
    tablet.add_cookies([{"name": "__Host-kiosk", "value": classroom.school.kiosk_cookie, "url": classroom.https()}])
    page = tablet.pages[0]
    page.goto(classroom.url)
    begin_letter(page, WORDS)
    draw_a_line(page)
    speak(page)
    touch(page, "送出").click()
    code = arrived_code(page)
    classroom.answer_all(REPLY)
    leave(page)
    tap_code(page, code)
    leave(page)
    begin_letter(page, WORDS)
    found = files_with(profile, [WORDS, SECRET, REPLY, "·".join(code)])
    tablet.close()
    # A search that finds nothing would prove nothing.
    assert files_with(profile, [classroom.url]) != []
    assert found + files_with(profile, [WORDS, SECRET, REPLY]) == []


def draw_a_line(page: Page) -> None:
    touch(page, "画一画").click()
    box = page.locator("[data-paper]").bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 120, steps=5)
    page.mouse.up()
    touch(page, "画好了").click()
    page.locator("[data-draw] [data-small]").wait_for()


def speak(page: Page) -> None:
    touch(page, "说一说").click()
    touch(page, "开始说").click()
    page.get_by_text("正在录，说吧。").wait_for()
    page.wait_for_timeout(1_500)
    touch(page, "说完了").click()
    touch(page, "好了").click()


def writings(text: str) -> list[bytes]:
    return [text.encode(), text.encode("utf-16-le"), text.encode("utf-16-be"), quote(text).encode()]


def files_with(folder: Path, texts: list[str]) -> list[str]:
    """Return the files under ``folder`` that hold one of ``texts``."""
    sought = [writing for text in texts for writing in writings(text)]
    sought += [DRAWING, VOICE]
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if any(writing in path.read_bytes() for writing in sought)]

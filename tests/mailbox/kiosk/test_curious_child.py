"""Ways to a letter that need a little cunning: a browser killed and restored, its memory of pages, a second tab."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, Route
from playwright.sync_api import Error as BrowserGone

from tests.mailbox.kiosk.classroom import (
    LOW_TABLET,
    WORDS,
    Classroom,
    arrived_code,
    begin_letter,
    heading,
    touch,
    write,
)
from tests.mailbox.kiosk.test_shared_tablet import BROWSER_FLAGS, SECRET, files_with
from tests.support.browser import chromium
from tests.support.page_words import everything_in

GOES = "() => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))"
COMES_BACK = "() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"


def lasting_tablet(classroom: Classroom, browser: Browser, profile: Path) -> BrowserContext:
    """Open a browser with a profile on the disk, which shows the pages of its last session."""
    flags = [*BROWSER_FLAGS, "--restore-last-session", "--hide-crash-restore-bubble"]
    tablet = browser.browser_type.launch_persistent_context(
        profile, executable_path=chromium(), args=flags, viewport=LOW_TABLET, locale="zh-CN"
    )
    tablet.set_default_timeout(30_000)
    tablet.add_cookies([{"name": "__Host-kiosk", "value": classroom.school.kiosk_cookie, "url": classroom.https()}])
    return tablet


def kill(profile: Path) -> None:
    """End the browser of this profile as a flat battery would."""
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            number = int(entry.name)
            if str(profile).encode() in (entry / "cmdline").read_bytes():
                os.kill(number, signal.SIGKILL)


def shown_in(page: Page) -> str:
    fields = page.locator("textarea, input:not([type=hidden])").evaluate_all(
        "all => all.map((one) => one.value).join()"
    )
    return everything_in(page.content()) + str(fields)


def test_a_browser_that_was_killed_and_restores_its_pages_shows_and_keeps_nothing(
    classroom: Classroom, browser: Browser, tmp_path: Path
) -> None:
    profile = tmp_path / "profile"
    tablet = lasting_tablet(classroom, browser, profile)
    page = tablet.new_page()
    page.goto(classroom.url)
    code = write(page)
    second = tablet.new_page()
    second.goto(classroom.url)
    begin_letter(second, WORDS)
    # Chromium writes its session down a few seconds after each change.
    second.wait_for_timeout(4_000)
    kill(profile)
    with suppress(BrowserGone):
        tablet.close()
    # The session was written down, with the addresses in it and nothing else.
    assert files_with(profile / "Default" / "Sessions", [classroom.url]) != []
    assert files_with(profile, [WORDS, SECRET]) == []
    again = lasting_tablet(classroom, browser, profile)
    # A killed browser does not always show its pages again; where it does, what was on them is not.
    again.pages[0].wait_for_timeout(3_000)
    for page in again.pages:
        page.wait_for_load_state()
        said = shown_in(page)
        assert not any(text in said for text in (SECRET, "figcaption", *code))
    again.close()


def test_a_page_in_the_browsers_memory_of_pages_is_empty(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET)
    code = write(page)
    page.evaluate(GOES)
    assert not any(word in everything_in(page.content()) for word in ("figcaption", *code))
    page.evaluate(COMES_BACK)
    touch(page, "写信").wait_for()
    begin_letter(page, WORDS)
    page.evaluate(GOES)
    assert SECRET not in page.content() and page.locator("textarea").count() == 0


def test_the_end_of_a_childs_time_ends_it_in_every_tab(classroom: Classroom) -> None:
    first = classroom.tablet(LOW_TABLET)
    begin_letter(first, WORDS)
    second = first.context.new_page()
    second.goto(classroom.url)
    begin_letter(second)
    touch(second, "清屏").click()
    touch(second, "写信").wait_for()
    touch(first, "写信").wait_for()
    assert SECRET not in first.content() and first.locator("textarea").count() == 0


def test_half_an_answer_counts_as_no_network(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET)
    begin_letter(page, WORDS)
    tries: list[int] = []

    def cut_the_first_answer(route: Route) -> None:
        answer = route.fetch()
        whole = answer.text()
        tries.append(len(whole))
        route.fulfill(status=200, content_type="text/html", body=whole if len(tries) > 1 else whole[: len(whole) // 3])

    page.route("**/write", cut_the_first_answer)
    touch(page, "送出").click()
    assert len(arrived_code(page)) == 6
    assert len(tries) == 2
    assert classroom.letters() == [WORDS]


def test_a_letter_is_not_sent_before_its_drawing_is_made(classroom: Classroom) -> None:
    """On a slow tablet a picture takes its time."""
    slow = """const make = HTMLCanvasElement.prototype.toBlob;
        HTMLCanvasElement.prototype.toBlob = function (told, ...rest) {
            make.call(this, (blob) => setTimeout(() => told(blob), 1500), ...rest);
        };"""
    page = classroom.tablet(LOW_TABLET, script=slow)
    begin_letter(page, WORDS)
    touch(page, "画一画").click()
    box = page.locator("[data-paper]").bounding_box()
    assert box
    page.mouse.click(box["x"] + 40, box["y"] + 40)
    touch(page, "画好了").click()
    # The easel is still there, so there is nothing to send with.
    assert page.locator("[data-easel]").is_visible()
    touch(page, "送出").click()
    arrived_code(page)
    assert classroom.parts() == ["drawing"]


def test_a_browser_that_can_make_no_picture_sends_the_words(classroom: Classroom) -> None:
    page = classroom.tablet(
        LOW_TABLET, script="HTMLCanvasElement.prototype.toBlob = (told) => { setTimeout(() => told(null), 0); }"
    )
    begin_letter(page, WORDS)
    draw_nothing_kept(page)
    touch(page, "送出").click()
    heading(page, "送到了").wait_for()
    assert (classroom.letters(), classroom.parts()) == ([WORDS], [])


def draw_nothing_kept(page: Page) -> None:
    touch(page, "画一画").click()
    box = page.locator("[data-paper]").bounding_box()
    assert box
    page.mouse.click(box["x"] + 40, box["y"] + 40)
    touch(page, "画好了").click()
    # What cannot be put into the letter is not said to be in it.
    touch(page, "画一画").wait_for()

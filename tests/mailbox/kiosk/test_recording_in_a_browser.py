"""Speaking at a tablet whose microphone beeps, is refused, is missing or breaks: kind words, and nothing lost."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.mailbox.kiosk.classroom import (
    LOW_TABLET,
    WORDS,
    Classroom,
    arrived_code,
    begin_letter,
    files_sent,
    heading,
    touch,
)
from tests.support.browser import Visitors, chromium, wait_until
from tests.support.served import ServedApp
from tests.support.staffed import StaffedSchool

# Chromium's own invented microphone beeps once a second, and nobody has to allow it.
MICROPHONE = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
AS_ROOT = ["--no-sandbox"] if os.geteuid() == 0 else []


@pytest.fixture(scope="module")
def browser_with_microphone(browser: Browser) -> Iterator[Browser]:
    heard = browser.browser_type.launch(executable_path=chromium(), args=["--disable-gpu", *AS_ROOT, *MICROPHONE])
    yield heard
    heard.close()


@pytest.fixture
def page(
    shared_program: ServedApp, staffed_school: StaffedSchool, browser_with_microphone: Browser, tmp_path: Path
) -> Iterator[Page]:
    """A tablet with a microphone and an empty letter; what opens the microphone is remembered."""
    people = Visitors(browser_with_microphone, tmp_path)
    page = Classroom(shared_program.url, staffed_school, people, []).tablet(LOW_TABLET)
    page.add_init_script(
        """
        window.tracks = [];
        const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        navigator.mediaDevices.getUserMedia = async (wish) => {
            const stream = await ask(wish); window.tracks.push(...stream.getTracks()); return stream;
        };
        """
    )
    page.reload()
    begin_letter(page)
    yield page
    people.leave()
    assert people.wrongs == []


def start_speaking(page: Page) -> None:
    touch(page, "说一说").click()
    touch(page, "开始说").click()
    page.get_by_text("正在录，说吧。").wait_for()


def speak(page: Page, milliseconds: int = 1_500) -> None:
    start_speaking(page)
    page.wait_for_timeout(milliseconds)
    touch(page, "说完了").click()
    page.get_by_text("录好了，放进信里了。").wait_for()


def is_microphone_open(page: Page) -> bool:
    return bool(page.evaluate("window.tracks.some((track) => track.readyState === 'live')"))


def is_in_letter(page: Page) -> bool:
    return page.locator("[data-record] [data-kept]").is_visible()


def test_before_anything_is_recorded_the_page_says_that_a_voice_can_be_recognised(page: Page) -> None:
    touch(page, "说一说").click()
    assert page.get_by_text("声音可能被认出来。").is_visible()
    assert page.get_by_text("最多说三分钟。").is_visible()
    assert not page.evaluate("window.tracks.length")
    touch(page, "先不说").click()
    assert touch(page, "说一说").is_visible()


def test_the_microphone_is_open_while_a_child_speaks_and_closed_at_once_after(page: Page) -> None:
    start_speaking(page)
    assert is_microphone_open(page)
    page.wait_for_timeout(1_200)
    touch(page, "说完了").click()
    assert not is_microphone_open(page)


def test_the_bar_answers_the_voice(page: Page) -> None:
    start_speaking(page)
    page.locator("[data-bar][style*='scaleX(0.'], [data-bar][style*='scaleX(1']").wait_for(state="attached")


def test_where_less_motion_is_wished_a_word_stands_still(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    start_speaking(page)
    assert page.get_by_text("正在听", exact=True).is_visible()
    assert not page.locator("[data-bar]").is_visible()
    page.wait_for_timeout(600)
    assert page.locator("[data-bar]").evaluate("bar => bar.style.transform") == ""


def test_a_child_hears_itself_records_anew_or_takes_it_out(page: Page) -> None:
    speak(page)
    page.locator("[data-booth] [data-hear]").click()
    page.locator("[data-booth] [data-hear] [data-on]:visible").wait_for()
    page.locator("[data-booth] [data-hear] [data-off]:visible").wait_for()
    page.locator("[data-booth] [data-again]").click()
    page.get_by_text("正在录，说吧。").wait_for()
    page.wait_for_timeout(1_200)
    touch(page, "说完了").click()
    touch(page, "好了").click()
    assert is_in_letter(page)
    assert page.locator("[data-with-parts]").is_visible()
    page.locator("[data-record] [data-kept] [data-take-out]").click()
    assert not is_in_letter(page)
    assert not page.locator("[data-with-parts]").is_visible()


def test_a_voice_is_sent_beside_the_words(classroom: Classroom, page: Page) -> None:
    page.locator("#words").fill(WORDS)
    speak(page)
    touch(page, "好了").click()
    files = files_sent(page)
    assert [file[:3] for file in files] == [["voice", "voice.webm", "audio/webm"]]
    # How every WebM file begins.
    assert files[0][3][:4] == [0x1A, 0x45, 0xDF, 0xA3]
    arrived_code(page)
    assert (classroom.letters(), classroom.parts()) == ([WORDS], ["voice"])


def test_after_three_minutes_it_stops_by_itself_with_all_that_was_said(page: Page) -> None:
    page.evaluate(
        "const now = performance.now.bind(performance); window.ahead = 0; performance.now = () => now() + window.ahead;"
    )
    start_speaking(page)
    # In steps of less than a minute: after one, the page would ask whether somebody is there.
    for ahead, words in (
        (30, "还能说两分多钟"),
        (75, "还能说一分多钟"),
        (130, "还能说半分多钟"),
        (155, "还能说不到半分钟"),
        (172, "快到三分钟了"),
    ):
        page.evaluate("seconds => { window.ahead = seconds * 1000; }", ahead)
        page.get_by_text(words).wait_for()
        page.wait_for_timeout(500)
    page.evaluate("window.ahead = 181000")
    page.get_by_text("三分钟到了，你说的都在信里。").wait_for()
    assert not is_microphone_open(page)
    touch(page, "好了").click()
    assert is_in_letter(page)


def test_a_microphone_that_breaks_keeps_what_was_said(page: Page) -> None:
    start_speaking(page)
    page.wait_for_timeout(1_200)
    page.evaluate("window.tracks[0].dispatchEvent(new Event('ended'))")
    page.get_by_text("话筒停了，前面说的都在信里。").wait_for()
    assert not is_microphone_open(page)
    touch(page, "好了").click()
    assert is_in_letter(page)


def test_hiding_the_page_closes_the_microphone_and_keeps_what_was_said(page: Page) -> None:
    start_speaking(page)
    page.wait_for_timeout(1_200)
    page.evaluate(
        "Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    assert not is_microphone_open(page)
    assert not page.locator("[data-booth]").is_visible()
    touch(page, "打开").click()
    page.get_by_text("先停下了，前面说的都在信里。").wait_for()


@pytest.mark.parametrize("leaving", ["先遮住", "清屏"])
def test_a_microphone_that_is_allowed_too_late_is_closed_at_once(page: Page, leaving: str) -> None:
    """The child hid or cleared the page while the browser still asked whether it may record."""
    page.evaluate(
        """() => {
        const ask = navigator.mediaDevices.getUserMedia;
        navigator.mediaDevices.getUserMedia = (wish) => new Promise((allow) => {
            window.allow = () => ask(wish).then(allow);
        });
        }"""
    )
    touch(page, "说一说").click()
    touch(page, "开始说").click()
    wait_until(page, "Boolean(window.allow)")
    # The booth lies over this button; a tablet put aside covers in the same way.
    page.evaluate("document.querySelector('[data-hide-now]').click()")
    if leaving == "清屏":
        page.route("**/help", lambda route: route.abort())
        page.locator("[data-wipe-now]").click()
    page.evaluate("window.allow()")
    page.wait_for_timeout(500)
    assert page.evaluate("window.tracks.length") == 1
    assert not is_microphone_open(page)
    page.unroute_all()
    if leaving == "先遮住":
        touch(page, "打开").click()
        touch(page, "开始说").wait_for()


def test_while_a_child_speaks_nobody_asks_whether_it_is_there(page: Page) -> None:
    page.clock.install(time=datetime(2026, 3, 2, 10, 0))  # noqa: DTZ001 - the tablet's own wall clock.
    page.goto(page.url.rsplit("/", 1)[0])
    begin_letter(page)
    start_speaking(page)
    for _ in range(9):
        page.clock.run_for(10_000)
    assert not page.locator("[data-cover]").is_visible()
    assert is_microphone_open(page)


def test_clearing_while_a_child_speaks_closes_the_microphone_and_forgets(page: Page) -> None:
    start_speaking(page)
    page.wait_for_timeout(1_200)
    opened = page.evaluate_handle("window.tracks[0]")
    page.context.set_offline(True)
    page.evaluate("document.querySelector('[data-wipe-now]').click()")
    heading(page, "清好了").wait_for()
    assert opened.evaluate("track => track.readyState") == "ended"
    page.context.set_offline(False)
    touch(page, "写信").wait_for()
    begin_letter(page)
    assert not is_in_letter(page)


REFUSALS = {
    "refused": ("NotAllowedError", "这里不让用话筒，没关系。"),
    "none there": ("NotFoundError", "没有找到话筒，没关系。"),
    "in use": ("NotReadableError", "没有找到话筒，没关系。"),
    "anything else": ("AbortError", "这台平板现在不能录音，没关系。"),
}


@pytest.mark.parametrize("why", REFUSALS)
def test_without_a_microphone_the_page_offers_writing_and_drawing(page: Page, why: str) -> None:
    error, words = REFUSALS[why]
    page.locator("#words").fill(WORDS)
    page.evaluate(
        "name => { navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', name); }; }", error
    )
    touch(page, "说一说").click()
    touch(page, "开始说").click()
    page.get_by_text(words).wait_for()
    assert page.get_by_text("写下来，或者画下来，都一样。").is_visible()
    touch(page, "好").click()
    assert page.locator("#words").input_value() == WORDS


def test_a_browser_that_forbids_the_microphone_is_believed(classroom: Classroom) -> None:
    """This browser has none of its own, and nobody allows one."""
    page = classroom.tablet(LOW_TABLET)
    begin_letter(page, WORDS)
    touch(page, "说一说").click()
    touch(page, "开始说").click()
    page.get_by_text("写下来，或者画下来，都一样。").wait_for()
    touch(page, "好").click()
    assert page.locator("#words").input_value() == WORDS


@pytest.mark.parametrize(
    "missing", ["delete window.MediaRecorder", "Object.defineProperty(navigator, 'mediaDevices', {})"]
)
def test_an_old_browser_or_a_plain_address_cannot_record_and_says_so(page: Page, missing: str) -> None:
    page.evaluate(missing)
    touch(page, "说一说").click()
    touch(page, "开始说").click()
    page.get_by_text("这台平板现在不能录音，没关系。").wait_for()


def test_an_ipad_records_its_own_kind_of_file(page: Page) -> None:
    page.evaluate(
        """() => {
        const Real = window.MediaRecorder;
        window.MediaRecorder = class extends Real {
            constructor(stream, wishes) { super(stream, {}); this.wished = wishes; }
            get mimeType() { return this.wished.mimeType; }
            static isTypeSupported(kind) { return kind === "audio/mp4"; }
        };
        }"""
    )
    speak(page)
    touch(page, "好了").click()
    assert [file[:3] for file in files_sent(page)] == [["voice", "voice.m4a", "audio/mp4"]]

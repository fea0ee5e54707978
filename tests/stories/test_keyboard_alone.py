"""A child without a finger on the screen: all of it by Tab and Space, as a switch gives them, and nowhere trapped."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.mailbox.kiosk.classroom import GROUP_OF, LOW_TABLET, REPLY, Classroom
from tests.support.browser import Visitors
from tests.support.served import ServedApp
from tests.support.staffed import StaffedSchool

WORDS = "我想换个座位"
_FAR = 120
# What has the focus: its words, and whether the screen shows both it and that it has the focus.
_HERE = """() => {
    const here = document.activeElement;
    if (!here || here === document.body) return ["", true];
    const box = here.getBoundingClientRect();
    const shown = here.matches(".swatch input, label.button input") ? here.parentElement : here;
    const ringed = [here, shown, ...shown.children].some(one => getComputedStyle(one).outlineStyle !== "none");
    const middle = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height, innerHeight) / 2);
    const seen = middle && (shown.contains(middle) || middle.contains(shown));
    const named = shown.getAttribute("aria-label") || shown.textContent.trim() || here.name || here.id;
    return [named, Boolean(ringed && seen)];
}"""


@pytest.fixture
def classroom(shared_program: ServedApp, staffed_school: StaffedSchool, visitors: Visitors) -> Classroom:
    return Classroom(shared_program.url, staffed_school, visitors, [])


def tab_to(page: Page, *words: str) -> None:
    """Press Tab until what begins with one of ``words`` has the focus; each stop on the way is seen and ringed."""
    passed: list[str] = []
    for _ in range(_FAR):
        page.keyboard.press("Tab")
        named, is_seen = page.evaluate(_HERE)
        passed.append(named)
        assert is_seen, f"no ring or not in sight: {named!r}"
        if any(named.startswith(word) for word in words):
            return
    raise AssertionError(f"Tab does not come to {words}: {passed}")


def press(page: Page, *words: str) -> None:
    tab_to(page, *words)
    page.keyboard.press("Space")


def test_with_tab_and_space_a_child_writes_draws_hides_sends_reads_and_writes_back(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET)
    press(page, "写信")
    page.wait_for_selector("button.kind")
    press(page, "悄悄话")
    page.wait_for_selector("#words")
    tab_to(page, "words")
    page.keyboard.type(WORDS)
    # The easel lies over the page: Tab goes round in it, and its button leads back to where the child was.
    press(page, "画一画")
    page.wait_for_selector("[data-easel][data-alone]")
    press(page, "画好了")
    page.wait_for_selector("[data-easel]", state="hidden")
    press(page, "画一画")
    page.keyboard.press("Escape")
    page.wait_for_selector("[data-easel]", state="hidden")
    press(page, "说一说")
    page.wait_for_selector("[data-booth][data-alone]")
    press(page, "先不说")
    page.wait_for_selector("[data-booth]", state="hidden")
    # Under the cover a key reaches nothing but the cover.
    press(page, "先遮住")
    page.wait_for_selector("[data-cover][data-alone]")
    page.keyboard.press("Escape")
    assert page.locator("[data-cover]").is_visible()
    press(page, "打开")
    assert page.locator("#words").input_value() == WORDS
    press(page, "送出")
    page.wait_for_selector("figcaption")
    code = page.locator("figcaption").all_inner_texts()
    press(page, "写好了")
    page.wait_for_selector("[data-start-page]")
    classroom.answer_all(REPLY)

    press(page, "看回信")
    page.wait_for_selector(".picture-groups")
    for count, word in enumerate(code, start=1):
        press(page, GROUP_OF[word])
        press(page, word)
        page.locator(f".chosen li:nth-child({count}) svg").wait_for()
    # After the sixth the way on has the focus by itself.
    page.keyboard.press("Space")
    page.wait_for_selector(".reply")
    tab_to(page, "words")
    page.keyboard.type("好的")
    press(page, "送出")
    page.wait_for_selector("#words", state="detached")
    assert classroom.letters() == [WORDS, "好的"]

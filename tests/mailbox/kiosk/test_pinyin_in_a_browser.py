"""The switch for 拼音 at a real tablet: one tap, on every page, until the screen is cleared."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

from tests.mailbox.kiosk.classroom import (
    LOW_TABLET,
    REPLY,
    Classroom,
    begin_letter,
    heading,
    leave,
    tap_code,
    touch,
    write,
)
from tests.support.browser import PHONE
from tests.support.page_words import words_of_page

SHOWN = "() => getComputedStyle(document.querySelector('main rt')).display !== 'none'"
KEPT = "() => [Object.entries(sessionStorage), Object.entries(localStorage)]"
NOTHING = [[], []]


def switch(page: Page) -> Locator:
    return page.locator("[data-pinyin]")


def is_shown(page: Page) -> bool:
    """Whether the 拼音 is seen; the switch says the same."""
    shown = bool(page.evaluate(SHOWN))
    assert switch(page).get_attribute("aria-pressed") == str(shown).lower()
    return shown


def test_one_tap_shows_it_on_every_page_until_the_screen_is_cleared(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET)
    assert not is_shown(page)
    switch(page).click()
    assert is_shown(page)
    code = write(page)
    # The answer to a form and what comes after it.
    assert is_shown(page)
    switch(page).click()
    assert not is_shown(page)
    switch(page).click()
    assert page.evaluate(KEPT) == [[["pinyin", "on"]], []]
    leave(page)
    assert page.evaluate(KEPT) == NOTHING
    assert not is_shown(page)
    classroom.answer_all(REPLY)
    switch(page).click()
    tap_code(page, code)
    assert is_shown(page)
    assert page.locator(".reply p").all_inner_texts() == [REPLY]


def test_where_small_children_sit_it_is_on_until_a_child_taps_it_off(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET, cookie=classroom.school.kiosk_of_grade(2))
    assert is_shown(page)
    assert page.evaluate(KEPT) == NOTHING
    switch(page).click()
    begin_letter(page, "我想家了")
    assert not is_shown(page)
    touch(page, "送出").click()
    heading(page, "送到了").wait_for()
    assert not is_shown(page)
    leave(page)
    assert is_shown(page)


def test_the_next_child_begins_anew_also_after_the_tablet_wiped_itself(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET)
    switch(page).click()
    begin_letter(page)
    page.locator("[data-hide-now]").click()
    page.locator("[data-cover] [data-wipe-now]").click()
    touch(page, "写信").wait_for()
    assert page.evaluate(KEPT) == NOTHING
    assert not is_shown(page)


def test_without_scripts_the_grade_decides(classroom: Classroom) -> None:
    cookie = classroom.school.kiosk_of_grade(1)
    young = classroom.tablet(LOW_TABLET, cookie=cookie, java_script_enabled=False)
    assert young.locator("h1 rt").first.is_visible()
    assert not switch(young).is_visible()
    older = classroom.tablet(LOW_TABLET, java_script_enabled=False)
    assert not older.locator("h1 rt").first.is_visible()


def test_it_is_neither_copied_nor_found_nor_part_of_a_name(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET)
    switch(page).click()
    assert page.locator("h1").inner_text() == words_of_page(page.locator("h1").inner_html())
    page.evaluate("() => getSelection().selectAllChildren(document.querySelector('main'))")
    copied = page.evaluate("() => getSelection().toString()")
    assert "有话想说？写下来。" in copied and "xiě" not in copied
    assert names_of_links(page).issuperset({"写信", "看回信"})


def names_of_links(page: Page) -> set[str]:
    """Return the names that a screen reader is given by Chromium itself."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    return {node["name"]["value"] for node in nodes if node.get("role", {}).get("value") == "link" and "name" in node}


def test_nothing_overlaps_and_nothing_is_wider_than_the_screen(classroom: Classroom) -> None:
    for viewport in (LOW_TABLET, PHONE):
        page = classroom.tablet(viewport, cookie=classroom.school.kiosk_of_grade(1))
        if viewport is LOW_TABLET:
            box = touch(page, "写信").bounding_box()
            assert box and box["y"] + box["height"] <= viewport["height"]
        for step in ("home", "kinds", "letter", "help"):
            if step == "kinds":
                touch(page, "写信").click()
            elif step == "letter":
                page.locator("button.kind").first.click()
                page.locator("#words").wait_for()
            elif step == "help":
                page.locator(".help-panel > summary").click()
            wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide == 0, step
            assert overlaps(page) == [], step


def overlaps(page: Page) -> list[str]:
    """Return characters whose 拼音 reaches into the line above."""
    return list(
        page.evaluate(
            """() => {
              const seen = [...document.querySelectorAll('main ruby')].filter((ruby) => ruby.offsetParent);
              const parts = seen.map((ruby) => {
                const rt = ruby.querySelector('rt').getBoundingClientRect();
                const range = document.createRange();
                range.selectNodeContents(ruby.firstChild);
                const block = ruby.closest('p, h1, h2, li, dd, label, button, summary, a');
                return { sign: ruby.textContent, rt, base: range.getBoundingClientRect(), block };
              });
              return parts.filter((one) => parts.some((other) => other !== one && other.block === one.block
                && other.base.bottom - 6 > one.rt.top && other.base.bottom < one.base.bottom - 4
                && other.base.right > one.rt.left + 1 && other.base.left < one.rt.right - 1)).map((one) => one.sign);
            }"""
        )
    )

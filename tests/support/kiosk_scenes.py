"""The pages of a child's tablet for ``scenes``: from the link that enrols it to a letter written back."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Page

from mailbox.letters.picture_words import GROUPS, PICTURES
from tests.support.rare_scenes import kiosk_trouble_scenes
from tests.support.shown import ShownSchool

WORDS = "我想养一盆多肉，放在教室的窗台上，可以吗"
DRAWER_OF = {picture.word: list(GROUPS).index(picture.group) for picture in PICTURES}
INDEX_OF = {picture.word: picture.index for picture in PICTURES}
_KINDS = {"for_classmate": "write-for-a-classmate", "to_parents": "write-to-parents", "meet": "write-to-meet"}


def kiosk_scenes(page: Page, school: ShownSchool) -> Iterator[str]:
    """Walk all pages of a child's tablet, from the link that enrols it to a letter written back."""
    page.goto(school.url)
    yield "not-a-kiosk"
    page.goto(school.kiosk_link)
    yield "enrol"
    page.click("button.primary")
    page.wait_for_selector("a.button.primary")
    yield "enrolled"
    page.goto(school.url)
    yield "home"
    page.goto(f"{school.url}/help")
    yield "help"
    yield from _writing(page, school)
    yield from _reading(page, school)
    yield from kiosk_trouble_scenes(page, school)


def _writing(page: Page, school: ShownSchool) -> Iterator[str]:
    page.goto(school.url)
    _press(page, "a.primary")
    page.wait_for_selector("button.kind")
    yield "to-whom"
    for kind, name in _KINDS.items():
        page.click(f"button.kind[value={kind}]")
        page.wait_for_selector("textarea")
        yield name
        page.goto(school.url)
        _press(page, "a.primary")
    page.click("button.kind[value=whisper]")
    page.wait_for_selector("textarea")
    yield "write"
    page.click(".send > .button.primary")
    page.wait_for_selector("[role=alert]:visible")
    yield "write-refused"
    page.click("[data-draw] [data-begin]")
    _scribble(page)
    yield "drawing"
    page.click("[data-done]")
    yield "drawing-kept"
    page.click("[data-record] [data-begin]")
    yield "voice"
    page.click("[data-booth] [data-leave] >> visible=true")
    page.fill("textarea", WORDS)
    page.click("[data-hide-now]")
    yield "covered"
    page.click("[data-still-here]")
    page.click(".send > .button.primary")
    page.wait_for_selector("figcaption")
    yield "sent"


def _reading(page: Page, school: ShownSchool) -> Iterator[str]:
    page.goto(school.url)
    _press(page, "main a.button:not(.primary)")
    page.wait_for_selector(".picture-groups")
    yield "read"
    _open_drawer(page, school.code[0])
    yield "read-drawer"
    # The right pictures in a wrong order first.
    _tap(page, school.code[::-1])
    page.click("button[name=open]:visible")
    page.wait_for_selector("[role=alert]:visible")
    yield "read-wrong"
    page.goto(f"{school.url}/read")
    _tap(page, school.code)
    yield "read-six"
    page.click("button[name=open]:visible")
    page.wait_for_selector(".reply")
    yield "replies"
    page.fill("textarea", "谢谢老师，我去过了")
    page.click("form:has(textarea) .button.primary >> visible=true")
    page.wait_for_selector("textarea", state="detached")
    yield "written-back"
    yield from _choosing_a_time(page, school)


def _choosing_a_time(page: Page, school: ShownSchool) -> Iterator[str]:
    page.goto(f"{school.url}/read")
    _tap(page, school.meeting_code)
    page.click("button[name=open]:visible")
    page.wait_for_selector("fieldset.times")
    yield "times-to-meet"
    page.locator("fieldset.times label.button").first.click()
    page.click("form:has(fieldset.times) .button.primary >> visible=true")
    page.wait_for_selector("fieldset.times", state="detached")
    yield "time-chosen"


def _press(page: Page, selector: str) -> None:
    page.locator(selector).first.click()


def _open_drawer(page: Page, word: str) -> None:
    drawer = page.locator(".picture-group").nth(DRAWER_OF[word])
    if drawer.get_attribute("open") is None:
        drawer.locator("summary").click()


def _tap(page: Page, words: tuple[str, ...]) -> None:
    for word in words:
        _open_drawer(page, word)
        page.click(f".picture-choice[value='{INDEX_OF[word]}']")


def _scribble(page: Page) -> None:
    """Draw a sun, with the mouse as a finger would."""
    paper = page.locator("[data-easel] canvas")
    box = paper.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x - 60, y)
    page.mouse.down()
    for step in ((0, -60), (60, 0), (0, 60), (-60, 0)):
        page.mouse.move(x + step[0], y + step[1], steps=6)
    page.mouse.up()

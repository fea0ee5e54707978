"""Every page in a state that people see it in, one after the other: for pictures, for axe, for measuring.

A scene is a name; when it comes, ``page`` shows it. Owns the ways there, by what people press, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Page

from mailbox.letters.picture_words import GROUPS, PICTURES
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


def desk_scenes(page: Page, school: ShownSchool) -> Iterator[str]:
    """Walk the pages of the desk as a counselor."""
    page.goto(f"{school.url}/desk/login")
    yield "login"
    _log_in(page, school, school.counselor)
    yield "queue"
    page.locator(".queue a.open").first.click()
    yield "letter"
    yield from _reply_scenes(page, school)
    page.goto(f"{school.url}/desk/letters/?tab=answered")
    yield "answered"
    page.goto(f"{school.url}/desk/letters/?level=urgent&with=late")
    yield "queue-narrow"
    page.fill("[name=words]", "我")
    page.click(".finding button")
    page.wait_for_selector(".results mark")
    yield "search"
    yield from _care_scenes(page, school)
    for address, name in (
        ("summary/", "this-week"),
        ("paper/", "paper"),
        ("learning/", "learning"),
        ("people/", "people"),
        ("account/", "my-login"),
        ("account/second-factor", "phone-code"),
        ("devices/", "devices"),
        ("help/", "help-settings"),
        ("calendar/", "calendar"),
        ("audit/", "acts"),
    ):
        page.goto(f"{school.url}/desk/{address}")
        yield name


def _reply_scenes(page: Page, school: ShownSchool) -> Iterator[str]:
    """A reply that is begun, borrowed from, looked at twice and previewed, and where its beginnings come from."""
    page.locator(".beginnings summary").click()
    yield "letter-beginnings"
    page.fill("[name=reply]", "你怎么不早说，想开点。我在二楼心屋，等你来坐坐，可以带上你的好朋友，也可以什么都不说。")
    page.click(".reply-form .button.primary")
    page.wait_for_selector("#finds-title")
    yield "letter-second-look"
    page.click("[formaction$='/preview']")
    page.wait_for_selector(".preview")
    yield "reply-preview"
    page.goto(f"{school.url}/desk/beginnings/")
    page.locator(".beginning-line summary").first.click()
    yield "beginnings"


def _care_scenes(page: Page, school: ShownSchool) -> Iterator[str]:
    """A case with its plan and visits, the record of a report, a talk: what follows from a letter."""
    page.goto(f"{school.url}/desk/cases/")
    yield "cases"
    page.locator("main .list a").first.click()
    page.wait_for_selector("#plan-title")
    yield "case"
    page.locator("main a[href$='/report']").first.click()
    page.wait_for_selector("[name=situation]")
    yield "report-form"
    page.check("[name=situation][value='9']")
    page.check("[name=to][value=police]")
    page.fill("[name=at]", "2026-01-05T10:20")
    page.click("button.primary")
    page.wait_for_selector("article.paper")
    yield "report-kept"
    page.goto(f"{school.url}/desk/talks/new")
    yield "talk-form"
    page.fill("[name=who]", "小禾")
    page.fill("[name=words]", "聊了聊新的座位")
    page.click("button.primary")
    page.wait_for_selector(".list")
    yield "talks"
    page.locator("main header a.small").first.click()
    page.wait_for_selector("main.paper")
    yield "talks-of-a-month"


def technician_scenes(page: Page, school: ShownSchool) -> Iterator[str]:
    """Walk the pages that a technician sees otherwise, and the siren page."""
    page.goto(f"{school.url}/desk/login")
    _log_in(page, school, school.technician)
    page.goto(f"{school.url}/desk/devices/")
    yield "devices-for-the-technician"
    page.goto(school.siren_link)
    yield "siren-enrol"


def _log_in(page: Page, school: ShownSchool, login: str) -> None:
    page.fill("[name=login_name]", login)
    page.fill("[name=passphrase]", school.passphrase)
    page.click("button.primary")
    page.wait_for_selector(".bar")


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

"""Every page in a state that people see it in, one after the other: for pictures, for axe, for measuring.

A scene is a name; when it comes, ``page`` shows it. Owns the ways there, by what people press, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from playwright.sync_api import Page

from tests.support.kiosk_scenes import WORDS, kiosk_scenes
from tests.support.rare_scenes import (
    NOBODY,
    device_scenes,
    letter_home_scenes,
    second_factor_scenes,
    siren_scenes,
)
from tests.support.shown import ShownSchool

__all__ = [
    "desk_scenes",
    "head_scenes",
    "kiosk_scenes",
    "lead_scenes",
    "technician_scenes",
    "way_back_scenes",
]


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
    page.goto(f"{school.url}/desk/letters/{NOBODY}")
    yield "nothing-at-the-desk"
    page.goto(f"{school.url}/desk/letters/?level=urgent&with=late")
    yield "queue-narrow"
    page.fill("[name=words]", "我")
    page.click(".finding button")
    page.wait_for_selector(".results mark")
    yield "search"
    yield from _paper_and_meeting_scenes(page, school)
    yield from _care_scenes(page, school)
    yield from letter_home_scenes(page, school)
    for address, name in (
        ("opening/", "opening"),
        ("opening/replies", "opening-replies"),
        ("summary/", "this-week"),
        ("paper/", "paper"),
        ("learning/", "learning"),
        ("people/", "people"),
        ("account/", "my-login"),
        ("account/second-factor", "phone-code"),
        ("alarms/", "alarms"),
        ("duty/", "duty-list"),
        ("duty/print", "duty-sheet"),
        ("devices/", "devices"),
        ("help/", "help-settings"),
        ("calendar/", "calendar"),
        ("audit/", "acts"),
        ("retention/", "retention"),
        ("letters/?pick=some", "pranks-to-choose"),
    ):
        page.goto(f"{school.url}/desk/{address}")
        yield name
    for box in page.locator(".pick input").all():
        box.check()
    page.click("#pranks button")
    page.wait_for_selector("main > .narrow")
    yield "pranks-to-confirm"
    page.goto(f"{school.url}/desk/account/")
    page.check("#hard-words [name=cover]")
    page.click("#hard-words button")
    for tab in ("waiting", "answered"):
        page.goto(f"{school.url}/desk/letters/?tab={tab}")
        letters = [link.get_attribute("href") for link in page.locator(".queue a.open").all()]
        for letter in letters:
            page.goto(f"{school.url}{letter}")
            if page.locator("details.covered").count():
                yield "letter-covered"
                return


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
    yield "beginnings"


def _paper_and_meeting_scenes(page: Page, school: ShownSchool) -> Iterator[str]:
    """A note out of the wooden box with its slip, times to meet, and the list of those that were chosen."""
    page.goto(f"{school.url}/desk/paper-notes/new")
    page.fill("[name=words]", WORDS)
    yield "paper-note"
    page.click("button.primary")
    page.wait_for_selector(".note-slip")
    yield "paper-slip"
    page.goto(f"{school.url}/desk/appointments/")
    yield "meetings"
    page.locator("main .list a.button").last.click()
    page.wait_for_selector("[name=on-0]")
    yield "times"
    page.locator("main .notice a").click()
    page.wait_for_selector("textarea")
    yield "call-off"


def _care_scenes(page: Page, school: ShownSchool) -> Iterator[str]:
    """A case with its plan and visits, the record of a report, a talk: what follows from a letter."""
    page.goto(f"{school.url}/desk/cases/")
    yield "cases"
    page.goto(f"{school.url}/desk/plan/")
    yield "crisis-plan"
    page.goto(f"{school.url}/desk/plan/print")
    yield "crisis-plan-to-print"
    page.goto(f"{school.url}/desk/letters/")
    page.locator(".queue a.open").last.click()
    page.locator("a[href*='/cases/new/']").click()
    page.wait_for_selector("[name=why]")
    yield "case-to-begin"
    page.goto(f"{school.url}/desk/cases/")
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
    yield from _second_person_scenes(page, school)
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


def _second_person_scenes(page: Page, school: ShownSchool) -> Iterator[str]:
    """What waits for somebody to agree, and what follows when they did."""
    page.goto(f"{school.url}/desk/decisions/")
    yield "to-decide"
    page.click("form[action$='/reveal'] button")
    page.wait_for_selector(".notice.grave")
    yield "time-and-place"
    page.locator(".back a").click()
    page.locator("a[href*='/decisions/reveal/']").click()
    page.wait_for_selector("[name=rule]")
    yield "time-and-place-asked"
    page.goto(f"{school.url}/desk/decisions/")
    page.click("form[action$='/key'] button")
    page.wait_for_selector(".once")
    yield "case-file-passphrase"
    page.locator(".back a").click()
    page.locator("a[href*='/decisions/case-file/']").click()
    page.wait_for_selector("[name=reason]")
    yield "case-file-asked"


def lead_scenes(page: Page, school: ShownSchool) -> Iterator[str]:
    """Walk what only a lead changes and sees."""
    page.goto(f"{school.url}/desk/login")
    _log_in(page, school, school.lead)
    page.goto(f"{school.url}/desk/plan/of/bullying")
    yield "crisis-plan-form"
    page.goto(f"{school.url}/desk/letters/")
    page.locator(".queue a.open").last.click()
    page.locator("#hold summary").click()
    yield "letter-to-hold"
    page.goto(f"{school.url}/desk/beginnings/")
    page.locator(".beginning-line summary").first.click()
    yield "beginnings-to-change"
    page.goto(f"{school.url}/desk/calendar/")
    yield "calendar-to-change"
    page.goto(f"{school.url}/desk/help/")
    yield "help-to-change"
    page.goto(f"{school.url}/desk/opening/customs/")
    yield "opening-customs"
    page.goto(f"{school.url}/desk/proposals/")
    yield "proposals"
    page.goto(f"{school.url}/desk/documents/")
    yield "documents"
    page.goto(f"{school.url}/desk/documents/impact-assessment")
    yield "document"
    page.goto(f"{school.url}/desk/letters/?pick=some")
    page.locator(".pick input").last.check()
    page.click("#pranks button")
    page.click("form[action$='/pranks/mark'] button")
    page.wait_for_selector("main > .narrow [role=status]")
    yield "pranks-marked"
    for address, name in (
        ("duty/", "duty-list-to-change"),
        ("alarms/", "alarms-for-the-lead"),
        ("audit/", "everybodys-acts"),
        ("people/", "people-for-the-lead"),
    ):
        page.goto(f"{school.url}/desk/{address}")
        yield name


def head_scenes(page: Page, school: ShownSchool) -> Iterator[str]:
    """Walk what a head sees, who reads no letter."""
    page.goto(f"{school.url}/desk/login")
    _log_in(page, school, school.head)
    for address, name in (
        ("paper/", "paper-for-the-head"),
        ("audit/", "counts-of-acts"),
        ("decisions/", "to-decide-for-the-head"),
        ("alarms/", "alarms-for-the-head"),
    ):
        page.goto(f"{school.url}/desk/{address}")
        yield name


def way_back_scenes(page: Page, school: ShownSchool) -> Iterator[str]:
    """Two people come back by their slips, and everybody is told."""
    first, second = school.slips
    page.goto(f"{school.url}/desk/slips/")
    yield "slips"
    page.fill("textarea", " ".join(["龘", *first[1:6], "hello", *first[7:]]))
    page.click("button.primary")
    page.wait_for_selector("[name=word-7]")
    yield "slips-two-words-again"
    page.fill("[name=word-1]", first[0])
    page.fill("[name=word-7]", first[6])
    page.click("button.primary")
    page.wait_for_selector("textarea")
    yield "slips-second"
    page.fill("textarea", " ".join(second))
    page.click("button.primary")
    page.wait_for_selector("[name=who]")
    yield "slips-who"
    page.check("[name=who] >> nth=0")
    page.fill("[name=passphrase]", "windmill pickles tundra velvet")
    page.fill("[name=again]", "windmill pickles tundra velvet")
    page.click("button.primary")
    page.wait_for_selector(".slip")
    yield "slips-new"
    page.check("[name=first]")
    page.check("[name=second]")
    page.click("form:has([name=first]) button.primary")
    page.wait_for_selector(".bar")
    page.goto(f"{school.url}/desk/slips/new")
    page.click("form[action$='/ask'] button")
    page.wait_for_selector("[role=status]")
    yield "slips-to-renew"
    page.goto(f"{school.url}/desk/people/")
    yield "people-with-a-wish"
    page.click(".bar .leave button")
    _log_in(page, school, school.lead)
    yield "notice"
    page.goto(f"{school.url}/desk/people/")
    page.locator("a[href$='/out']", has_text=re.compile("我要离开|I want to leave")).click()
    page.wait_for_selector("button.grave")
    yield "leaving"
    page.click("button.grave")
    page.wait_for_selector(".bar", state="detached")
    yield "you-left"


def technician_scenes(page: Page, school: ShownSchool) -> Iterator[str]:
    """Walk the pages that a technician sees otherwise, and the siren page."""
    page.goto(f"{school.url}/desk/login")
    _log_in(page, school, school.technician)
    page.goto(f"{school.url}/desk/devices/")
    yield "devices-for-the-technician"
    page.goto(f"{school.url}/desk/upkeep/")
    yield "computer-and-backups"
    yield from device_scenes(page, school)
    yield from second_factor_scenes(page, school, school.technician)
    yield from siren_scenes(page, school)


def _log_in(page: Page, school: ShownSchool, login: str) -> None:
    page.fill("[name=login_name]", login)
    page.fill("[name=passphrase]", school.passphrase)
    page.click("button.primary")
    page.wait_for_selector(".bar")

"""A served school with tablets in a real browser, and what a child does at one of them."""

from __future__ import annotations

import os
import re
from typing import Any

from playwright.sync_api import Locator, Page

from mailbox.letters.answer import answer
from mailbox.letters.content import NoteContent
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.picture_words import PICTURES
from tests.support.browser import Visitors
from tests.support.staffed import StaffedSchool

LOW_TABLET = {"width": 1024, "height": 600}
WORDS = "我想家了，橘子树下有秘密"
REPLY = "我也会想家。午休来图书角坐坐。"
GROUP_OF = {picture.word: picture.group for picture in PICTURES}


class Classroom:
    """Tablets in a served school. A school may serve several tests: each knows only its own letters."""

    def __init__(self, url: str, school: StaffedSchool, visitors: Visitors, complaints: list[str]) -> None:
        self.url = url
        self.school = school
        self._visitors = visitors
        self._complaints = complaints
        self._earlier = {row.id for row in queue(school.office, school.counselor)}

    def tablet(self, viewport: dict[str, int], *, cookie: str = "", script: str = "", **wishes: object) -> Page:
        """Open the first page at an enrolled tablet; ``script`` runs before each page's own."""
        page = self._visitors.visit(viewport, **wishes)
        value = cookie or self.school.kiosk_cookie
        page.context.add_cookies([{"name": "__Host-kiosk", "value": value, "url": self.https()}])
        if script:
            page.context.add_init_script(script)
        page.on("console", lambda said: self._complaints.append(said.text) if said.type == "error" else None)
        page.goto(self.url)
        return page

    def https(self) -> str:
        # The name's beginning asks for a secure address; Chromium counts this machine itself as one.
        return self.url.replace("http://", "https://")

    def answer_all(self, words: str) -> None:
        office, counselor = self.school.office, self.school.counselor
        for row in queue(office, counselor):
            answer(office, counselor, row.id, words, release_now=True, form_nonce=os.urandom(16))

    def letters(self) -> list[str]:
        return [content.text for content in self._contents()]

    def parts(self) -> list[str]:
        """Return what came beside the words: ``drawing`` and ``voice``."""
        return [part.kind for content in self._contents() for part in content.parts]

    def _contents(self) -> list[NoteContent]:
        office, counselor = self.school.office, self.school.counselor
        rows = [row for row in queue(office, counselor) if row.id not in self._earlier]
        threads = [open_thread(office, counselor, row.id) for row in rows]
        return [note.content for thread in threads for note in thread.notes if note.content]


def touch(page: Page, words: str) -> Locator:
    """Return what can be tapped and says exactly ``words``, whatever 拼音 stands above them."""
    places = page.locator("a:visible, button:visible, summary:visible, label:visible")
    return places.filter(has_text=re.compile(rf"^\s*{re.escape(words)}\s*$"))


def heading(page: Page, words: str) -> Locator:
    return page.locator("h1:visible, h2:visible").filter(has_text=words)


def begin_letter(page: Page, words: str = "") -> Locator:
    """Go from the first page to an empty letter, write ``words`` and return the field."""
    touch(page, "写信").click()
    page.locator("button.kind").filter(has_text="悄悄话").click()
    field = page.locator("#words")
    field.fill(words)
    return field


def write(page: Page, words: str = WORDS) -> list[str]:
    """Write and send a letter from the first page; return the code."""
    begin_letter(page, words)
    touch(page, "送出").click()
    return arrived_code(page)


def arrived_code(page: Page) -> list[str]:
    """Wait until the page says that the letter has arrived; return its code."""
    heading(page, "送到了").wait_for()
    return page.locator("figcaption").all_inner_texts()


def files_sent(page: Page) -> list[list[Any]]:
    """Send the letter; return each file in it as its field, its name, its type and its first 24 bytes.

    Looked at in the page, because a browser does not show a test what it reads from files.
    """
    page.evaluate(
        """() => {
            const send = window.fetch;
            window.fetch = (address, wishes) => {
                if (wishes.body) window.sent = wishes.body;
                return send(address, wishes);
            };
        }"""
    )
    touch(page, "送出").click()
    page.wait_for_timeout(100)
    return list(
        page.evaluate(
            """() => Promise.all([...window.sent]
                .filter(([, value]) => value instanceof File)
                .map(async ([name, file]) => [
                    name, file.name, file.type, [...new Uint8Array(await file.slice(0, 24).arrayBuffer())],
                ]))"""
        )
    )


def fields_sent(page: Page) -> list[str]:
    """Return the names of all fields of what ``files_sent`` saw."""
    return list(page.evaluate("[...window.sent.keys()]"))


def tap_code(page: Page, code: list[str]) -> None:
    """Tap the pictures of a code from the first page, each in its drawer, and open the answer."""
    touch(page, "看回信").click()
    for count, word in enumerate(code, start=1):
        drawer = page.locator("details.picture-group", has=page.locator(f"summary:has-text('{GROUP_OF[word]}')"))
        drawer.locator("summary").click()
        drawer.locator("button").filter(has_text=re.compile(rf"^\s*{word}\s*$")).click()
        page.locator(f".chosen li:nth-child({count}) svg").wait_for()
    touch(page, "看回信").click()
    heading(page, "你的回信").wait_for()


def leave(page: Page) -> None:
    touch(page, "写好了").or_(touch(page, "看好了")).click()
    touch(page, "写信").wait_for()

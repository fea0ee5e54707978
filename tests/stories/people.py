"""The people of the stories, each at a browser of their own. They press what stands on the page, nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Page

from mailbox.letters.picture_words import PICTURES
from tests.support.browser import TABLET, Visitors

GROUP_OF = {picture.word: picture.group for picture in PICTURES}


@dataclass
class Technician:
    """Founds the school by the link from the console, and hands out links."""

    page: Page

    def found(self, link: str, school: str, passphrase: str) -> None:
        self.page.goto(link)
        self.page.fill("[name=school_name]", school)
        fill_passphrase(self.page, "jishu", passphrase)
        self.page.click("button.primary")
        self.page.wait_for_url("**/desk/devices/")

    def invite_counselor(self, name: str) -> str:
        return self._link("form[action*='/people/']", "[name=display_name]", name)

    def enroll(self, kind: str, name: str) -> str:
        return self._link(f"form[action*='/enroll/{kind}']", "[name=name]", name)

    def _link(self, form: str, field: str, name: str) -> str:
        """Write a name into one of the page's forms and return the link that is shown once."""
        self.page.locator(f"{form} {field}").first.fill(name)
        self.page.locator(f"{form} button").first.click()
        link = self.page.locator("#link").inner_text()
        self.page.click("a.primary")
        return link

    def add_channel(self, name: str, address: str) -> None:
        self.page.click("text=加一个去处")
        form = self.page.locator("form:has([name=address])")
        form.locator("[name=name]").fill(name)
        form.locator("[name=address]").fill(address)
        form.locator("button.primary").click()


@dataclass
class Counselor:
    """Makes the keys, reads and answers."""

    page: Page

    def arrive(self, link: str, login: str, passphrase: str) -> list[list[str]]:
        """Make the keys by an invitation; return the words of the recovery slips."""
        self.page.goto(link)
        fill_passphrase(self.page, login, passphrase)
        self.page.click("button.primary")
        self.page.wait_for_selector(".slip")
        slips = [slip.locator("li").all_inner_texts() for slip in self.page.locator(".slip").all()]
        self.page.check("[name=first]")
        self.page.check("[name=second]")
        self.page.click("form:has([name=first]) button.primary")
        return slips

    def log_in(self, base: str, login: str, passphrase: str) -> None:
        self.page.goto(f"{base}/desk/login")
        self.page.fill("[name=login_name]", login)
        self.page.fill("[name=passphrase]", passphrase)
        self.page.click("button.primary")
        self.page.wait_for_selector(".bar")

    def _go_to_letters(self) -> None:
        # What is read without waiting would otherwise be of the page before.
        with self.page.expect_navigation():
            self.page.click("nav >> text=信")

    def levels(self) -> list[str]:
        """Return the levels of the waiting letters, from the top of the list."""
        self._go_to_letters()
        return self.page.locator(".queue > li .level").all_inner_texts()

    def open(self, place: int) -> str:
        """Open the letter at ``place`` from the top and return the child's newest words."""
        self._go_to_letters()
        self.page.locator(".queue a.open").nth(place).click()
        words = self.page.locator(".turn.note .child").last
        # The small numbers behind marked phrases are not the child's.
        return str(
            words.evaluate("node => [...node.childNodes].map(part => (part.firstChild ?? part).textContent).join('')")
        )

    def reply(self, words: str, *, now: bool) -> None:
        self.page.fill("[name=reply]", words)
        self.page.check(f"[name=when][value={'now' if now else 'held'}]")
        self.page.click(".reply-form button.primary")
        self.page.wait_for_selector(".notice.good")


@dataclass
class Child:
    """Writes on an enrolled tablet, and reads by tapping pictures."""

    page: Page
    base: str

    def write(self, words: str) -> list[str]:
        """Send a letter; return the six words of the code."""
        self.page.goto(self.base)
        self.page.click("main a.button.primary")
        self.page.click("button.kind[value=whisper]")
        self.page.fill("textarea", words)
        self.page.click("text=送出")
        self.page.wait_for_selector("figcaption")
        code = self.page.locator("figcaption").all_inner_texts()
        self.page.click("text=写好了")
        # The page empties itself and leads to the start; whoever goes elsewhere meanwhile would be turned back.
        self.page.wait_for_selector("[data-start-page]")
        return code

    def read(self, code: list[str]) -> list[str]:
        """Tap the six pictures and return the replies."""
        self.page.goto(self.base)
        self.page.click("text=看回信")
        for word in code:
            drawer = self.page.locator(".picture-group", has=self.page.locator(f"summary:has-text('{GROUP_OF[word]}')"))
            if drawer.get_attribute("open") is None:
                drawer.locator("summary").click()
            drawer.locator(".picture-choice", has_text=word).click()
        self.page.click("button.primary:has-text('看回信')")
        self.page.wait_for_selector("h1:has-text('你的回信')")
        return self.page.locator(".reply p").all_inner_texts()

    def write_back(self, words: str) -> None:
        self.page.fill("textarea", words)
        self.page.click("text=送出")
        self.page.wait_for_selector("text=已经送到了")
        self.page.click("text=写好了")
        # The page empties itself and leads to the start; whoever goes elsewhere meanwhile would be turned back.
        self.page.wait_for_selector("[data-start-page]")


def fill_passphrase(page: Page, login: str, passphrase: str) -> None:
    page.fill("[name=login_name]", login)
    page.fill("[name=passphrase]", passphrase)
    page.fill("[name=again]", passphrase)


def set_up_link(log: str) -> str:
    found = re.search(r"http://\S+/setup/\S+", log)
    assert found, log
    return found[0]


def tablet(visitors: Visitors) -> Page:
    return visitors.visit(TABLET)

"""A browser without scripts at the counselors' desk, and letters to find. It sends only forms that a page shows."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from html import unescape

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from mailbox.letters.desk import queue
from mailbox.letters.post import Letter, post
from mailbox.office import Office
from mailbox.store.tables import new_id
from mailbox.web.throttle import Throttle
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.support.pages import pages_of
from triage.protocol import Assessment, Reason, Source, Topic, Urgency

HTTPS = "https://localhost"
_FORM = re.compile(r"<form[^>]*>.*?</form>", re.S)
_TOKEN = re.compile(r'name="token" value="([^"]+)"')
_TAG = re.compile(r"<[^>]+>")


class Hand:
    """A clock of the counters of tries that only a test moves."""

    now = 1_000.0

    def __call__(self) -> float:
        return self.now

    @classmethod
    def of(cls, browser: Browser) -> Hand:
        """Put one into the program that ``browser`` talks with."""
        hand = cls()
        browser.client.application.extensions["throttle"] = Throttle(hand)
        return hand


@dataclass
class Browser:
    """One browser with cookies of its own; Chinese unless told otherwise."""

    client: FlaskClient
    language: str = "zh-CN"

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, base_url=HTTPS, headers={"Accept-Language": self.language})

    def send(self, page: str | TestResponse, action: str, **fields: str) -> TestResponse:
        """Send the form of a page whose address ends in ``action``, with that form's own token."""
        shown = self.get(page).text if isinstance(page, str) else page.text
        address, token = form_of(shown, action)
        data = {"token": token, **fields}
        return self.client.post(address, base_url=HTTPS, data=data, headers={"Accept-Language": self.language})

    def log_in(self, login_name: str, passphrase: str = PASSPHRASE) -> TestResponse:
        return self.send("/desk/login", "/desk/login", login_name=login_name, passphrase=passphrase)

    def cookie(self, name: str) -> str:
        found = self.client.get_cookie(name)
        return found.value if found else ""

    def carry(self, name: str, value: str) -> None:
        self.client.set_cookie(name, value, secure=True)


def browser_at(office: Office, **settings: object) -> Browser:
    """Return a fresh browser at a served installation; ``settings`` are changed for it alone."""
    served = replace(office, settings=replace(office.settings, **settings)) if settings else office  # type: ignore[arg-type]
    return Browser(pages_of(served).test_client())


def another_browser(browser: Browser, language: str = "zh-CN") -> Browser:
    """Return one more browser at the same served pages."""
    return Browser(browser.client.application.test_client(), language)


def logged_in(school: SchoolAtWork, login_name: str = "lin") -> Browser:
    browser = browser_at(school.office)
    assert browser.log_in(login_name).status_code == 303
    return browser


def form_of(page: str, action: str) -> tuple[str, str]:
    """Return the address and the token of the first form whose address ends in ``action``."""
    for form in _FORM.findall(page):
        named = re.search(r'action="([^"]*)"', form)
        if named and named[1].endswith(action):
            token = _TOKEN.search(form)
            assert token, "a form without a token"
            return unescape(named[1]), token[1]
    raise AssertionError(f"no form to {action}")


def words_of(page: str) -> str:
    """Return what a page says, without its tags, with single spaces."""
    return " ".join(unescape(_TAG.sub(" ", page)).split())


def arrive(school: SchoolAtWork, text: str, office: Office | None = None, not_for: Iterable[str] = ()) -> str:
    """Let a child's letter arrive; return its thread."""
    at = office or school.office
    before = {row.id for row in queue(at, school.counselor)}
    post(at, Letter(school.school_id, new_id(), text, os.urandom(16), frozenset(not_for)))
    return next(row.id for row in queue(at, school.counselor) if row.id not in before)


def reading(office: Office, urgency: Urgency, reasons: Iterable[tuple[str, int, int]], **more: object) -> Office:
    """Return the office with a triage that finds ``reasons`` (words, start, end) in every letter."""
    found = tuple(Reason(words, 1, start, end, Source.RULE, "U1") for words, start, end in reasons)
    given = {"cause": None, "topics": (Topic.MOOD,), "sureness": "比较像", "scores": {}, **more}
    assessment = Assessment(urgency, reasons=found, **given)  # type: ignore[arg-type]
    return replace(office, assess=lambda _text, _adjustment: assessment)

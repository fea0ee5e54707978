"""A browser without scripts over real HTTP, and what a patient child does with it: the same form until an answer comes.

Owns what an answer means to who reads it. Knows no table.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import unescape
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode

from mailbox.letters.picture_words import CODE_WORDS
from tests.support.page_words import words_of_page
from tests.torture.ledger import Code, Ledger

# A write waits five seconds for somebody else's; a program may be frozen for a moment, too.
_PATIENCE_S = 30
_PAUSE_S = 0.2
_FIGURES = re.compile(r"<figcaption>(.+?)</figcaption>")
_ARRIVED = "已经送到了"


@dataclass(frozen=True)
class Page:
    """``location``: where a redirect leads."""

    status: int
    html: str
    location: str = ""

    @property
    def asks_for_login(self) -> bool:
        return self.status == 303 and "/desk/login" in self.location

    @property
    def words(self) -> str:
        return words_of_page(self.html)

    @property
    def code(self) -> Code:
        """Return the six words under the pictures, or none."""
        return tuple(words_of_page(word) for word in _FIGURES.findall(self.html))

    def field(self, name: str) -> str | None:
        found = re.search(rf'name="{name}" value="([^"]*)"', self.html)
        return unescape(found[1]) if found else None


class Browser:
    """One device with its cookie (a ``Cookie`` header). Not for two threads at once."""

    def __init__(self, port: int, cookie: str) -> None:
        self._port = port
        self._cookie = cookie

    def ask(self, method: str, path: str, fields: Mapping[str, str] | None = None) -> Page:
        """Return the answer, read to its end. Raises OSError, HTTPException."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=_PATIENCE_S)
        try:
            headers = {"Cookie": self._cookie}
            if fields is not None:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request(method, path, urlencode(fields) if fields is not None else None, headers)
            answer = connection.getresponse()
            return Page(answer.status, answer.read().decode("utf-8"), answer.getheader("Location", ""))
        finally:
            connection.close()


TakeUp = Callable[[Page, dict[str, str]], None]


def take_up(page: Page, fields: dict[str, str]) -> None:
    """Take the hidden fields of a page that shows the form again."""
    for name in fields.keys() & {"token", "thread"}:
        fields[name] = page.field(name) or fields[name]


class GaveUp(Exception):
    """The program did not answer for as long as this visitor waits."""


class LoggedOut(Exception):
    """The desk asks for the passphrase again."""


@dataclass
class Visitor:
    """Sends one form again and again, as the tablet's page does, until it is told something.

    ``patience_s``: how long without any answer. ``left`` ends the waiting early.
    """

    browser: Browser
    ledger: Ledger
    left: threading.Event
    patience_s: float = 100.0

    def page(self, path: str) -> Page:
        """Return a page that answers with 200. Raises GaveUp, LoggedOut."""
        deadline = time.monotonic() + self.patience_s
        while time.monotonic() < deadline:
            try:
                page = self.browser.ask("GET", path)
            except (OSError, HTTPException):
                self.ledger.count("pages without an answer")
            else:
                if page.status == 200:
                    return page
                _require_logged_in(page)
                self._require_kind(page, path)
            if self.left.wait(_PAUSE_S):
                break
        raise GaveUp(path)

    def send(self, path: str, fields: dict[str, str], words: str, again: TakeUp = take_up) -> Page:
        """Return the answer that says what became of the letter or reply ``words``. Raises GaveUp, LoggedOut.

        A page that could not keep it must still hold its words and no code; what that page offers is sent next, as
        ``again`` takes it up.
        """
        deadline = time.monotonic() + self.patience_s
        while time.monotonic() < deadline:
            try:
                page = self.browser.ask("POST", path, fields)
            except (OSError, HTTPException):
                self.ledger.count("forms sent again because no answer came")
            else:
                _require_logged_in(page)
                if page.status in (200, 303):
                    return page
                self._look_at_refused(page, path, words)
                again(page, fields)
            # Not left: who has sent waits for the answer.
            time.sleep(_PAUSE_S)
        raise GaveUp(path)

    def _look_at_refused(self, page: Page, path: str, words: str) -> None:
        self._require_kind(page, path)
        if page.code:
            self.ledger.wrong(f"{path} answered {page.status} and showed a code")
        if words not in page.words:
            self.ledger.wrong(f"{path} answered {page.status} and lost the words")
        self.ledger.count(f"letters and replies told not to be kept ({page.status}), and sent again")

    def _require_kind(self, page: Page, path: str) -> None:
        # 503: not kept just now; 400: the form is too old, as after a jump of the clock. Both say so kindly.
        if page.status not in (400, 503):
            self.ledger.wrong(f"{path} answered {page.status}")


def _require_logged_in(page: Page) -> None:
    if page.asks_for_login:
        raise LoggedOut


def is_code(page: Page) -> bool:
    return page.status == 200 and len(page.code) == CODE_WORDS


def has_arrived(page: Page) -> bool:
    return page.status == 200 and _ARRIVED in page.words

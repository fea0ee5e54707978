"""A counselor who answers everyday letters at the served desk while the program is tortured.

Leaves grave letters closed: opening one answers its alarm, and the alarms are to be counted afterwards.
"""

from __future__ import annotations

import random
import threading
from http.client import HTTPException

from mailbox.errors import MailboxError
from mailbox.letters.collect import collect
from mailbox.people.login import log_in
from tests.counselor_ui.at_desk import form_of
from tests.support.staffed import PASSPHRASE, StaffedSchool
from tests.torture.browser import Browser, GaveUp, LoggedOut, Page, Visitor
from tests.torture.codes import receipt_of
from tests.torture.ledger import Ledger, Letter

_PAUSE_S = 0.5


class Counselor:
    """One reader with one session. ``opened``: the codes of the letters that this reader opened."""

    def __init__(self, school: StaffedSchool, port: int, ledger: Ledger, seed: str) -> None:
        self.left = threading.Event()
        self.opened: set[tuple[str, ...]] = set()
        self._school, self._ledger = school, ledger
        self._chance = random.Random(seed)
        cookie = log_in(school.office, school.login, PASSPHRASE)
        self._visitor = Visitor(Browser(port, f"__Host-desk={cookie}"), ledger, self.left)

    def live(self) -> None:
        """Answer letters until ``left`` is set."""
        while not self.left.wait(_PAUSE_S):
            letter = self._next()
            try:
                if letter and letter.code:
                    self.opened.add(letter.code)
                    self.answer(letter.code, f"谢谢你写信,我在看。第{len(self.opened)}封回信")
            except LoggedOut:
                self._ledger.wrong("a session of the desk was over, though its reader worked on")
                return
            except (GaveUp, MailboxError, OSError, HTTPException):
                self._ledger.count("replies that were not begun")

    def look(self) -> int:
        """Return the status of the queue's page; 303 leads to the login."""
        return self._visitor.browser.ask("GET", "/desk/letters/").status

    def answer(self, code: tuple[str, ...], text: str, when: str = "now") -> None:
        """Open a letter by its page and send a reply. Raises GaveUp, LoggedOut, MailboxError."""
        thread_id = collect(self._school.office, self._school.school_id, receipt_of(code)).thread_id
        opened = self._visitor.page(f"/desk/letters/{thread_id}")
        address, token = form_of(opened.html, "/reply")
        form = {"token": token, "reply": text, "when": when, "draft": ""}

        def again(page: Page, fields: dict[str, str]) -> None:
            # A page that could not even open the letter shows no form; the one that was sent is sent again.
            if "/reply" in page.html:
                fields["token"] = form_of(page.html, "/reply")[1]

        if self._visitor.send(address, form, text, again).status == 303:
            self._ledger.answered(text, code)
        else:
            self._ledger.wrong("a reply was neither sent nor refused")

    def _next(self) -> Letter | None:
        told = self._ledger.so_far().letters
        left = [letter for letter in told if letter.code and letter.code not in self.opened and not letter.is_grave]
        return self._chance.choice(left) if left else None

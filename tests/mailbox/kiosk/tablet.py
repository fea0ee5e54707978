"""A tablet without JavaScript at the children's pages: it sends only forms that a page shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from mailbox.letters.desk import open_thread, queue
from mailbox.letters.picture_words import PICTURES
from mailbox.people.stations import KIOSK, identify, invite_station
from tests.conftest import SchoolAtWork
from tests.support.page_words import words_of_page

HTTPS = "https://localhost"
COOKIE = "__Host-kiosk"
PLAIN_FORM = "application/x-www-form-urlencoded"
INDEX_OF = {picture.word: str(picture.index) for picture in PICTURES}
_HELP = re.compile(r'<details class="help-panel".*?</details>', re.S)


@dataclass
class Tablet:
    """An enrolled tablet in a school whose kiosk is open."""

    client: FlaskClient
    school: SchoolAtWork

    @property
    def id(self) -> str:
        cookie = self.client.get_cookie(COOKIE, domain="localhost")
        assert cookie is not None
        return identify(self.school.office, cookie.value, KIOSK).id

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, base_url=HTTPS)

    def post(self, path: str, fields: dict[str, str | list[str]] | None = None, **more: str) -> TestResponse:
        return self.client.post(path, base_url=HTTPS, data={**(fields or {}), **more})

    def post_bytes(self, path: str, body: bytes) -> TestResponse:
        return self.client.post(path, base_url=HTTPS, data=body, content_type=PLAIN_FORM)

    def token(self, path: str) -> str:
        return field_of(self.get(path), "token")

    def send(self, words: str, **more: str) -> TestResponse:
        return self.post("/write", token=self.token("/write"), words=words, **more)

    def send_in_bytes(self, words: bytes) -> TestResponse:
        """Send words that are percent-encoded already, so that they need not be text."""
        token = urlencode({"token": self.token("/write")}).encode()
        return self.post_bytes("/write", token + b"&words=" + words)

    def open_typed(self, typed: str) -> TestResponse:
        return self.post("/read", token=self.token("/read"), typed=typed, open="1")

    def open_tapped(self, words: list[str]) -> TestResponse:
        pictures = [INDEX_OF[word] for word in words]
        return self.post("/read", {"token": self.token("/read"), "picture": pictures, "open": "1"})

    def write_back(self, replies: TestResponse, words: str) -> TestResponse:
        return self.post("/write-back", {name: field_of(replies, name) for name in ("token", "thread")}, words=words)

    def letters(self) -> list[str]:
        """Return the words of all letters in the box, as the counselor reads them."""
        office, counselor = self.school.office, self.school.counselor
        threads = [open_thread(office, counselor, row.id) for row in queue(office, counselor)]
        return [note.content.text for thread in threads for note in thread.notes if note.content]

    def enrolment_link(self, name: str, kind: str = KIOSK) -> str:
        school = self.school
        return "/enroll/" + invite_station(school.office, school.school_id, school.technician_id, kind, name)

    def another(self, name: str) -> Tablet:
        """Enrol one more tablet at the same program."""
        other = Tablet(self.client.application.test_client(), self.school)
        assert other.post(self.enrolment_link(name)).status_code == 200
        return other


def field_of(page: TestResponse, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def code_of(page: TestResponse) -> list[str]:
    """Return the six words of the code that a page shows, or none."""
    return [words_of_page(word) for word in re.findall(r"<figcaption>(.+?)</figcaption>", page.text)]


def chosen_in(page: TestResponse) -> list[str]:
    """Return the words of the pictures that a page shows as chosen so far."""
    return [words_of_page(word) for word in re.findall(r"<li><svg.*?</svg>(.+?)</li>", page.text)]


def help_in(page: TestResponse) -> str:
    found = _HELP.findall(page.text)
    assert len(found) == 1
    return str(found[0])


def words_in(page: TestResponse) -> str:
    """Return what stands in the page's field for words, as it is escaped there."""
    found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page.text, re.S)
    assert found, page.text
    return found[1]

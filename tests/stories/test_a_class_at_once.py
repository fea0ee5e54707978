"""A class of fifty writes within one minute, on a bad network that sends some letters twice: each is kept once."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html import unescape
from http.client import HTTPConnection
from urllib.parse import urlencode

import pytest

from mailbox.letters.collect import code_from_pictures, collect
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.picture_words import read_code
from tests.support.staffed import StaffedSchool

CHILDREN = 50
_FIGURE = re.compile(r"<figcaption>(.+?)</figcaption>", re.S)
_READING = re.compile(r"<rt.*?</rt>|<rp.*?</rp>|<[^>]+>|\s", re.S)


@dataclass(frozen=True)
class ClassTablet:
    """The one tablet of the class; fifty children take turns faster than any would."""

    port: int
    cookie: str

    def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": f"__Host-kiosk={self.cookie}", "Content-Type": "application/x-www-form-urlencoded"}
        connection.request(method, path, urlencode(fields) if fields else None, headers)
        answered = connection.getresponse()
        page = answered.read().decode()
        connection.close()
        return answered.status, page

    def write(self, words: str, *, times: int) -> list[tuple[int, str]]:
        """Send one form ``times`` times, as a network does that loses answers; return the codes as one word each."""
        _, page = self.ask("GET", "/write")
        token = re.search(r'name="token" value="([^"]+)"', page)
        assert token
        fields = {"token": unescape(token[1]), "words": words}
        answers = [self.ask("POST", "/write", fields) for _ in range(times)]
        return [(status, "".join(_READING.sub("", word) for word in _FIGURE.findall(page))) for status, page in answers]


@pytest.fixture
def school(staffed_school: StaffedSchool) -> StaffedSchool:
    return staffed_school


def test_each_child_gets_one_code_and_each_letter_is_kept_once(school: StaffedSchool) -> None:
    tablet = ClassTablet(school.office.settings.listen_port, school.kiosk_cookie)
    letters = [f"我是第{number}个写信的, 想要一个足球" for number in range(CHILDREN)]
    with ThreadPoolExecutor(CHILDREN) as children:
        told = list(children.map(lambda at: tablet.write(letters[at], times=1 + at % 2), range(CHILDREN)))

    assert {status for answers in told for status, _ in answers} == {200}
    codes = [{code for _, code in answers} for answers in told]
    assert all(len(code) == 1 for code in codes)
    assert len(set.union(*codes)) == CHILDREN

    waiting = queue(school.office, school.counselor)
    opened = [open_thread(school.office, school.counselor, row.id) for row in waiting]
    kept = [note.content.text for thread in opened for note in thread.notes if note.content]
    assert sorted(kept) == sorted(letters)
    for code in set.union(*codes):
        collect(school.office, school.school_id, code_from_pictures(read_code(code)))

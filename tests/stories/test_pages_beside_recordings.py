"""Eight children send recordings at once: pages do not wait behind them, and each recording arrives."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from http.client import HTTPConnection

import pytest

from mailbox.letters.desk import open_thread, queue
from tests.mailbox.media.samples import recording
from tests.support.served import ServedApp
from tests.support.staffed import StaffedSchool, staff

AT_ONCE = 8


@pytest.fixture
def school(made_app: Callable[..., ServedApp]) -> StaffedSchool:
    served = made_app(web_workers=1)
    school = staff(served)
    served.start()
    return school


def ask(school: StaffedSchool, method: str, path: str, body: bytes = b"", kind: str = "") -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", school.office.settings.listen_port, timeout=120)
    headers = {"Cookie": f"__Host-kiosk={school.kiosk_cookie}", **({"Content-Type": kind} if kind else {})}
    connection.request(method, path, body or None, headers)
    answered = connection.getresponse()
    page = answered.read().decode()
    connection.close()
    return answered.status, page


def letter_with(school: StaffedSchool, voice: bytes) -> bytes:
    _, page = ask(school, "GET", "/write")
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token
    head = '--b\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'
    return (
        (head.format("token", "") + unescape(token[1]) + "\r\n" + head.format("voice", '; filename="v"')).encode()
        + voice
        + b"\r\n--b--\r\n"
    )


def test_the_help_page_does_not_wait_behind_recordings(school: StaffedSchool) -> None:
    voice = recording("ipad", 40)
    letters = [letter_with(school, voice) for _ in range(AT_ONCE)]
    with ThreadPoolExecutor(AT_ONCE) as children:
        sending = [
            children.submit(ask, school, "POST", "/write", letter, "multipart/form-data; boundary=b")
            for letter in letters
        ]
        # All of them have been taken by then, and a thread is at work wherever there is one.
        time.sleep(1)
        assert ask(school, "GET", "/help")[0] == 200
        # Said without a clock: most recordings are still to come.
        assert sum(not one.done() for one in sending) >= AT_ONCE / 2
        told = [one.result()[0] for one in sending]
    assert told == [200] * AT_ONCE
    opened = [open_thread(school.office, school.counselor, row.id) for row in queue(school.office, school.counselor)]
    assert sum(len(note.content.parts) for thread in opened for note in thread.notes if note.content) == AT_ONCE

"""One child at a kiosk: the form, the note, the picture code. Plain ``http.client``, so that the load costs little."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlencode

_TOKEN = re.compile(rb'name="token" value="([^"]+)"')
_PICTURE = b"<figcaption>"
_CODE_PICTURES = 6
_PATIENCE_SECONDS = 60


class NoCode(Exception):
    """The answer was no form or no picture code; says the step and the status, never the page."""


@dataclass(frozen=True)
class Flow:
    """One note's way in seconds: the form, the answer to the note, and when the code came on the caller's clock."""

    form_s: float
    post_s: float
    done_at: float


class Child:
    """A kiosk's browser with one connection that is kept open; a closed one is opened again."""

    def __init__(self, port: int, cookie: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_SECONDS)
        self._cookie = cookie

    def write(self, note: str) -> Flow:
        """Fetch the form, send the note, take the code. Raises NoCode, OSError, HTTPException."""
        started = time.perf_counter()
        page = self._fetch("GET", None, {})
        formed = time.perf_counter()
        token = _TOKEN.search(page)
        if token is None:
            raise NoCode("the form holds no token")
        body = urlencode({"token": token.group(1).decode("ascii"), "words": note})
        sending = time.perf_counter()
        page = self._fetch("POST", body, {"Content-Type": "application/x-www-form-urlencoded"})
        done = time.perf_counter()
        if page.count(_PICTURE) != _CODE_PICTURES:
            raise NoCode("the answer holds no code")
        return Flow(formed - started, done - sending, done)

    def leave(self) -> None:
        self._connection.close()

    def _fetch(self, method: str, body: str | None, headers: dict[str, str]) -> bytes:
        self._connection.request(method, "/write", body, {"Cookie": self._cookie, **headers})
        answer = self._connection.getresponse()
        page = answer.read()
        if answer.status != 200:
            raise NoCode(f"{method} /write answered {answer.status}")
        return page

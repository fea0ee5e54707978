"""Where the time of one note goes: the pages called in this process, alone, with a stopwatch around each part.

The stopwatches exist only here; the served program has none. Owns which functions count as which part.
"""

from __future__ import annotations

import io
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.parse import urlencode

from app import create_app
from bench.installation import Installation
from mailbox.letters import post, reading, recipients
from mailbox.office import Office
from mailbox.sealing.key_file import KeyFile
from mailbox.store.database import Database, UnitOfWork
from triage.assessor import Assessor

TRIAGE_BESIDE = "triage, beside the derivation"
_WARM_UP = 30
# The part, where its function is called from, and its name there.
_PARTS: tuple[tuple[str, Any, str], ...] = (
    ("key derivation", post, "derive_receipt"),
    (TRIAGE_BESIDE, reading._Reading, "run"),
    ("waiting for triage", reading._Reading, "within_budget"),
    ("sealing", recipients, "seal"),
    ("sealing", post, "new_receipt_key"),
    ("commit", UnitOfWork, "commit"),
)
_TOKEN = re.compile(rb'name="token" value="([^"]+)"')


def milliseconds_a_note(installation: Installation, cookie: str, notes: list[str]) -> dict[str, float]:
    """Send notes one after another; return the mean milliseconds of each part, ``form`` and the ``whole`` POST.

    What no stopwatch covers (queries, checks, parsing, the page) is ``page and the rest``.
    """
    settings = installation.settings()
    assess = Assessor.load(settings.model_dir).assess
    office = Office(settings, Database(settings.database_url), KeyFile.load(settings.key_file), assess)
    try:
        page = _Page(create_app(office), cookie)
        for note in notes[:_WARM_UP]:
            page.send(note)
        with _stopwatches() as spent:
            for note in notes[_WARM_UP:]:
                began = time.perf_counter()
                form = page.ask("GET")
                formed = time.perf_counter()
                page.ask("POST", page.filled(form, note))
                spent["form"] += formed - began
                spent["whole"] += time.perf_counter() - formed
    finally:
        office.database.close()
    covered = sum(s for part, s in spent.items() if part not in ("form", "whole", TRIAGE_BESIDE))
    spent["page and the rest"] = spent["whole"] - covered
    return {part: seconds / (len(notes) - _WARM_UP) * 1_000 for part, seconds in spent.items()}


class _Page:
    """The app as a server calls it, without a server."""

    def __init__(self, app: Any, cookie: str) -> None:
        self._app = app
        self._cookie = cookie

    def send(self, note: str) -> None:
        self.ask("POST", self.filled(self.ask("GET"), note))

    def filled(self, form: bytes, note: str) -> bytes:
        token = _TOKEN.search(form)
        if token is None:
            raise RuntimeError("the form holds no token")
        return urlencode({"token": token.group(1).decode("ascii"), "words": note}).encode("ascii")

    def ask(self, method: str, body: bytes = b"") -> bytes:
        said: list[str] = []
        answer = self._app(
            {
                "REQUEST_METHOD": method,
                "SCRIPT_NAME": "",
                "PATH_INFO": "/write",
                "QUERY_STRING": "",
                "SERVER_NAME": "127.0.0.1",
                "SERVER_PORT": "80",
                "SERVER_PROTOCOL": "HTTP/1.1",
                "CONTENT_TYPE": "application/x-www-form-urlencoded",
                "CONTENT_LENGTH": str(len(body)),
                "HTTP_COOKIE": self._cookie,
                "HTTP_HOST": "127.0.0.1",
                "wsgi.version": (1, 0),
                "wsgi.url_scheme": "http",
                "wsgi.input": io.BytesIO(body),
                "wsgi.errors": sys.stderr,
                "wsgi.multithread": True,
                "wsgi.multiprocess": True,
                "wsgi.run_once": False,
            },
            lambda status, _headers, _error=None: said.append(status),
        )
        try:
            page = b"".join(answer)
        finally:
            answer.close()
        if not said[0].startswith("200"):
            raise RuntimeError(f"{method} /write answered {said[0]}")
        return page


@contextmanager
def _stopwatches() -> Iterator[defaultdict[str, float]]:
    spent: defaultdict[str, float] = defaultdict(float)
    with ExitStack() as undo:
        for part, place, name in _PARTS:
            original = getattr(place, name)
            undo.callback(setattr, place, name, original)
            setattr(place, name, _timed(original, part, spent))
        yield spent


def _timed(function: Callable[..., Any], part: str, spent: defaultdict[str, float]) -> Callable[..., Any]:
    def timed(*given: Any, **named: Any) -> Any:
        began = time.perf_counter()
        try:
            return function(*given, **named)
        finally:
            spent[part] += time.perf_counter() - began

    return timed

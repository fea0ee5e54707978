"""Who uses the school during the soak: children who write, draw, read and write back, counselors, a siren page, a lead.

Owns what each does and how long they think in between. Every answer that is not what a person could expect is counted.
"""

from __future__ import annotations

import random
import re
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException

from bench.browser import Answer, Browser, Unexpected
from mailbox.letters.picture_words import PICTURES

_CAPTION = re.compile(r"<figcaption>(.+?)</figcaption>")
_TAG = re.compile("<[^>]*>")
_LETTER = re.compile(r'href="/desk/letters/([0-9a-f]{32})')
_INDEX = {picture.word: str(picture.index) for picture in PICTURES}
_CODE_WORDS = 6
_REPLY = "谢谢你写信来。我读了两遍，你说的我都记住了。下个星期二中午我在心语小屋，你愿意来就来坐一坐。"
_WORDS = ("蚂蚁", "向日葵", "外号", "运动会", "数学")
_PAGES = (
    "/desk/opening/",
    "/desk/opening/replies",
    "/desk/summary/",
    "/desk/paper/",
    "/desk/alarms/",
    "/desk/audit/",
    "/desk/cases/",
    "/desk/talks/",
    "/desk/letters/?tab=answered",
    "/desk/letters/?with=unread",
)


@dataclass
class Tally:
    """What was done, by its name, and what went wrong, by its sentence. Shared by all threads."""

    done: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)


class Streets:
    """Lets nobody be half-way through something when the clock is moved: a form made before it would be stale."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._walking = 0
        self._is_closed = False

    @contextmanager
    def walk(self) -> Iterator[None]:
        with self._changed:
            self._changed.wait_for(lambda: not self._is_closed)
            self._walking += 1
        try:
            yield
        finally:
            with self._changed:
                self._walking -= 1
                self._changed.notify_all()

    @contextmanager
    def closed(self) -> Iterator[None]:
        with self._changed:
            self._is_closed = True
            self._changed.wait_for(lambda: self._walking == 0)
        try:
            yield
        finally:
            with self._changed:
                self._is_closed = False
                self._changed.notify_all()


def keep_on(act: Callable[[], None], pause_s: float, streets: Streets, tally: Tally, over: threading.Event) -> None:
    """Do one thing again and again with pauses of about ``pause_s`` until it is over; count what fails."""
    chance = random.Random(threading.get_ident())
    while not over.wait(pause_s * chance.uniform(0.5, 1.5)):
        with streets.walk():
            try:
                act()
            except (Unexpected, OSError, HTTPException) as failed:
                name = str(failed) if isinstance(failed, Unexpected) else type(failed).__name__
                tally.errors[f"{type(act).__name__}: {name}"] += 1


class Child:
    """One kiosk: a letter; now and then with a drawing; now and then the answer to an earlier one, and another word."""

    def __init__(self, port: int, cookie: str, notes: Iterator[str], drawing: bytes, tally: Tally, seed: int) -> None:
        self._browser = Browser(port, {"__Host-kiosk": cookie})
        self._notes, self._drawing, self._tally = notes, drawing, tally
        self._codes: deque[list[str]] = deque(maxlen=200)
        self._chance = random.Random(seed)

    def __call__(self) -> None:
        what = self._chance.random()
        if what < 0.06:
            self._draw()
        elif what < 0.30 and self._codes:
            self._read()
        elif what < 0.36:
            for page in ("/", "/help", "/to", "/clear"):
                self._browser.get(page)
            self._tally.done["pages of the kiosk"] += 4
        else:
            self._write()

    def _write(self) -> None:
        form = self._browser.get("/write").form("/write")
        self._took(self._browser.send(form, words=next(self._notes)))
        self._tally.done["letters"] += 1

    def _draw(self) -> None:
        form = self._browser.get("/write").form("/write")
        fields = [*((name, value) for name, value in form.fields if name != "words"), ("words", next(self._notes))]
        body, kind = _multipart(fields, self._drawing)
        self._took(self._browser.send_body(form.action, body, kind))
        self._tally.done["letters with a drawing"] += 1

    def _took(self, page: Answer) -> None:
        words = [_TAG.sub("", word) for word in _CAPTION.findall(page.text)]
        if len(words) != _CODE_WORDS:
            raise Unexpected("the answer to a letter holds no code")
        self._codes.append(words)

    def _read(self) -> None:
        words = self._chance.choice(self._codes)
        form = self._browser.get("/read").form("/read")
        form.fields = [(name, value) for name, value in form.fields if name == "token"]
        form.fields += [("picture", _INDEX[word]) for word in words]
        page = self._browser.send(form, open="1")
        self._tally.done["codes looked up"] += 1
        if self._chance.random() < 0.5:
            self._browser.send(page.form("/write-back"), words=next(self._notes))
            self._tally.done["letters written back"] += 1


class Counselor:
    """One reader at the desk: looks whether something came, opens it, answers it; logs out and in now and then."""

    def __init__(self, port: int, login: str, passphrase: str, tally: Tally, seed: int) -> None:
        self._browser = Browser(port, {})
        self._login, self._passphrase, self._tally = login, passphrase, tally
        self._chance = random.Random(seed)

    def __call__(self) -> None:
        page = self._at_desk("/desk/letters/")
        self._browser.changed("/desk/letters/state")
        self._tally.done["list and its state"] += 1
        what = self._chance.random()
        if what < 0.08:
            self._browser.send(page.form("/desk/letters/search"), words=self._chance.choice(_WORDS))
            self._tally.done["searches"] += 1
        elif what < 0.25:
            self._browser.get(self._chance.choice(_PAGES))
            self._tally.done["other pages of the desk"] += 1
        elif what < 0.28:
            self._browser.send(page.form("/logout"))
            self._tally.done["logouts"] += 1
        elif found := list(dict.fromkeys(_LETTER.findall(page.text))):
            # Two at the desk seldom take the same one.
            self._answer(found[self._chance.randrange(min(8, len(found)))])

    def _at_desk(self, path: str) -> Answer:
        page = self._browser.get(path)
        if "/desk/login" not in page.path:
            return page
        self._browser.send(page.form("/login"), login_name=self._login, passphrase=self._passphrase)
        self._tally.done["logins"] += 1
        return self._browser.get(path)

    def _answer(self, thread_id: str) -> None:
        page = self._browser.get(f"/desk/letters/{thread_id}")
        self._tally.done["letters opened"] += 1
        # A colleague may have been faster with each of these: that is told kindly, and no trouble.
        faster = frozenset({200, 409})
        claims = [form for form in page.forms() if form.action.endswith("/claim")]
        if claims:
            page = self._browser.send(claims[0], faster)
        replies = [form for form in page.forms() if form.action.endswith("/reply")]
        if not replies or page.status != 200:
            self._tally.done["letters that a colleague had"] += 1
            return
        text = f"{_REPLY}{self._chance.randrange(10**6)}"
        if self._chance.random() < 0.2:
            draft = replies[0]
            draft.action = draft.action.removesuffix("reply") + "draft"
            replies = [self._browser.send(draft, faster, reply=text).form("/reply")]
            self._tally.done["drafts"] += 1
        when = "now" if self._chance.random() < 0.5 else "held"
        if self._browser.send(replies[0], faster, reply=text, when=when, anyway="1").status == 200:
            self._tally.done["replies"] += 1


class Siren:
    """The page in the staff room: asks every few seconds whether something rings."""

    def __init__(self, port: int, cookie: str, tally: Tally) -> None:
        self._browser, self._tally = Browser(port, {"__Host-siren": cookie}), tally

    def __call__(self) -> None:
        self._browser.get("/siren/state")
        self._tally.done["looks of the siren page"] += 1


def _multipart(fields: list[tuple[str, str]], drawing: bytes) -> tuple[bytes, str]:
    edge = f"----{random.getrandbits(96):024x}"
    parts = [f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields]
    named = 'Content-Disposition: form-data; name="drawing"; filename="a.png"'
    head = f"--{edge}\r\n{named}\r\nContent-Type: image/png\r\n\r\n"
    body = "".join(parts).encode() + head.encode("ascii") + drawing + f"\r\n--{edge}--\r\n".encode("ascii")
    return body, f"multipart/form-data; boundary={edge}"

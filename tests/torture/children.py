"""Children at enrolled tablets who write, write again and write back, each by a seed of its own.

Invented everyday notes and few grave ones, each with a number, so that a letter that is kept twice is noticed.
"""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor

from tests.torture.browser import Browser, GaveUp, Page, Visitor, has_arrived, is_code
from tests.torture.ledger import Code, Ledger

_EVERYDAY = (
    "今天体育课跑了八百米,腿酸得要命。",
    "我们班种的向日葵开花了。",
    "同桌借我的橡皮一直不还。",
    "我想参加合唱队,又怕自己唱跑调。",
    "他们给我起了个外号,我装作没听见。",
    "我考了八十七分,比上次多了五分。",
    "这个星期轮到我当值日生,黑板太高了。",
)
GRAVE = "有时候我真的不想活了,不知道可以跟谁说。"
_ONE_GRAVE_IN, _ONE_BACK_IN, _ONE_DOUBLE_IN = 6, 5, 8
_LONGEST_PAUSE_S = 0.6


class Child:
    """One tablet and whoever sits at it. ``name`` tells its letters from those of others."""

    def __init__(self, name: str, port: int, cookie: str, ledger: Ledger, seed: str) -> None:
        self.name = name
        self.left = threading.Event()
        self._port, self._cookie = port, f"__Host-kiosk={cookie}"
        self._ledger = ledger
        self._chance = random.Random(seed)
        self._visitor = Visitor(Browser(port, self._cookie), ledger, self.left)
        self._codes: list[Code] = []
        self._number = 0

    def live(self) -> None:
        """Write until ``left`` is set; what was begun is brought to its end."""
        while not self.left.is_set():
            try:
                self.act()
            except GaveUp:
                if not self.left.is_set():
                    self._ledger.wrong("a child waited for more than a minute and gave up")
            self.left.wait(self._chance.uniform(0, _LONGEST_PAUSE_S))

    def act(self) -> None:
        if self._codes and self._chance.randrange(_ONE_BACK_IN) == 0:
            self.write_back(self._chance.choice(self._codes))
        else:
            self.write(is_double=self._chance.randrange(_ONE_DOUBLE_IN) == 0)

    def write(self, *, is_double: bool = False, is_grave: bool | None = None) -> Code | None:
        """Write one letter; return its code, None where the page says that it arrived without showing it again."""
        text, is_grave = self._next_letter(is_grave)
        form = {"token": self._token(self._visitor.page("/write")), "words": text}
        page = self._twice(form, text) if is_double else self._visitor.send("/write", form, text)
        code = page.code if is_code(page) else None
        if code is None and not has_arrived(page):
            self._ledger.wrong("/write answered 200 with neither a code nor a word of arrival")
            return None
        self._ledger.arrived(text, code, is_grave=is_grave)
        if code:
            self._codes.append(code)
        return code

    def write_back(self, code: Code) -> None:
        text, is_grave = self._next_letter(None)
        opened = self.open(code)
        if opened is None:
            return
        form = {"token": self._token(opened), "thread": opened.field("thread") or "", "words": text}
        page = self._visitor.send("/write-back", form, text)
        if has_arrived(page):
            self._ledger.arrived(text, None, is_grave=is_grave)
        else:
            self._ledger.wrong("/write-back answered 200 without a word of arrival")

    def open(self, code: Code) -> Page | None:
        """Open the replies with a code that this tablet was shown."""
        typed = "".join(code)
        form = {"token": self._token(self._visitor.page("/read")), "typed": typed, "open": "1"}
        try:
            page = self._visitor.send("/read", form, "")
        except GaveUp:
            if not self.left.is_set():
                self._ledger.wrong("a code that was shown did not open")
            return None
        return page

    def _twice(self, form: dict[str, str], text: str) -> Page:
        """Press the button twice: the same form on two connections at once."""
        other = Visitor(Browser(self._port, self._cookie), self._ledger, self.left)
        with ThreadPoolExecutor(2) as fingers:
            sent = [fingers.submit(one.send, "/write", dict(form), text) for one in (self._visitor, other)]
            first, second = (one.result() for one in sent)
        self._ledger.count("letters sent twice at once")
        if first.code and second.code and first.code != second.code:
            self._ledger.wrong("a double click gave two codes")
        return first if is_code(first) else second

    def _token(self, page: Page) -> str:
        return page.field("token") or ""

    def _next_letter(self, is_grave: bool | None) -> tuple[str, bool]:
        self._number += 1
        if is_grave is None:
            is_grave = self._chance.randrange(_ONE_GRAVE_IN) == 0
        words = GRAVE if is_grave else self._chance.choice(_EVERYDAY)
        return f"{words}这是{self.name}的第{self._number}封信。", is_grave


class Class:
    """Several children at once, each in a thread: ``with Class(children): …`` lets them write meanwhile."""

    def __init__(self, children: list[Child]) -> None:
        self._children = children
        self._threads = [threading.Thread(target=child.live, name=child.name) for child in children]

    def __enter__(self) -> Class:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        for child in self._children:
            child.left.set()
        for thread in self._threads:
            thread.join()

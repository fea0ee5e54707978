"""What people were told while the program was tortured: the auditor compares it with what is really kept.

Owns no rule of the mailbox. A line is written when the answer was read to its end, never when something was sent.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field

Code = tuple[str, ...]


@dataclass(frozen=True)
class Letter:
    """A letter of which a child was told that it arrived. ``code``: None where the page said so without pictures."""

    text: str
    code: Code | None
    is_grave: bool


@dataclass(frozen=True)
class Reply:
    """A reply of which a counselor was told that it is on its way, to the letter with ``code``."""

    text: str
    code: Code


@dataclass
class Ledger:
    """Written by many threads. ``wrongs`` are promises that were seen broken at the page itself."""

    letters: list[Letter] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    wrongs: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def arrived(self, text: str, code: Code | None, *, is_grave: bool) -> None:
        with self._lock:
            self.letters.append(Letter(text, code, is_grave))

    def answered(self, text: str, code: Code) -> None:
        with self._lock:
            self.replies.append(Reply(text, code))

    def count(self, what: str) -> None:
        with self._lock:
            self.counts[what] += 1

    def wrong(self, what: str) -> None:
        with self._lock:
            self.wrongs.append(what)

    def so_far(self) -> Ledger:
        """Return what was told until now, as a ledger of its own."""
        with self._lock:
            return Ledger(list(self.letters), list(self.replies), Counter(self.counts), list(self.wrongs))

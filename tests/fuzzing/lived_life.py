"""A life of some letters as it is lived: the school it begins from, its clock, and the model that is kept beside it."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis.stateful import RuleBasedStateMachine

from mailbox.errors import ClaimLost, NotFound
from mailbox.letters.post import Letter
from mailbox.office import Office
from mailbox.people.login import Colleague
from mailbox.store.database import Database
from mailbox.store.tables import new_id
from tests.fuzzing.life import ModelReply, ModelThread, SentBefore
from tests.support.clock import FixedClock

MARKS = {"routine": "", "soon": "【尽快】", "urgent": "【紧急】"}


@dataclass(frozen=True)
class Beginning:
    """A school with three readers as a file, to begin each life from."""

    office: Office
    file: Path
    school_id: str
    readers: tuple[Colleague, ...]


class LivedLife(RuleBasedStateMachine):
    """``threads`` is the model by thread; ``active`` are the readers who are there, ``gone`` those who left.

    ``done`` counts what happened in all lives.
    """

    beginning: ClassVar[Beginning]
    done: ClassVar[Counter[str]] = Counter()

    def begin(self) -> None:
        kept = self.beginning
        self.file = kept.file.with_name(f"{new_id()}.db")
        shutil.copy(kept.file, self.file)
        self.clock = FixedClock(kept.office.clock())
        self.office = replace(kept.office, database=Database(f"sqlite:///{self.file}"), clock=self.clock)
        self.school_id = kept.school_id
        self.colleagues = {one.person_id: one for one in kept.readers}
        self.active = [one.person_id for one in kept.readers]
        self.gone: list[str] = []
        self.threads: dict[str, ModelThread] = {}
        self.sent: list[SentBefore] = []
        self.number = 0

    def teardown(self) -> None:
        if hasattr(self, "office"):
            self.office.database.close()
            for file in self.file.parent.glob(self.file.name + "*"):
                file.unlink()

    @property
    def now_s(self) -> int:
        return int(self.clock().timestamp())

    @property
    def today(self) -> Any:
        return self.office.local_now().date()

    def replies(self) -> Iterator[ModelReply]:
        return (reply for thread in self.threads.values() for reply in thread.replies)

    def next(self) -> int:
        self.number += 1
        return self.number

    def letter(self, level: str, not_for: frozenset[str]) -> Letter:
        words = f"{MARKS[level]}第{self.next()}封"
        return Letter(self.school_id, new_id(), words, os.urandom(16), not_for)

    def pick(self, which: int) -> tuple[str, ModelThread]:
        return list(self.threads.items())[which % len(self.threads)]

    def reader(self, which: int) -> str:
        return self.active[which % len(self.active)]

    def colleague_of(self, reader: str, which: int) -> str:
        others = [one for one in self.active if one != reader]
        return others[which % len(others)]

    def meets_refusal(self, thread: ModelThread, reader: str, act: Any) -> bool:
        """Do what only the holder may; say whether it was refused, as the model says it must be."""
        if not thread.seen_by(reader):
            with pytest.raises(NotFound):
                act()
            return True
        if not thread.is_free_for(reader, self.now_s):
            with pytest.raises(ClaimLost):
                act()
            self.count("loses a claim")
            return True
        act()
        return False

    def count(self, what: str) -> None:
        self.done[what] += 1

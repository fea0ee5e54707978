"""What must be true of a school's letters, kept beside the real one: who can open what, who has it, what a child sees.

A model in plain Python. It knows no key, no table and no page; ``test_life_of_a_thread`` holds the real store to it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from mailbox.letters.post import Letter, Posted

CLAIM_SECONDS = 900
LEVELS = ("routine", "soon", "urgent")


@dataclass
class ModelNote:
    """A letter that was said to have arrived; ``readers``: who holds a key to it."""

    text: str
    readers: set[str]
    read: bool = False


@dataclass
class ModelReply:
    text: str
    readers: set[str]
    released_on: date | None
    gone: bool = False
    # Of a holding reply: the day by which an answer is promised.
    promised_on: date | None = None


@dataclass
class ModelThread:
    """One conversation. ``left_to`` is None where the child closed it to nobody."""

    posted: Posted
    left_to: frozenset[str] | None
    level: str
    last_on: date
    notes: list[ModelNote] = field(default_factory=list)
    replies: list[ModelReply] = field(default_factory=list)
    answered: bool = False
    holder: str | None = None
    held_until: int = 0
    alarms: Counter[str] = field(default_factory=Counter)
    drafts: dict[str, str] = field(default_factory=dict)

    def is_calm_and_read(self) -> bool:
        """Whether kind words that an answer is on its way would be true."""
        return not self.answered and self.level != "urgent" and all(note.read for note in self.notes)

    def may_be_held(self, today: date) -> bool:
        """Whether they may be written now: what was promised before must be over."""
        promised = [one.promised_on for one in self.replies if one.promised_on]
        return self.is_calm_and_read() and max(promised, default=date.min) < today

    def take_back_holding(self, *, when: bool) -> None:
        """Holding replies that did not go out yet are gone: an answer came, or they are not true any more."""
        if when:
            self.replies = [one for one in self.replies if one.promised_on is None or one.released_on]

    def all_kept(self) -> list[ModelNote | ModelReply]:
        return [*self.notes, *self.replies]

    def seen_by(self, reader: str) -> bool:
        return self.left_to is None or reader in self.left_to

    def recipients(self, active: set[str]) -> set[str]:
        """Return who can open what is sealed in this thread now."""
        return set(active) if self.left_to is None else active & self.left_to

    def is_free_for(self, reader: str, now_s: int) -> bool:
        return self.holder in (None, reader) or self.held_until < now_s

    def is_held_by(self, reader: str, now_s: int) -> bool:
        return self.holder == reader and self.held_until >= now_s

    def hold(self, reader: str, now_s: int) -> None:
        self.holder, self.held_until = reader, now_s + CLAIM_SECONDS

    def arrive(self, text: str, level: str, active: set[str], today: date) -> None:
        """A letter is kept: it waits, may raise the level, and rings if it is urgent or nobody may open it."""
        readers = self.recipients(active)
        self.notes.append(ModelNote(text, set(readers)))
        self.level = max(self.level, level, key=LEVELS.index)
        self.answered, self.last_on = False, today
        if not readers:
            self.alarms["closed"] += 1
        elif level == "urgent":
            self.alarms["urgent"] += 1

    def opened_by(self, reader: str) -> None:
        """Whoever opens it reads what they have a key for; its alarms end when nothing is left unread."""
        for note in self.notes:
            note.read = note.read or reader in note.readers
        if all(note.read for note in self.notes):
            self.alarms.clear()

    def answer_by(self, reader: str, reply: ModelReply, today: date) -> None:
        self.take_back_holding(when=True)
        self.replies.append(reply)
        self.last_on = today
        # What came while it was written, and what this reader could open, keeps the thread waiting.
        if all(note.read or reader not in note.readers for note in self.notes):
            self.answered = True
        if self.holder == reader:
            self.holder = None
        self.drafts.pop(reader, None)

    def left_by(self, reader: str, active: set[str]) -> None:
        """A reader goes, and with them every key; a letter that nobody is left for rings as one."""
        for kept in self.all_kept():
            kept.readers.discard(reader)
        self.drafts.pop(reader, None)
        if self.left_to is not None and reader in self.left_to and not self.answered and not self.left_to & active:
            self.alarms = Counter({"closed": 1})

    def shared_with(self, reader: str, by: str) -> None:
        """A colleague gives their weeks; what a child closed is of no week."""
        for kept in self.all_kept():
            if self.left_to is None and by in kept.readers:
                kept.readers.add(reader)


@dataclass(frozen=True)
class SentBefore:
    """A form that was sent, to be sent again."""

    letter: Letter
    posted: Posted
    at_s: int

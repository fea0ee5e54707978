"""What lies inside a letter's boxes, as bytes: text, answers and findings in one, minute and kiosk in another.

A drawing or a recording lies in a box of its own under ``DRAWING`` or ``VOICE``, as the bytes of its file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mailbox.letters.found import FoundOnPaper
from mailbox.letters.reply_words import Choice
from mailbox.rules.letter_kinds import LetterKind, Mood
from mailbox.sealing.box import text_to_bytes
from mailbox.sealing.sealed_json import json_from
from triage.protocol import Assessment

NOTE = "note"
CIRCUMSTANCES = "circumstances"
REPLY_FOR_CHILD = "reply-child"
REPLY_FOR_READERS = "reply-readers"
REASON = "reason"
REMARK = "remark"


@dataclass(frozen=True)
class PartLabel:
    """A drawing or a recording as its letter names it: the row it lies in, and how many seconds a voice has."""

    id: str
    kind: str
    seconds: int | None

    def to_json(self) -> dict[str, Any]:
        return {"id": self.id, "kind": self.kind, "seconds": self.seconds}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> PartLabel:
        seconds = kept["seconds"]
        return cls(str(kept["id"]), str(kept["kind"]), None if seconds is None else int(seconds))


@dataclass(frozen=True)
class NoteContent:
    """A letter as a reader sees it: the words, what the child answered beside them, and what triage found.

    ``kind`` is sealed here too, because whoever has the database could change the thread's. ``today``: the child said
    that somebody must look today. The places of the assessment's reasons are places in :attr:`as_read`. ``paper``: it
    came out of the wooden box; ``choice``: what the child answered to times that were offered.
    """

    text: str = field(repr=False)
    assessment: Assessment = field(repr=False)
    kind: LetterKind = field(default=LetterKind.WHISPER, repr=False)
    mood: Mood | None = field(default=None, repr=False)
    today: bool = field(default=False, repr=False)
    details: Mapping[str, str] = field(default_factory=dict, repr=False)
    parts: tuple[PartLabel, ...] = field(default=(), repr=False)
    paper: FoundOnPaper | None = None
    choice: Choice | None = field(default=None, repr=False)

    @property
    def as_read(self) -> str:
        """What triage read: the words, and below them the details, so that places in the words stay as they are."""
        return joined(self.text, self.details)

    def to_bytes(self) -> bytes:
        # ensure_ascii keeps any text representable; half characters are refused first, with the one clear error.
        for text in (self.text, *self.details.values()):
            text_to_bytes(text)
        kept = {
            "text": self.text,
            "assessment": self.assessment.to_dict(),
            "kind": self.kind.value,
            "mood": self.mood.value if self.mood else None,
            "today": self.today,
            "details": dict(self.details),
            "parts": [part.to_json() for part in self.parts],
        }
        if self.paper:
            kept["paper"] = self.paper.to_json()
        if self.choice:
            kept["choice"] = self.choice.to_json()
        return json.dumps(kept, ensure_ascii=False).encode()

    @classmethod
    def from_bytes(cls, raw: bytes) -> NoteContent:
        """Read a letter back; those sealed before there were kinds say nothing of them and are whispers.

        Raises TextRefused, ValueError, KeyError or TypeError for what is no letter: anybody who has the public key can
        seal something else to it.
        """
        kept = json_from(raw)
        if not isinstance(kept, dict):
            raise TypeError("not a letter")
        mood, details = kept.get("mood"), kept.get("details", {})
        paper, choice = kept.get("paper"), kept.get("choice")
        if not isinstance(kept["text"], str) or not isinstance(details, dict):
            raise ValueError("not a letter")
        return cls(
            text=kept["text"],
            assessment=Assessment.from_dict(kept["assessment"]),
            kind=LetterKind(kept.get("kind", LetterKind.WHISPER)),
            mood=Mood(mood) if mood else None,
            today=bool(kept.get("today", False)),
            details={str(name): str(text) for name, text in details.items()},
            parts=tuple(PartLabel.from_json(part) for part in kept.get("parts", ())),
            paper=FoundOnPaper.from_json(paper) if paper else None,
            choice=Choice.from_json(choice) if choice else None,
        )


def joined(text: str, details: Mapping[str, str]) -> str:
    """Return words and details as one text, each detail on a line of its own."""
    return "\n".join((text, *details.values()))


def circumstances_to_bytes(minute: datetime, kiosk_id: str) -> bytes:
    """Return the minute and the kiosk, sealed apart so that opening a letter never opens them."""
    return json.dumps({"minute": minute.isoformat(timespec="minutes"), "kiosk": kiosk_id}).encode()

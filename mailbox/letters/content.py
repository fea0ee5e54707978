"""What lies inside a letter's boxes, as bytes: text and findings in one, minute and kiosk in another."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime

from mailbox.sealing.box import bytes_to_text, text_to_bytes
from triage.protocol import Assessment

NOTE = "note"
CIRCUMSTANCES = "circumstances"
REPLY_FOR_CHILD = "reply-child"
REPLY_FOR_READERS = "reply-readers"
REASON = "reason"


@dataclass(frozen=True)
class NoteContent:
    """A letter as a reader sees it: the words and what triage found in them."""

    text: str = field(repr=False)
    assessment: Assessment = field(repr=False)

    def to_bytes(self) -> bytes:
        # ensure_ascii keeps any text representable; half characters are refused first, with the one clear error.
        text_to_bytes(self.text)
        return json.dumps({"text": self.text, "assessment": self.assessment.to_dict()}, ensure_ascii=False).encode()

    @classmethod
    def from_bytes(cls, raw: bytes) -> NoteContent:
        content = json.loads(bytes_to_text(raw))
        return cls(content["text"], Assessment.from_dict(content["assessment"]))


def circumstances_to_bytes(minute: datetime, kiosk_id: str) -> bytes:
    """Return the minute and the kiosk, sealed apart so that opening a letter never opens them."""
    return json.dumps({"minute": minute.isoformat(timespec="minutes"), "kiosk": kiosk_id}).encode()

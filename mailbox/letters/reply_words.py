"""What lies in a reply's box: the words, and the times to meet that were offered with them. Pure.

A reply without times is its words and nothing else, as it always was. The first byte of another one is a sign that
nobody types, so that no words are ever taken for it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from mailbox.errors import TextRefused
from mailbox.sealing.box import bytes_to_text, text_to_bytes
from mailbox.sealing.sealed_json import json_from

_SIGN = "\x1e"
# A child needs a few minutes to get there, and the counselor a few to see that it comes.
_LEAD = timedelta(minutes=30)


@dataclass(frozen=True, order=True)
class MeetingTime:
    """A day, an hour and a minute of the school's clock, and the place."""

    on: date
    at: time
    place: str = field(repr=False)

    def is_past(self, local_now: datetime) -> bool:
        """Whether it is too late to choose it: it begins within half an hour, or has begun."""
        return datetime.combine(self.on, self.at) - _LEAD <= local_now.replace(tzinfo=None)

    @property
    def hour(self) -> str:
        """The hour as a clock shows it: 12:30."""
        return self.at.strftime("%H:%M")

    def to_json(self) -> list[str]:
        return [self.on.isoformat(), self.hour, self.place]

    @classmethod
    def from_json(cls, kept: Sequence[str]) -> MeetingTime:
        on, at, place = kept
        made = cls(date.fromisoformat(on), time.fromisoformat(at), str(place))
        # Python reads more spellings than we write, one with a time zone among them, which compares with none of ours.
        if made.to_json() != [on, at, place]:
            raise ValueError("no time to meet")
        return made


@dataclass(frozen=True)
class ReplyWords:
    """Words and times. ``ends_earlier``: the times of earlier replies do not hold any more; new times end them too."""

    text: str = field(repr=False)
    times: tuple[MeetingTime, ...] = field(default=(), repr=False)
    ends_earlier: bool = False

    @property
    def is_about_times(self) -> bool:
        return bool(self.times) or self.ends_earlier

    @property
    def as_text(self) -> str:
        """The words with the times below them, for a copy that keeps text only."""
        return "\n".join((self.text, *(f"{one.on.isoformat()} {one.hour} {one.place}" for one in self.times)))

    def to_bytes(self) -> bytes:
        if not self.is_about_times and not self.text.startswith(_SIGN):
            return text_to_bytes(self.text)
        # ensure_ascii keeps any text representable; half characters are refused first, with the one clear error.
        for text in (self.text, *(one.place for one in self.times)):
            text_to_bytes(text)
        kept = {"text": self.text, "times": [one.to_json() for one in self.times], "ends_earlier": self.ends_earlier}
        return (_SIGN + json.dumps(kept, ensure_ascii=False)).encode()

    @classmethod
    def from_bytes(cls, raw: bytes) -> ReplyWords:
        """Read a reply back. Raises TextRefused for what is none."""
        text = bytes_to_text(raw)
        if not text.startswith(_SIGN):
            return cls(text)
        try:
            return cls._from_json(json_from(text.removeprefix(_SIGN).encode()))
        except (ValueError, KeyError, TypeError):
            raise TextRefused("no reply") from None

    @classmethod
    def _from_json(cls, kept: Mapping[str, Any]) -> ReplyWords:
        times = tuple(MeetingTime.from_json(one) for one in kept["times"])
        return cls(str(kept["text"]), times, bool(kept["ends_earlier"]))


@dataclass(frozen=True)
class Choice:
    """What a child answered to the times of one reply: the place of one of them from 0, or None if none suits."""

    reply_id: str
    time: int | None

    def to_json(self) -> dict[str, Any]:
        return {"reply": self.reply_id, "time": self.time}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Choice:
        chosen = kept["time"]
        return cls(str(kept["reply"]), None if chosen is None else int(chosen))

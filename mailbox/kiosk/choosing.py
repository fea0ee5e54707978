"""What a page says of the times to meet that a reply offered (预约), and how they travel to the form's answer.

The times lie in a reply that only the code opens. So that no code need be given twice, they travel in the form itself,
in a pass that is sealed for this tablet: nobody can choose, or read, what was not offered here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from mailbox.kiosk.device import token_again
from mailbox.letters.collect import Collected
from mailbox.letters.reply_words import MeetingTime
from mailbox.people.stations import Kiosk
from mailbox.web.current import office
from mailbox.web.forms import times_of, times_pass
from mailbox.web.language import day, say

# N_ marks a message for the catalogue where it is not yet spoken.
N_ = str

_NOON, _AFTERNOON, _EVENING = 12, 13, 18
_HALF_A_CLOCK = 12


@dataclass(frozen=True)
class Offered:
    """The times of one reply, with where they belong. ``newest_id``: the newest answer when the page was drawn."""

    thread_id: str
    reply_id: str
    newest_id: str
    times: tuple[MeetingTime, ...] = field(repr=False)

    def to_pass(self, kiosk: Kiosk) -> str:
        kept = [self.thread_id, self.reply_id, self.newest_id, [one.to_json() for one in self.times]]
        return times_pass(office(), kiosk.id, json.dumps(kept).encode())

    @classmethod
    def from_pass(cls, kiosk: Kiosk, token: str) -> Offered:
        """Return what a sent form carries. Raises PassRefused."""
        thread_id, reply_id, newest_id, times = json.loads(times_of(office(), kiosk.id, token))
        return cls(thread_id, reply_id, newest_id, tuple(MeetingTime.from_json(one) for one in times))

    def is_open(self, place: int) -> bool:
        """Whether a time may still be chosen."""
        return not self.times[place].is_past(office().local_now())


@dataclass(frozen=True)
class Line:
    """One time as a child reads it: 3月6日周五, 中午12:30 and where; ``is_past`` if it cannot be chosen any more."""

    day: str
    hour: str
    place: str
    is_past: bool


@dataclass(frozen=True)
class MeetingForm:
    """The form for choosing: its times, what is chosen and written so far, and why it is asked again."""

    reply_id: str
    token: str = field(repr=False)
    offered: str = field(repr=False)
    lines: tuple[Line, ...] = field(repr=False)
    chosen: str = field(default="", repr=False)
    words: str = field(default="", repr=False)
    problem: str | None = None

    @property
    def is_over(self) -> bool:
        """Whether none of the times can be chosen any more."""
        return all(line.is_past for line in self.lines)


def offered_in(kiosk: Kiosk, collected: Collected) -> MeetingForm | None:
    """Return the form for the times that hold among a child's replies; None if none do."""
    about = collected.about_times
    if about is None or not about.times:
        return None
    return form_for(kiosk, Offered(collected.thread_id, about.id, collected.newest_id or about.id, about.times))


def form_for(
    kiosk: Kiosk, offered: Offered, chosen: str = "", words: str = "", problem: str | None = None
) -> MeetingForm:
    """Return a form for choosing; what a child chose and wrote stays in it."""
    lines = tuple(
        Line(day(one.on), _hour(one), one.place, not offered.is_open(place)) for place, one in enumerate(offered.times)
    )
    token = token_again("time", problem)
    return MeetingForm(offered.reply_id, token, offered.to_pass(kiosk), lines, chosen, words, problem)


_PARTS = (
    (_EVENING, N_("晚上%(hour)s")),
    (_AFTERNOON, N_("下午%(hour)s")),
    (_NOON, N_("中午%(hour)s")),
    (0, N_("上午%(hour)s")),
)


def _hour(one: MeetingTime) -> str:
    """Return the hour as children say it, on a clock with twelve hours: 下午4:10."""
    words = next(words for begins, words in _PARTS if one.at.hour >= begins)
    hour = one.at.hour - _HALF_A_CLOCK if one.at.hour > _HALF_A_CLOCK else one.at.hour
    return say(words, hour=f"{hour}:{one.at.minute:02}")

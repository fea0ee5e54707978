"""Where a tablet stands, for whom, and whether it is still on, as words. Owns the wording; no finer time than a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from mailbox.people.listing import StationLine
from mailbox.people.stations import GRADES
from mailbox.web.language import day, say

# N_ marks a message for the catalogue where it is not yet spoken.
N_ = str

_GRADES = dict(
    zip(
        GRADES,
        (
            N_("一年级"),
            N_("二年级"),
            N_("三年级"),
            N_("四年级"),
            N_("五年级"),
            N_("六年级"),
            N_("七年级"),
            N_("八年级"),
            N_("九年级"),
        ),
        strict=True,
    )
)
_ANY_GRADE = N_("不分年级")


@dataclass(frozen=True)
class Sign:
    """Whether a tablet is on, in words; ``is_silent`` asks for a look."""

    words: str
    is_silent: bool


def grade(value: int | None) -> str:
    return say(_GRADES.get(value, _ANY_GRADE)) if value else say(_ANY_GRADE)


def grades() -> list[tuple[str, str]]:
    """Return every choice of a form as value and words, 不分年级 first."""
    return [("", grade(None)), *((str(value), grade(value)) for value in GRADES)]


def place(line: StationLine) -> str:
    """Return where a tablet stands and for whom: 一楼走廊 · 三年级."""
    return " · ".join([*([line.room] if line.room else []), grade(line.grade)])


def sign(line: StationLine, today: date) -> Sign:
    """Return when an enrolled tablet last told that it is on, to the day."""
    if line.heard_on is None:
        return Sign(say("还没有消息"), is_silent=False)
    if line.heard_on >= today:
        return Sign(say("今天还亮着"), is_silent=False)
    if line.heard_on == today - timedelta(days=1):
        return Sign(say("昨天起没有消息"), line.is_silent)
    return Sign(say("%(day)s起没有消息", day=day(line.heard_on)), line.is_silent)

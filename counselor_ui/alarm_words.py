"""What an alarm did and does next, and the names of its times, in the page's language. Owns the wording only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from mailbox.alarms.watching import OpenAlarm, StepLine
from mailbox.rules.escalation import Call, Rung
from mailbox.web.language import say

# N_ marks a message for the catalogue where it is not yet spoken.
N_ = str

_MADE = {
    Rung.DUTY: N_("叫了值班的%(names)s"),
    Rung.NEXT: N_("再叫了%(names)s"),
    Rung.LEAD: N_("叫了负责人%(names)s"),
    Rung.HEAD: N_("叫了校长%(names)s"),
    Rung.EVERYBODY: N_("所有的警报又响了一遍"),
}
_COMING = {
    Rung.DUTY: N_("接下来叫%(names)s"),
    Rung.NEXT: N_("接下来叫%(names)s"),
    Rung.LEAD: N_("接下来叫负责人%(names)s"),
    Rung.HEAD: N_("接下来叫校长%(names)s"),
    Rung.EVERYBODY: N_("接下来所有的警报一起再响"),
}
_REACHED = N_("%(by)s说：已经联系到%(names)s")
_KINDS = {
    "urgent": N_("有一封紧急的信，还没有人打开"),
    "closed": N_("有一封老师们都不能打开的信"),
}
# In the order of the form: what it is called, and what is counted.
TIMES = {
    "next_minutes": N_("多少分钟没人打开，叫下一位"),
    "lead_minutes": N_("再过多少分钟，叫负责人"),
    "head_minutes": N_("再过多少分钟，叫校长"),
    "again_minutes": N_("都叫过了，每隔多少分钟再响一遍"),
    "hold_minutes": N_("校长说“已联系到”以后，停多少分钟"),
    "urgent_a_day": N_("一个人一天接几封紧急的信，就提醒负责人"),
}
_HOURS_FROM_MINUTES = 120
CLOCKS = {"quiet_from": N_("从几点起不提醒"), "quiet_until": N_("到几点")}


def kind_in_words(alarm: OpenAlarm) -> str:
    return say(_KINDS.get(alarm.kind, _KINDS["urgent"]))


def ringing_for(raised_at: datetime, now: datetime) -> str:
    """Return how long an alarm has been open, in minutes or, from two hours on, in hours."""
    minutes = int((now - raised_at).total_seconds() // 60)
    if minutes < _HOURS_FROM_MINUTES:
        return say("响了 %(minutes)d 分钟。", minutes=minutes)
    return say("响了 %(hours)d 个小时。", hours=minutes // 60)


def step_in_words(step: StepLine, names: Mapping[str, str]) -> str:
    """Return what one call did; who is not known by name is a colleague."""
    listed = names_of(step.people, names)
    if step.by is not None:
        return say(_REACHED, by=names_of((step.by,), names), names=listed)
    made = _MADE[Rung(step.rung)]
    return say(made) if step.rung == Rung.EVERYBODY else say(made, names=listed)


def coming_in_words(call: Call, names: Mapping[str, str]) -> str:
    coming = _COMING[call.rung]
    return say(coming) if call.rung is Rung.EVERYBODY else say(coming, names=names_of(call.people, names))


def names_of(people: tuple[str, ...], names: Mapping[str, str]) -> str:
    return say("、").join(names.get(person) or say("一位同事") for person in people)


def time_words() -> dict[str, str]:
    return {name: say(words) for name, words in TIMES.items()}


def clock_words() -> dict[str, str]:
    return {name: say(words) for name, words in CLOCKS.items()}

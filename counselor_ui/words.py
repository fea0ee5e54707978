"""Levels, half-days, topics and findings as words and shapes of the page's language. Owns the wording only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mailbox.web.language import day, say
from triage.protocol import Cause, Topic, Urgency

# N_ marks a message for the catalogue where it is not yet spoken.
N_ = str


@dataclass(frozen=True)
class Level:
    """How a level looks: ``shape`` names a drawing and a colour, ``word`` stands beside it, ``meaning`` explains it."""

    shape: str
    word: str
    meaning: str


_URGENT = Level("urgent", N_("紧急"), N_("现在就看"))
_FAILED = Level("urgent", N_("没筛成"), N_("电脑没能读完，按紧急处理"))
_PERSON = Level("person", N_("请人看"), N_("电脑读不懂，今天请人看一看"))
_SOON = Level("soon", N_("尽快"), N_("下一个上学日之前看"))
_ROUTINE = Level("routine", N_("日常"), N_("开箱前看"))
_BY_URGENCY = {"urgent": _URGENT, "soon": _SOON, "routine": _ROUTINE}

# What a person may set a level to, the gravest first.
SETTABLE = (Urgency.URGENT, Urgency.SOON, Urgency.ROUTINE)

_HALVES_TODAY = {"morning": N_("今天上午"), "afternoon": N_("今天下午"), "evening": N_("今天晚上")}
_HALVES = {"morning": N_("%(day)s上午"), "afternoon": N_("%(day)s下午"), "evening": N_("%(day)s晚上")}
_ARRIVED_TODAY = {"morning": N_("今天上午到"), "afternoon": N_("今天下午到"), "evening": N_("今天晚上到")}
_ARRIVED_YESTERDAY = {"morning": N_("昨天上午到"), "afternoon": N_("昨天下午到"), "evening": N_("昨天晚上到")}
_ARRIVED = {"morning": N_("%(day)s上午到"), "afternoon": N_("%(day)s下午到"), "evening": N_("%(day)s晚上到")}

_TOPICS = {
    Topic.SELF_HARM: N_("自杀自伤"),
    Topic.ABUSE: N_("虐待忽视"),
    Topic.SEXUAL_HARM: N_("性侵害"),
    Topic.BULLYING: N_("欺凌"),
    Topic.HARM_OTHERS: N_("伤害他人"),
    Topic.SAFETY: N_("人身安全"),
    Topic.MOOD: N_("情绪"),
    Topic.MISSING_PARENTS: N_("想念家人"),
    Topic.FAMILY: N_("家庭关系"),
    Topic.PEERS: N_("同伴关系"),
    Topic.STUDY: N_("学习压力"),
    Topic.TEACHER: N_("师生关系"),
    Topic.GROWING_UP: N_("青春期"),
    Topic.HARDSHIP: N_("生活困难"),
    Topic.HABITS: N_("行为习惯"),
    Topic.THANKS: N_("感谢建议"),
    Topic.OTHER: N_("其他"),
}
_SURENESS = {
    "说得很明白": N_("电脑觉得：说得很明白"),
    "比较像": N_("电脑觉得：比较像"),
    "拿不准": N_("电脑拿不准，请以您的判断为准"),
    "没有读": N_("电脑没有读这封信"),
}


def level(urgency: str, cause: str | None = None) -> Level:
    """Return a level in the page's language; one that does not exist looks like a letter that nobody could judge."""
    if urgency == Urgency.UNSCREENED:
        return _spoken(_FAILED if cause == Cause.FAILED else _PERSON)
    return _spoken(_BY_URGENCY.get(urgency, _FAILED))


def shapes() -> list[Level]:
    """Return the four kinds of letters in the order of the queue."""
    return [_spoken(one) for one in (_URGENT, _PERSON, _SOON, _ROUTINE)]


def half_in_words(on: date, half: str, today: date) -> str:
    """Return a half-day without what happened in it: 今天上午, 10 月 2 日下午."""
    if half not in _HALVES:
        return day(on)
    return say(_HALVES_TODAY[half]) if on == today else say(_HALVES[half], day=day(on))


def arrived(on: date, half: str, today: date) -> str:
    """Return when a letter came, to the half-day: 今天上午到. A half-day that does not exist is left out."""
    if half not in _ARRIVED:
        return day(on)
    if on == today:
        return say(_ARRIVED_TODAY[half])
    if on == today - timedelta(days=1):
        return say(_ARRIVED_YESTERDAY[half])
    return say(_ARRIVED[half], day=day(on))


_DAY_PARTS = {"morning": N_("上午"), "afternoon": N_("下午"), "evening": N_("晚上")}


def halves() -> list[tuple[str, str]]:
    """Return the three half-days of a day with their words."""
    return [(half, say(said)) for half, said in _DAY_PARTS.items()]


# Monday first, as ``date.weekday()`` counts.
WEEKDAYS = (N_("星期一"), N_("星期二"), N_("星期三"), N_("星期四"), N_("星期五"), N_("星期六"), N_("星期日"))


def until_opening(opening: datetime | None, now: datetime) -> str:
    """Return how long it is until the box is opened, in days or hours."""
    if opening is None:
        return say("校历里没有下一次开箱")
    days = (opening.date() - now.date()).days
    hours = int((opening - now).total_seconds() // 3_600)
    if days == 0:
        return (
            say("今天 %(hour)d 点开箱，还有 %(hours)d 小时", hour=opening.hour, hours=hours)
            if hours
            else say("马上开箱")
        )
    if days == 1:
        return say("明天 %(hour)d 点开箱", hour=opening.hour)
    return say("%(day)s %(hour)d 点开箱，还有 %(days)d 天", day=day(opening.date()), hour=opening.hour, days=days)


def topic(value: Topic) -> str:
    return say(_TOPICS[value])


def sureness(words: str) -> str:
    """Return how sure triage was; words of an older installation are shown as they are."""
    return say(_SURENESS[words]) if words in _SURENESS else words


def _spoken(one: Level) -> Level:
    return Level(one.shape, say(one.word), say(one.meaning))

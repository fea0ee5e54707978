"""Cases, follow-ups and reports as words of the page's language. Owns the wording only."""

from __future__ import annotations

from datetime import date

from mailbox.web.language import day, say

# N_ marks a message for the catalogue where it is not yet spoken.
N_ = str

_OUTCOMES = {
    "support": N_("支持"),
    "referral": N_("转介"),
    "report": N_("报告"),
    "prank": N_("恶作剧"),
    "duplicate": N_("重复"),
}
_STEPS = {"24h": N_("24 小时"), "72h": N_("72 小时"), "7d": N_("7 天"), "30d": N_("30 天")}
_TO = {
    "police": N_("公安机关"),
    "education": N_("教育行政部门"),
    "prosecutor": N_("检察机关"),
    "civil": N_("民政部门"),
    "other": N_("其他"),
}
_AT = {"morning": N_("%(day)s上午"), "afternoon": N_("%(day)s下午"), "evening": N_("%(day)s晚上")}


def outcome(code: str) -> str:
    return say(_OUTCOMES[code]) if code in _OUTCOMES else code


def outcomes() -> list[tuple[str, str]]:
    """Return the outcome codes with their words."""
    return [(code, say(words)) for code, words in _OUTCOMES.items()]


def step(code: str) -> str:
    return say(_STEPS[code]) if code in _STEPS else code


def to(code: str) -> str:
    return say(_TO[code]) if code in _TO else code


def receivers() -> list[tuple[str, str]]:
    """Return to whom a report may go, with the words."""
    return [(code, say(words)) for code, words in _TO.items()]


def at(on: date | None, half: str) -> str:
    """Return a half-day: 3月2日周一上午."""
    if on is None:
        return ""
    return say(_AT[half], day=day(on)) if half in _AT else day(on)


def dated(on: date | None, half: str) -> str:
    """Return a half-day with its year, for paper that is kept: 2026-03-02上午."""
    if on is None:
        return ""
    return say(_AT[half], day=on.isoformat()) if half in _AT else on.isoformat()


def late(days_over: int) -> str:
    """Return how late a visit is, in words."""
    if days_over <= 0:
        return say("今天")
    return say("昨天就该回访") if days_over == 1 else say("晚了 %(days)d 天", days=days_over)


def moment(text: str) -> str:
    """Return a typed moment for reading: 2026-03-02 10:20."""
    return text.replace("T", " ")

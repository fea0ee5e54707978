"""What needs a second person, in the page's language: kinds, states, rules. Owns the wording only."""

from __future__ import annotations

from datetime import datetime

from mailbox.care.second_person import Kind
from mailbox.web.language import day, say

# N_ marks a message for the catalogue where it is not yet spoken.
N_ = str

_KINDS = {
    Kind.REVEAL: N_("看一封信的时间和平板"),
    Kind.LOWER: N_("把一封信从紧急调低"),
    Kind.CASE_FILE: N_("把一个个案做成加密的文件"),
    Kind.HOLD: N_("依法留存一封信"),
}
_MEANINGS = {
    Kind.REVEAL: N_("您同意以后，一天之内这位同事可以看到每封信是几点几分、在哪台平板上写的，用来找到孩子。"),
    Kind.HOLD: N_("您同意以后，这封信到期也不删除，直到解除。谁能看还是谁能看。"),
    Kind.LOWER: N_("请先打开信看一看。您同意以后，级别马上就改，会记下你们两个人的名字。"),
    Kind.CASE_FILE: N_(
        "您同意以后，一天之内这位同事可以取走文件：信的原文、经过、报告和回访都在里面，有口令才打得开。"
    ),
}
_STATES = {
    "open": N_("等人决定"),
    "approved": N_("同意了"),
    "refused": N_("没有同意"),
    "withdrawn": N_("撤回了"),
    "expired": N_("过期了"),
}
_RULES = {
    "U1": N_("想死、自伤，或者在告别"),
    "U2": N_("被大人打伤、关起来，或者没人照料"),
    "U3": N_("性侵害"),
    "U4": N_("被打、被抢、被威胁的欺凌"),
    "U5": N_("想伤害别人，或者带着刀"),
    "U6": N_("人身安全：出走、见网友、误吞、急病、水边"),
    "U7": N_("别的孩子，或者照料孩子的人，有这些危险"),
}


def kind(value: Kind) -> str:
    return say(_KINDS[value])


def meaning(value: Kind) -> str:
    """Return what follows if somebody agrees."""
    return say(_MEANINGS[value])


def state(value: str) -> str:
    return say(_STATES[value]) if value in _STATES else value


def rule(code: str) -> str:
    """Return a rule of the protocol in general terms, with its name: U6 人身安全."""
    return f"{code} {say(_RULES[code])}" if code in _RULES else code


def rules() -> list[tuple[str, str]]:
    return [(code, rule(code)) for code in _RULES]


def until(moment: datetime) -> str:
    """Return a moment on the school's wall: 3月3日周二 10:00."""
    return f"{day(moment.date())} {moment:%H:%M}"

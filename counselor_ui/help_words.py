"""Words beside the form about help: what is publicly said of each number's hours, and how old the last check is.

What was found, and where, is in docs/help.md. Owns the wording only.
"""

from __future__ import annotations

from datetime import date

from mailbox.people.help_page import Help
from mailbox.rules.duty import needs_check
from mailbox.web.language import say

# N_ marks a message for the catalogue where it is not yet spoken.
N_ = str

WEEKDAYS = (N_("周一"), N_("周二"), N_("周三"), N_("周四"), N_("周五"), N_("周六"), N_("周日"))
_PUBLIC = {
    "12356": N_("国家要求各地每天至少开十八个小时；本地几点到几点，请打一次问清楚。"),
    "12355": N_("各地时间不同，没有查到全国统一的说法。"),
    "12338": N_("多半是工作日的上班时间，各地不同。"),
    "12309": N_("多半只在工作日的上班时间有人接，各地不同。"),
    "110": N_("白天晚上都有人接，可以照这样写。"),
    "120": N_("白天晚上都有人接，可以照这样写。"),
}


def public_words(number: str) -> str:
    """Return what is publicly said of a known number's hours; nothing for a school's own number."""
    return say(_PUBLIC[number]) if number in _PUBLIC else ""


def weekdays() -> list[str]:
    return [say(name) for name in WEEKDAYS]


def check_in_words(shown: Help, today: date) -> str:
    """Return when somebody last made sure that all of it is true."""
    if shown.checked_on is None:
        return say("还没有人核对过。孩子现在看到的是下面这些，没有写时间。")
    days = (today - shown.checked_on).days
    return say("上次核对是今天。") if days <= 0 else say("上次核对是 %(days)d 天以前。", days=days)


def is_check_due(shown: Help, today: date) -> bool:
    return needs_check(shown.checked_on, today)

"""The crisis plan's English beside its Chinese, on pages in English, and the short words for how soon.

The Chinese stays: it is what the school follows. A school's own words without English stay alone.
"""

from __future__ import annotations

from collections.abc import Iterable

from mailbox.care.plan import Situation, english_of
from mailbox.web.language import ENGLISH, page_language, say

# N_ marks a message for the catalogue where it is not yet spoken.
N_ = str

_WHEN = frozenset(
    {
        N_("现在"),
        N_("立即"),
        N_("当天"),
        N_("三天内"),
        N_("一周内"),
        N_("一个月"),
        N_("复学时"),
        N_("一直"),
    }
)


def english(sentence: str, own: str = "") -> str:
    """Return what an English page says below a Chinese sentence: the school's ``own`` or ours; else nothing."""
    return (own or english_of(sentence)) if page_language() == ENGLISH else ""


def when(words: str) -> str:
    """Return how soon a step is to be done; a school's own words stay as they are."""
    return say(words) if words in _WHEN else words


def names(situations: Iterable[Situation]) -> str:
    """Return the kinds of danger as one line: 欺凌、性侵害, or Bullying, Sexual harm."""
    separator = ", " if page_language() == ENGLISH else "、"
    return separator.join(english(one.name) or one.name for one in situations)

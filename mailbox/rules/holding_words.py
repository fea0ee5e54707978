"""The words of a holding reply: a letter was read and an answer is on its way, by a day that is named. Pure.

Owns our own words, how a day is put into them, and what a school's words must hold so that they stay true.
"""

from __future__ import annotations

import unicodedata
from datetime import date

from mailbox.errors import InputRefused

MAX_CHINESE, MAX_ENGLISH = 400, 900
CHINESE, ENGLISH = "chinese", "english"
LANGUAGES = (CHINESE, ENGLISH)

# Where the promised day stands in the words of each language.
PLACES = {CHINESE: "〔那一天〕", ENGLISH: "[the day]"}
OURS = {
    CHINESE: (
        "你的信我们读过了，正在想怎么回你。最晚〔那一天〕，你会看到回信。要是等不及，可以再写一封，也可以直接来找老师。"
    ),
    ENGLISH: (
        "We have read your letter and are thinking about how to answer. You will find our answer here on [the day] "
        "at the latest. If you cannot wait, write to us again, or come and find a teacher."
    ),
}
_WEEKDAYS = {
    CHINESE: "一二三四五六日",
    ENGLISH: ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
# What no page could show; a half character cannot be kept at all.
_UNSHOWN = frozenset({"Cc", "Cs", "Zl", "Zp"})


def filled(words: str, language: str, promised_on: date) -> str:
    """Return the words with the day in its place, as a child reads it: 12月4日星期五, or Friday 4 December."""
    weekday = _WEEKDAYS[language][promised_on.weekday()]
    if language == ENGLISH:
        said = f"{weekday} {promised_on.day} {_MONTHS[promised_on.month - 1]}"
    else:
        said = f"{promised_on.month}月{promised_on.day}日星期{weekday}"
    return words.replace(PLACES[language], said)


def clean_words(language: str, text: str) -> str:
    """Return a school's words without blanks around them; English may be left out.

    Raises InputRefused(holding, blank_or_long), and (holding, no_day) for words without the place of the day: a child
    that is told to wait is told how long.
    """
    words = text.replace("\r\n", "\n").strip()
    most = MAX_CHINESE if language == CHINESE else MAX_ENGLISH
    unshown = any(unicodedata.category(sign) in _UNSHOWN for sign in words if sign != "\n")
    if len(words) > most or unshown or (not words and language == CHINESE):
        raise InputRefused("holding", "blank_or_long")
    if words and words.count(PLACES[language]) != 1:
        raise InputRefused("holding", "no_day")
    return words

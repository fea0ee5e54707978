"""The words of a holding reply name a day, and every day of the year fits into them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from mailbox.errors import InputRefused
from mailbox.rules.holding_words import CHINESE, ENGLISH, LANGUAGES, OURS, PLACES, clean_words, filled


def test_the_day_is_said_as_a_child_of_each_language_reads_it() -> None:
    day = date(2026, 12, 4)
    assert filled("最晚〔那一天〕回", CHINESE, day) == "最晚12月4日星期五回"
    assert filled("by [the day]", ENGLISH, day) == "by Friday 4 December"


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_words_hold_every_day_and_leave_no_place_open(language: str) -> None:
    assert clean_words(language, OURS[language]) == OURS[language]
    said = {filled(OURS[language], language, date(2026, 1, 1) + timedelta(days=step)) for step in range(365)}
    assert len(said) == 365 and not any(PLACES[language] in words for words in said)


def test_english_may_be_left_out_and_chinese_may_not() -> None:
    assert clean_words(ENGLISH, "  ") == ""
    with pytest.raises(InputRefused, match="blank_or_long"):
        clean_words(CHINESE, "  ")


@pytest.mark.parametrize(
    ("language", "words", "reason"),
    [
        (CHINESE, "长" * 401, "blank_or_long"),
        (CHINESE, "〔那一天〕\x00", "blank_or_long"),
        (CHINESE, "〔那一天〕\ud800", "blank_or_long"),
        (CHINESE, "我们会回你的", "no_day"),
        (CHINESE, "〔那一天〕和〔那一天〕", "no_day"),
        (ENGLISH, "some day", "no_day"),
        (ENGLISH, "〔那一天〕", "no_day"),
    ],
)
def test_words_without_a_day_or_that_no_page_shows_are_refused(language: str, words: str, reason: str) -> None:
    with pytest.raises(InputRefused, match=reason):
        clean_words(language, words)

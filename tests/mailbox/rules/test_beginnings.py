"""Our own beginnings keep what the gentle check asks of a counselor, and young children can read them."""

from __future__ import annotations

import re

import pytest

from mailbox.rules.beginnings import BLANK, OURS, Beginning
from mailbox.rules.gentle_check import look_again
from mailbox.rules.reading_level import reading_level
from triage.protocol import Topic

FAMILY = re.compile("(找|告诉)(你的?)?(爸|妈|父|母|家长|家人|爷爷|奶奶)|tell your (parent|mother|father|mum|dad)", re.I)
DAY = re.compile(
    "[今明昨后]天|今晚|[这本下]个?(星期|周|礼拜)|(星期|周|礼拜)[一二三四五六日天]"
    r"|\b(today|tomorrow|yesterday|tonight|(this|next) (week|morning|afternoon)|(mon|tues|wednes|thurs|fri)day)\b",
    re.IGNORECASE,
)
EACH = pytest.mark.parametrize("beginning", OURS.values(), ids=OURS)


def filled(beginning: Beginning) -> Beginning:
    return beginning.filled("林老师", "二楼心理室")


def test_every_topic_has_two_and_there_are_more_than_thirty() -> None:
    assert {topic: sum(one.topic is topic for one in OURS.values()) for topic in Topic} == dict.fromkeys(Topic, 2)
    assert len(OURS) > 30


@EACH
def test_the_gentle_check_finds_nothing(beginning: Beginning) -> None:
    assert look_again(filled(beginning).chinese) == look_again(filled(beginning).english) == []


@EACH
def test_each_thanks_and_names_a_person_and_a_place_and_no_parent(beginning: Beginning) -> None:
    chinese, english = filled(beginning).chinese, filled(beginning).english
    assert chinese.startswith("谢谢你") and english.startswith("Thank you")
    for text in (chinese, english):
        assert "林老师" in text and "二楼心理室" in text
        assert not FAMILY.search(text)


@EACH
def test_no_day_is_named_that_is_over_when_the_child_reads_on_friday(beginning: Beginning) -> None:
    assert not DAY.search(beginning.chinese) and not DAY.search(beginning.english)


TOLD = "abuse-1 abuse-2 sexual_harm-1 sexual_harm-2 bullying-2 harm_others-1 harm_others-2 teacher-2"


@pytest.mark.parametrize("key", TOLD.split())
def test_where_others_must_be_told_it_says_so_and_promises_only_to_try_to_say_it_first(key: str) -> None:
    assert "会请" in OURS[key].chinese and "尽量先告诉你" in OURS[key].chinese
    assert "try to tell you first" in OURS[key].english


@EACH
def test_a_child_of_grade_four_can_read_it(beginning: Beginning) -> None:
    level = reading_level(filled(beginning).chinese)
    assert level.grade is not None and level.grade <= 4
    assert not level.has_long_sentence


def test_a_school_that_named_nobody_leaves_a_blank_that_the_check_finds() -> None:
    text = next(iter(OURS.values())).filled("", "").chinese
    assert BLANK in text and "〔" not in text
    assert {find.kind for find in look_again(text)} == {"blank"}

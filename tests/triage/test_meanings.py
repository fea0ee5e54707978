"""Classes of words: every one holds its example, and pairs are read within a sentence only."""

from __future__ import annotations

import pytest

from triage.lexicon import WordClass, load_classes
from triage.meanings import FARTHEST, Meanings, met, together
from triage.normalize import read


@pytest.mark.parametrize("one", load_classes(), ids=lambda one: one.name)
def test_a_class_meets_its_example_and_names_its_source(one: WordClass) -> None:
    assert one.name in {name for _, name in met(one.example)}
    assert len(one.source) > 5


def test_who_does_what_with_what_is_read_together() -> None:
    names = together("爸爸用皮带抽我")
    assert {"parent>tool", "tool>hit", "hit>self", "parent>self"} <= set(names)


def test_a_pair_does_not_reach_over_a_sentence() -> None:
    assert "parent>hit" not in together("爸爸回来了。他们打我")


def test_a_pair_does_not_reach_far() -> None:
    assert "parent>hit" not in together("爸爸" + "去" * FARTHEST + "打")


def test_a_denied_word_is_marked_and_still_known() -> None:
    names = together("爸爸没有打我")
    assert {"hit", "hit-", "parent>hit-"} <= set(names)
    assert "parent>hit" not in names


def test_the_longer_word_counts() -> None:
    assert [name for _, name in met("后爸")] == ["new_partner"]


@pytest.mark.parametrize("text", ["", "abc", "。。"])
def test_a_text_without_a_class_still_has_a_name(text: str) -> None:
    assert together(text) == ["none"]


LONG = read(
    "爸爸昨天没有打我,可是前天用皮带抽了我很多下。妈妈在外地打工,奶奶说不要告诉别人!我每天晚上都睡不着,"
    "放学他们堵在校门口要钱,不给就踢我;后爸喝了酒就把我锁在门外。今天老师表扬我了\n我很开心,想哭" * 3
).plain


@pytest.mark.parametrize("start", range(0, 60, 7))
@pytest.mark.parametrize("size", [1, 5, 23, 60])
def test_a_window_sees_what_it_would_see_alone(start: int, size: int) -> None:
    whole = Meanings(LONG)
    window = LONG[start : start + size]
    assert whole.together(start, start + size) == together(window)
    assert [(place - start, name) for place, name in whole.met(start, start + size)] == met(window)

"""Classes of words: every one holds its example, and pairs are read within a sentence only."""

from __future__ import annotations

import pytest

from triage.lexicon import WordClass, load_classes
from triage.meanings import FARTHEST, met, together


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

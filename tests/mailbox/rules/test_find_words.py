"""Words are found whatever their case, width and spaces, and their places are places in the text as it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox.rules.find_words import MOST_WORDS, folded, places_of, words_of


@pytest.mark.parametrize(
    ("text", "asked", "found"),
    [
        ("ＱＱ 号", "qq号", ["ＱＱ 号"]),
        ("他\u200b打\n我", "他打我", ["他\u200b打\n我"]),
        ("Straße", "STRASSE", ["Straße"]),
        ("㈱哈哈", "哈", ["哈", "哈"]),
        ("一二三", "四", []),
        ("", "一", []),
    ],
)
def test_places_are_those_of_the_text(text: str, asked: str, found: list[str]) -> None:
    assert [text[place.start : place.end] for place in places_of(text, words_of(asked))] == found


@given(st.text(), st.text(max_size=10), st.text())
def test_what_stands_in_a_text_is_found_in_it(before: str, word: str, after: str) -> None:
    if folded(word) and folded(before + word + after) == folded(before) + folded(word) + folded(after):
        assert folded(word) in folded(before + word + after)


@given(st.text(), st.lists(st.text(min_size=1, max_size=5), max_size=3))
def test_places_are_in_order_and_inside(text: str, asked: list[str]) -> None:
    places = places_of(text, words_of(" ".join(asked)))
    assert places == sorted(places, key=lambda place: (place.start, place.end))
    assert all(0 <= place.start < place.end <= len(text) for place in places)


def test_a_word_asked_for_twice_is_one_and_there_are_at_most_five() -> None:
    assert words_of("a Ａ b") == ("a", "b")
    assert len(words_of("a b c d e f g")) == MOST_WORDS
    assert words_of(" \u3000\u200b ") == ()

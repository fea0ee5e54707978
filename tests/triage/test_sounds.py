"""The sound of a note is the same however its words were written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.lexicon import load_sounds
from triage.sounds import heard


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("紫砂", "自杀"),
        ("字己", "自己"),
        ("bei da", "被打"),
        ("zi sha", "自杀"),
        ("想si", "想死"),
        ("四了", "是了"),
    ],
)
def test_what_sounds_alike_is_heard_alike(written: str, meant: str) -> None:
    assert heard(written).replace(" ", "") == heard(meant)


def test_other_words_sound_otherwise() -> None:
    assert heard("想家") != heard("想死")


def test_english_and_signs_stay_as_they_are() -> None:
    assert heard("unit 5, still!") == "unit 5, still!"


@given(st.text(max_size=200))
def test_any_text_has_a_sound(text: str) -> None:
    assert len(heard(text)) <= len(text)


def test_no_character_has_two_sounds() -> None:
    every = "".join(load_sounds().values())
    assert len(every) == len(set(every)) > 6_000

"""What was meant is read, harmless look-alikes are left, and every place leads back into the original."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.lexicon import load_spellings
from triage.normalize import read

PIECES = [
    "自",
    "杀",
    "紫砂",
    "壶",
    "zi",
    "sha",
    "想",
    "4",
    "了",
    " ",
    "*",
    "\u200b",
    "ｗ",
    "wo ",
    "xiang si",
    "歹匕",
    "🔪",
    "é",
    "\ud800",
    "。",
    ",",
    "我",
    "爸爸da我",
    "\u0301",
    "㍿",
    "ﷺ",
]


@given(st.one_of(st.text(max_size=300), st.lists(st.sampled_from(PIECES), max_size=40).map("".join)))
def test_every_character_read_stands_for_a_place_in_the_original(text: str) -> None:
    reading = read(text)
    assert len(reading.places) == len(reading.plain)
    assert all(0 <= start < end <= len(text) for start, end in reading.places)


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=40).map("".join))
def test_places_never_go_backwards(text: str) -> None:
    starts = [start for start, _ in read(text).places]
    assert starts == sorted(starts)


@pytest.mark.parametrize("spelling", load_spellings(), ids=lambda one: f"{one.means}-{one.example}")
def test_a_spelling_is_read_as_its_example_says(spelling) -> None:  # type: ignore[no-untyped-def]
    assert spelling.means in read(spelling.example).plain


@pytest.mark.parametrize(
    "spelling", [one for one in load_spellings() if one.counter], ids=lambda one: f"{one.means}-{one.counter}"
)
def test_a_harmless_look_alike_is_left_as_it_is(spelling) -> None:  # type: ignore[no-untyped-def]
    assert spelling.means in spelling.counter or spelling.means not in read(spelling.counter).plain


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("想死", "想死"),
        ("想 死", "想死"),
        ("自*杀", "自杀"),
        ("自。。。", "自。。。"),
        ("自\u200b杀", "自杀"),
        ("ｗｏ ｘｉａｎｇ ｓｉ", "我想死"),
        ("wǒ bù xiǎng huó le", "我不想活了"),
        ("想歹匕", "想死"),
        ("紫 砂", "自杀"),
        ("跳lou", "跳楼"),
        ("割wan", "割腕"),
        ("爸爸da我", "爸爸打我"),
        ("我想4了", "我想死了"),
        ("ta men打我", "他们打我"),
    ],
)
def test_a_hidden_word_is_read_as_meant(written: str, meant: str) -> None:
    assert read(written).plain == meant


@pytest.mark.parametrize(
    "harmless",
    [
        "紫砂壶",
        "爷爷的紫砂杯",
        "4楼",
        "我想4月回家",
        "我们重开一局",
        "跳楼机",
        "孩子杀青了",
        "the women can sing",
        "zs同学",
        "把所有作业写完",
    ],
)
def test_a_harmless_word_stays_what_it_is(harmless: str) -> None:
    assert read(harmless).plain == harmless


def test_a_place_points_at_what_the_child_wrote() -> None:
    written = "今天好烦。。想 紫\u200b砂了"
    reading = read(written)
    start = reading.plain.index("自杀")
    assert written[slice(*reading.place(start, start + 2))] == "紫\u200b砂"

"""How hard a reply is to read: characters learned later, sentences too long, and no more than that."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mailbox.rules.reading_level import BAND_GRADES, BEYOND, GRADE_OF, MOST_NAMED, reading_level


def test_a_short_friendly_reply_is_for_the_youngest() -> None:
    level = reading_level("谢谢你写信来。我在二楼等你。")
    assert (level.grade, level.hard, level.has_long_sentence) == (2, (), False)


def test_the_words_of_a_handbook_are_harder_and_named() -> None:
    level = reading_level("请配合心理疏导，缓解焦虑情绪。必要时到专业机构就诊。")
    assert level.grade is not None and level.grade > 3
    assert {"疏", "焦", "诊"} <= set(level.hard)


def test_a_long_sentence_alone_makes_a_reply_harder() -> None:
    level = reading_level("我们" * 30)
    assert level.has_long_sentence and level.longest_sentence == 60
    assert level.grade == 7 and level.hard == ()


def test_one_unknown_character_does_not_make_a_whole_reply_hard() -> None:
    level = reading_level("谢谢你写信来。我在饕家等你。")
    assert level.grade == 2 and level.hard == ("饕",)


def test_characters_nobody_learns_at_school_are_beyond() -> None:
    assert reading_level("饕餮魑魅").grade == BEYOND


def test_what_has_no_characters_has_no_grade() -> None:
    assert reading_level("Thank you, 123！").grade is None
    assert reading_level("").grade is None


def test_the_bands_hold_as_many_characters_as_the_curriculum_says() -> None:
    counts = [sum(grade <= last for grade in GRADE_OF.values()) for last in BAND_GRADES]
    assert counts == [1_600, 2_500, 3_000, 3_500]


@given(st.text(max_size=400))
def test_any_text_gets_a_level(text: str) -> None:
    level = reading_level(text)
    assert level.grade is None or BAND_GRADES[0] <= level.grade <= BEYOND
    assert len(level.hard) <= MOST_NAMED

"""Which passphrases will do, and what is said of the others."""

from __future__ import annotations

import pytest

from mailbox.rules.passphrases import passphrase_problem

NAMES = ("lin", "林老师", "青山小学")


@pytest.mark.parametrize(
    "passphrase",
    [
        "苹果树下的第三只猫在打鼾",
        "窗台上的仙人掌想学会游泳",
        "feiji niunai shuibei xinzhi",
        "correct horse battery staple",
        "tundra velvet pickles",
    ],
)
def test_words_that_do_not_belong_together_will_do(passphrase: str) -> None:
    assert passphrase_problem(passphrase, NAMES) is None


@pytest.mark.parametrize(
    ("passphrase", "problem"),
    [
        ("太短了", "too_short"),
        ("password1234", "too_easy"),
        ("woaibeijing123", "too_easy"),
        ("qwertyuiop[]asdf", "too_easy"),
        ("zhangwei19830512", "too_easy"),
        ("password1234猫", "too_easy"),
        ("password1234加油", "too_easy"),
        ("beijing2008aoyun", "too_easy"),
        ("mylittlepony99!", "too_easy"),
        ("一一一一一一一一一一一一一", "too_few"),
        ("abcabcabcabcabcabc", "too_few"),
        ("床前明月光，疑是地上霜。", "known_line"),
        ("好好学习天天向上好好学习天天向上", "known_line"),
        ("青山小学林老师青山小学加油", "names"),
    ],
)
def test_what_somebody_would_guess_will_not_do(passphrase: str, problem: str) -> None:
    assert passphrase_problem(passphrase, NAMES) == problem


def test_width_capitals_and_outer_spaces_do_not_make_it_better() -> None:
    assert passphrase_problem("  ＰＡＳＳＷＯＲＤ１２３４  ") == "too_easy"


def test_a_very_long_one_and_one_of_no_characters_are_read_too() -> None:
    assert passphrase_problem("葡萄 " * 2 + "会唱歌的台灯爱上拖把" * 900) is None
    assert passphrase_problem("\ud800" * 30) == "too_few"

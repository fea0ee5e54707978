"""The words of a text are jieba's to the letter, found in one pass."""

from __future__ import annotations

from math import exp, log

import jieba
import pytest

from tests.triage.own_notes import PLAIN_URGENT
from triage import words


@pytest.fixture(scope="module")
def tokenizer() -> jieba.Tokenizer:
    """jieba itself, with the dictionary that is read here."""
    dictionary = words._dictionary()
    tokenizer = jieba.Tokenizer()
    # From the logarithm of a share back to the count: the total is one over the share of an unknown word.
    total = round(1 / exp(dictionary.unknown))
    tokenizer.FREQ = {
        word: 0 if worth > 0 else round(exp(worth + log(total))) for word, worth in dictionary.worth.items()
    }
    tokenizer.total, tokenizer.initialized = total, True
    return tokenizer


@pytest.mark.parametrize(
    "text",
    [
        *(text for some in PLAIN_URGENT.values() for text in some),
        "",
        "abc 12\r\n3 4 T恤和卡拉OK",
        "\n\n。a-b_c% 50+50#",
        "研究生命起源的同学在南京市长江大桥上",
        "啊" * 40,
        "𠀀字\t\tx",
    ],
)
def test_the_words_are_those_of_jieba(text: str, tokenizer: jieba.Tokenizer) -> None:
    assert words.cut(text) == list(tokenizer.cut(text, HMM=False))


@pytest.mark.parametrize("text", ["我今天 很高兴!\r\nok 100分", "", "\ud800", "။ၑ"])
def test_the_words_joined_are_the_text(text: str) -> None:
    assert "".join(words.cut(text)) == text

"""What cannot be read waits for a person; plain nonsense does not."""

from __future__ import annotations

import pytest

from triage.legible import Legibility, judge
from triage.normalize import read


def judged(text: str) -> Legibility:
    return judge(text, read(text))


@pytest.mark.parametrize(
    "text",
    [
        "please help me",
        "my dad is at home",
        "Ich habe Angst vor meinem Vater",
        "ཁྱེད་རང་ག་འདྲ་འདུག",
        "ياردەم قىلىڭ",
        "ᠮᠣᠩᠭᠣᠯ ᠬᠡᠯᠡ",
        "도와주세요",
        "помогите мне",
        "\ufffd\ufffd\ufffd\ufffd",
        "æˆ‘æƒ³å›žå®¶",
        "锟斤拷锟斤拷锟斤拷",
        "體檢報告書寫錯誤誰處理",
        "😭😭😭",
    ],
)
def test_another_language_or_an_unreadable_text_waits_for_a_person(text: str) -> None:
    assert judged(text) is Legibility.NEEDS_PERSON


@pytest.mark.parametrize(
    "text",
    [
        "mao chong pa shang lai",
        "gāo nián jí de rén měi tiān zhuī wǒ, wǒ gēn shéi dōu méi shuō, bèi dǎ téng",
        "fang xue che lai le ta you zai na li deng",
        "ta he wo die die dou so me",
    ],
    ids=["plain", "with tones", "he and you", "die, so and me"],
)
def test_of_a_text_wholly_in_pinyin_only_the_sounds_are_known(text: str) -> None:
    assert judged(text) is Legibility.ONLY_HEARD


@pytest.mark.parametrize(
    "text", ["", "   ", "。。。", "666", "哈哈哈哈哈", "asdfghjkl", "qwrt zxcv", "😀🎉", "11111", "啊啊啊啊", "?!?!"]
)
def test_plain_nonsense_does_not_wait_for_a_person(text: str) -> None:
    assert judged(text) is Legibility.NONSENSE


@pytest.mark.parametrize(
    "text",
    ["我喜欢NBA", "今天 happy 一下,真好", "wo xiang si", "死死死", "老师好", "我用App学English单词", "救救救救"]
    + [
        "💰20/天 🙅=👊 已40天天",
        "爸爸爸爸 is drunk",
        "妈妈妈妈 🔪",
        "不要不要不要",
        "别走别走别走",
        "饿饿饿",
        "呜呜呜",
    ],
)
def test_chinese_with_a_few_foreign_words_is_read(text: str) -> None:
    assert judged(text) is Legibility.READABLE

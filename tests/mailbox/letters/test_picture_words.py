"""The 256 pictures: what a child must be able to rely on, and every way of typing the words."""

from __future__ import annotations

import importlib.util
import re
import unicodedata
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox.errors import MailboxError
from mailbox.letters.picture_words import GROUPS, PICTURES, CodeNotRead, Picture, read_code

FOLDER = Path(__file__).parents[3] / "mailbox" / "web" / "static" / "pictures"
BY_WORD = {picture.word: picture for picture in PICTURES}
CODE = tuple(BY_WORD[word].index for word in ("大象", "西瓜", "风筝", "火车", "绿叶", "雨伞"))

codes = st.lists(st.sampled_from(PICTURES), min_size=6, max_size=6, unique=True)
separators = st.sampled_from(["", " ", "·", "/", ",", "，", "、", " / ", "\n", "　", "-", "'", ". "])


def read_or_refusal(text: str) -> tuple[int, ...] | CodeNotRead:
    try:
        return read_code(text)
    except CodeNotRead as refused:
        return refused


def reason_of(text: str) -> str:
    with pytest.raises(CodeNotRead) as refused:
        read_code(text)
    return refused.value.reason


# --- the list -------------------------------------------------------------------------------------


def test_there_is_one_picture_for_each_byte() -> None:
    assert [picture.index for picture in PICTURES] == list(range(256))


def test_every_word_has_two_chinese_characters() -> None:
    assert all(re.fullmatch(r"[\u4e00-\u9fff]{2}", picture.word) for picture in PICTURES)


def test_every_syllable_is_spelled_as_pinyin_with_its_tone() -> None:
    syllable = re.compile(r"[a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü]{1,6}")
    for picture in PICTURES:
        assert len([part for part in picture.pinyin.split(" ") if syllable.fullmatch(part)]) == 2, picture.word


def test_no_two_words_are_written_or_spelled_alike() -> None:
    assert len({picture.word for picture in PICTURES}) == 256
    assert len({frozenset(picture.word) for picture in PICTURES}) == 256, "a word turned round is another's"
    assert len({picture.toneless for picture in PICTURES}) == 256


def test_no_two_words_sound_alike_to_a_child_of_any_region() -> None:
    def heard(toneless: str) -> str:
        return re.sub("ng(?![aeiou])", "n", re.sub("([zcs])h", r"\1", toneless)).replace("l", "n")

    assert len({heard(picture.toneless) for picture in PICTURES}) == 256


def test_no_two_drawings_are_the_same() -> None:
    assert len({(FOLDER / picture.file).read_bytes() for picture in PICTURES}) == 256


def test_the_drawings_are_there_and_nothing_else_is() -> None:
    files = {picture.file for picture in PICTURES} | {"sprite.svg", "LICENSE", "README.md"}
    assert {path.name for path in FOLDER.iterdir()} == files


def test_the_drawings_load_nothing_run_nothing_and_bring_no_styles() -> None:
    for picture in PICTURES:
        drawing = (FOLDER / picture.file).read_text("utf-8")
        assert not re.search(r"<(script|style|image|use|a|foreignObject)\b|href|style=|\son\w+=|url\(", drawing)


def test_the_licence_of_the_drawings_is_kept_beside_them() -> None:
    assert "Attribution 4.0 International" in (FOLDER / "LICENSE").read_text("utf-8")
    assert "Twemoji" in (FOLDER / "README.md").read_text("utf-8")


def test_the_one_file_that_the_page_loads_is_light_and_no_drawing_is_heavy() -> None:
    assert (FOLDER / "sprite.svg").stat().st_size < 280_000
    assert max((FOLDER / picture.file).stat().st_size for picture in PICTURES) < 11_000


def test_the_sprite_holds_the_same_drawings() -> None:
    maker = Path(__file__).parents[3] / "tools" / "make_pictures.py"
    spec = importlib.util.spec_from_file_location("make_pictures", maker)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (FOLDER / "sprite.svg").read_text("utf-8") == module.sprite()


def test_eight_groups_share_the_pictures_in_the_order_of_the_code() -> None:
    assert len(GROUPS) == 8
    assert tuple(picture for group in GROUPS.values() for picture in group) == PICTURES
    # Of similar size, so that a drawer that was seen open tells little.
    assert all(30 <= len(group) <= 36 for group in GROUPS.values())


def test_words_without_separators_can_be_read_in_one_way_only() -> None:
    """Sardinas and Patterson: no word's rest ever completes to another word, so a run of 拼音 has one reading."""
    words = {picture.toneless for picture in PICTURES}
    pairs = combinations(sorted(words, key=len), 2)
    rests = {long.removeprefix(short) for short, long in pairs if long.startswith(short)}
    seen: set[str] = set()
    while rests:
        assert not rests & words
        seen |= rests
        both = [(rest, word) for rest in rests for word in words]
        following = {word.removeprefix(rest) for rest, word in both if word.startswith(rest)}
        following |= {rest.removeprefix(word) for rest, word in both if rest.startswith(word)}
        rests = following - seen


# --- reading --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "大象·西瓜/风筝·火车/绿叶·雨伞",
        "大象西瓜风筝火车绿叶雨伞",
        "大象 西瓜 风筝 火车 绿叶 雨伞",
        "大象，西瓜、风筝；火车。绿叶,雨伞",
        "1. 大象\n2. 西瓜\n3. 风筝\n4. 火车\n5. 绿叶\n6. 雨伞",
        "大 象 西 瓜 风 筝 火 车 绿 叶 雨 伞",
        "dà xiàng xī guā fēng zheng huǒ chē lǜ yè yǔ sǎn",
        "da xiang xi gua feng zheng huo che lv ye yu san",
        "da4xiang4 xi1gua1 feng1zheng5 huo3che1 lü4ye4 yu3san3",
        "daxiangxiguafengzhenghuocheluyeyusan",
        "DaXiang/XiGua/FengZheng/HuoChe/LvYe/YuSan",
        "ｄａｘｉａｎｇ　ｘｉｇｕａ　ｆｅｎｇｚｈｅｎｇ　ｈｕｏｃｈｅ　ｌｖｙｅ　ｙｕｓａｎ",
        "dá xiāng xí guà fèng zhěng huò ché lú yē yū sàn",
        "dà xiɑ̀nɡ xī ɡuā fēng zheng huǒ chē lu: yè yǔ sǎn",
        "大象xigua风筝huǒchē绿yeyu伞",
        "da xian xi gua fen zhen huo ce nv ye yu shan",
    ],
)
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert read_code(typed) == CODE


@given(codes, separators)
def test_any_six_words_come_back(pictures: list[Picture], separator: str) -> None:
    assert read_code(separator.join(picture.word for picture in pictures)) == tuple(p.index for p in pictures)


@given(codes, separators)
def test_any_six_words_come_back_from_their_pinyin(pictures: list[Picture], separator: str) -> None:
    assert read_code(separator.join(picture.pinyin for picture in pictures)) == tuple(p.index for p in pictures)


@given(codes, separators)
def test_any_six_words_come_back_from_pinyin_without_tones_or_spaces(pictures: list[Picture], separator: str) -> None:
    toneless = [unicodedata.normalize("NFC", picture.toneless) for picture in pictures]
    assert read_code(separator.join(toneless)) == tuple(picture.index for picture in pictures)


@given(codes)
def test_a_regional_spelling_gives_the_same_code_or_none(pictures: list[Picture]) -> None:
    spoken = re.sub("([zcs])h", r"\1", " ".join(picture.pinyin for picture in pictures))
    read = read_or_refusal(spoken)
    expected = "unknown" if isinstance(read, CodeNotRead) else tuple(picture.index for picture in pictures)
    assert (read.reason if isinstance(read, CodeNotRead) else read) == expected


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "too_few"),
        (" ·/ ", "too_few"),
        ("大象西瓜", "too_few"),
        ("daxiangxiguafengzhenghuochelvye", "too_few"),
        ("大象西瓜风筝火车绿叶雨伞太阳", "too_many"),
        ("大象" * 300, "too_many"),
        ("大象西瓜风筝火车绿叶雨", "unknown"),
        ("大象西瓜风筝火车绿叶云彩", "unknown"),
        ("大象西瓜风筝火车绿叶大象", "unknown"),
        ("大象西瓜风筝火车绿叶🐘", "unknown"),
        ("hello", "unknown"),
    ],
)
def test_what_is_not_a_code_says_why(typed: str, reason: str) -> None:
    assert reason_of(typed) == reason


@given(st.text(max_size=60) | st.text(alphabet="aeioughnzsclrdt大象西瓜 ", max_size=60))
def test_any_other_text_is_refused_without_repeating_it(typed: str) -> None:
    read = read_or_refusal(typed)
    if isinstance(read, CodeNotRead):
        assert isinstance(read, MailboxError)
        assert str(read) in ("too_few", "too_many", "unknown")
        assert read.__cause__ is None
        assert read.__context__ is None
    else:
        assert len(set(read)) == 6

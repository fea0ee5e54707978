"""拼音: every sentence of the pages as it was read by hand, what nobody knew beforehand as well as can be; all escaped.

A failing list prints the lines that are missing: read each critically before it is copied into ``reviewed_pinyin.txt``.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jinja2 import DictLoader

from mailbox.kiosk.pinyin import read_aloud
from mailbox.letters.picture_words import PICTURES
from mailbox.people.stations import KIOSK, enroll, invite_station
from tests.mailbox.kiosk.tablet import COOKIE, Tablet, code_of
from tests.mailbox.kiosk.test_english import MAILBOX, said
from tests.mailbox.kiosk.test_reading import reply_to_all
from tests.support.page_words import words_of_page

REVIEWED = Path(__file__).with_name("reviewed_pinyin.txt")
TEMPLATES = MAILBOX / "kiosk" / "templates"
RUBY = re.compile(r"<ruby>(.+?)<rt aria-hidden=true data-p=([^>]+)></rt></ruby>")


def line_of(text: str) -> str:
    """Write a sentence with its 拼音 as it stands in the list."""
    return " ".join(" ".join(spoken or part for part, spoken in read_aloud(text)).split())


def spoken(text: str) -> str:
    return " ".join(spoken for _, spoken in read_aloud(text) if spoken)


def shown_in(page: str) -> str:
    """Return the 拼音 that a page shows, one after the other."""
    return " ".join(spoken for _, spoken in RUBY.findall(page))


def test_every_sentence_of_the_pages_is_read_as_it_was_reviewed() -> None:
    """A new sentence fails here until somebody has read its 拼音 critically and written it into the list."""
    reviewed = dict(line.split("\t") for line in REVIEWED.read_text("utf-8").splitlines() if line)
    now = {message: line_of(message) for message in said()}
    assert sorted(f"{text}\t{line}" for text, line in now.items() if reviewed.get(text) != line) == []
    assert sorted(set(reviewed) - set(now)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    {
        # Light tones as textbooks print them.
        "好吗？我的朋友们来了": "hǎo ma wǒ de péng you men lái le",
        "孩子的样子": "hái zi de yàng zi",
        "告诉妈妈": "gào su mā ma",
        # 一 and 不 keep their own tone.
        "一起走，不是": "yī qǐ zǒu bù shì",
        "看一看，是不是": "kàn yi kàn shì bu shì",
        # A curled tongue is one sound with the character before.
        "等一会儿": "děng yī huìr",
        "儿童": "ér tóng",
        # Several readings.
        "慢慢地说，你得去，长得很快": "màn màn de shuō nǐ děi qù zhǎng de hěn kuài",
        "还书，还在，班长长大": "huán shū hái zài bān zhǎng zhǎng dà",
        "觉得想睡觉": "jué de xiǎng shuì jiào",
        "一只小鸟，只要": "yī zhī xiǎo niǎo zhǐ yào",
        "摔倒了，他倒是不怕": "shuāi dǎo le tā dào shì bù pà",
        "有空，天空": "yǒu kòng tiān kōng",
        "没收到回信": "méi shōu dào huí xìn",
        "别人家里": "bié rén jiā lǐ",
        "教你，教室": "jiāo nǐ jiào shì",
        "着急，看着": "zháo jí kàn zhe",
        "好学生爱好音乐，很快乐": "hǎo xué shēng ài hào yīn yuè hěn kuài lè",
        "音乐快乐": "yīn yuè kuài lè",
    }.items(),
)
def test_what_no_list_knows_is_read_by_our_words_and_rules(text: str, expected: str) -> None:
    assert spoken(text) == expected


@pytest.mark.parametrize(
    ("name", "expected"), {"单老师": "shàn", "曾老师": "zēng", "解老师": "xiè", "查老师": "zhā"}.items()
)
def test_a_teachers_name_begins_with_its_sound_as_a_name(name: str, expected: str) -> None:
    assert spoken(name).split()[0] == expected


def test_nothing_of_a_text_is_lost_or_changed() -> None:
    for text in ("", "a1 ，。\n\t<b>&", "𠮷𪚥\ufa0e〇龘", "👨‍👩‍👧中\u202eשלום", "会儿儿子儿", "一不" * 500):
        assert "".join(part for part, _ in read_aloud(text)) == text


def test_pages_carry_the_pinyin_of_sentences_values_pictures_and_replies(tablet: Tablet) -> None:
    home = tablet.get("/").text
    assert "xiě cuò zì xiě pīn yīn dōu kě yǐ" in shown_in(home)
    assert "lín lǎo shī huì kàn nǐ de xìn" in shown_in(home)
    assert "yuè rì zhōu wǔ kāi xiāng" in shown_in(home)
    sent = tablet.send("我想家了")
    for word in code_of(sent):
        assert next(picture.pinyin for picture in PICTURES if picture.word == word) in shown_in(sent.text)
    reply_to_all(tablet, "慢慢地说，我会听着。")
    assert "màn màn de shuō wǒ huì tīng zhe" in shown_in(tablet.open_tapped(code_of(sent)).text)


def test_an_english_page_has_none(tablet: Tablet) -> None:
    page = tablet.client.get("/", base_url="https://localhost", headers={"Accept-Language": "en"})
    assert "<ruby>" not in page.text and "data-pinyin" not in page.text


def test_what_stands_in_names_and_replies_stays_text(tablet: Tablet) -> None:
    bad = '<script>alert("坏")</script>&lt;b&gt;<ruby>\'%(names)s{{ 7 }}'
    sent = tablet.send("我想家了")
    reply_to_all(tablet, bad)
    page = tablet.open_tapped(code_of(sent)).text
    assert bad in words_of_page(page)
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


def test_a_name_with_markup_in_it_is_shown_and_does_nothing(tablet: Tablet) -> None:
    page = (
        "{{ _('%(names)s会看你的信。', names=['<b>林&老师', '王'] | map('pinyin') | join('、')) }}"
        "{{ _('%(name)s在%(place)s', name='<i>', place='a\"b') }}"
        "{{ _('%(count)d 个字', count=3) }}{{ '<i>周五' | pinyin }}"
    )
    app = tablet.client.application
    with app.test_request_context("/"):
        pages = app.jinja_env.overlay(loader=DictLoader({"kiosk/invented.html": page, "desk/invented.html": page}))
        shown = pages.get_template("kiosk/invented.html").render()
        at_desk = pages.get_template("desk/invented.html").render()
    assert words_of_page(shown) == '<b>林&老师、王会看你的信。<i>在a"b3 个字<i>周五'
    assert "<b>" not in shown and "<i>" not in shown
    # A sentence at the desk has none.
    assert "信</ruby>" not in at_desk and "会看你的信。" in at_desk


def grade_of(tablet: Tablet, grade: int) -> Tablet:
    """Enrol one more tablet, where children of ``grade`` sit."""
    school, client = tablet.school, tablet.client.application.test_client()
    invited = invite_station(school.office, school.school_id, school.technician_id, KIOSK, "教室", grade=grade)
    client.set_cookie(COOKIE, enroll(school.office, invited)[1], secure=True)
    return Tablet(client, school)


def begins_shown(page: str) -> bool:
    return bool(re.search(r'<html lang="zh-Hans" class="with-pinyin">', page))


def test_grades_one_to_three_begin_with_it_on_every_page_and_others_without(tablet: Tablet) -> None:
    assert not begins_shown(tablet.get("/").text)
    for grade, expected in ((1, True), (3, True), (4, False), (9, False)):
        young = grade_of(tablet, grade)
        sent = young.send("我想家了")
        pages = [*(young.get(path) for path in ("/", "/write", "/read", "/help")), sent, young.send("")]
        pages.append(young.open_tapped(code_of(sent)))
        assert [begins_shown(page.text) for page in pages] == [expected] * len(pages), grade


def test_attributes_titles_and_choices_of_a_list_have_plain_words() -> None:
    """There a mark of 拼音 would be shown as the letters it is written in, or break the tag."""
    value = re.compile(r"""[\w-]=("(?:[^"{]|\{\{.*?\}\}|\{%.*?%\})*"|'(?:[^'{]|\{\{.*?\}\}|\{%.*?%\})*')""")
    words_only = re.compile(r"<(title|option|textarea)\b[^>]*>.*?</\1>", re.S)
    for page in TEMPLATES.rglob("*.html"):
        source = page.read_text("utf-8")
        places = value.findall(source) + [found[0] for found in words_only.finditer(source)]
        assert [place for place in places if re.search(r"\b_\(|\|\s*pinyin", place)] == [], page.name


def test_no_page_is_made_heavy_by_it(tablet: Tablet) -> None:
    """The first page and its scripts and styles stay far below 150 KB; see docs/look.md."""
    sizes = {path: len(tablet.get(path).data) for path in ("/", "/write", "/help", "/read")}
    assert max(sizes["/"], sizes["/write"], sizes["/help"]) < 60_000
    assert sizes["/read"] < 120_000

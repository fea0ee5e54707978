"""Every message of the children's pages has an English one, none is left over, and places fit."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from mailbox.letters.picture_words import GROUPS
from mailbox.people.help_page import DEFAULT_LINES

MAILBOX = Path(__file__).resolve().parents[3] / "mailbox"
CATALOGUE = MAILBOX / "kiosk" / "translations" / "en" / "kiosk.po"
# The pages for errors are said in the children's words too.
FOLDERS = (MAILBOX / "kiosk", MAILBOX / "web")
# In two rounds: Babel overlooks a marked message inside of a spoken one.
KEYWORDS = ({"_": None, "plain": None, "gettext": None, "ngettext": (1, 2), "say": None}, {"N_": None})
PLACE = re.compile(r"%\((\w+)\)[sd]")
CHINESE = re.compile(r"[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]")


def said() -> set[str]:
    """Return every message of the pages by its Chinese words; drawers and hotlines are named by lists of their own."""
    messages = set(GROUPS) | {line.words for line in DEFAULT_LINES}
    for folder in FOLDERS:
        for keywords in KEYWORDS:
            found = extract_from_dir(
                folder,
                [("**.py", "python"), ("**/templates/**.html", "jinja2")],
                {"**/templates/**.html": {"silent": "false", "trimmed": "true"}},
                keywords=keywords,
            )
            messages |= {message for _, _, message, _, _ in found if isinstance(message, str)}
    return messages


def english() -> dict[str, str]:
    with CATALOGUE.open("rb") as source:
        return {message.id: message.string for message in read_po(source, locale="en") if message.id}


def test_messages_are_found_in_pages_and_in_code() -> None:
    """A search that finds nothing would prove nothing."""
    assert {"写信", "你想说什么？", "这里没有东西", "动物"} <= said()


def test_every_message_has_an_english_one_and_none_is_left_over() -> None:
    known = english()
    assert sorted(message for message in said() if not known.get(message, "").strip()) == []
    assert sorted(set(known) - said()) == []


def test_both_languages_have_the_same_places_and_english_has_no_chinese() -> None:
    for chinese, spoken in english().items():
        assert set(PLACE.findall(spoken)) == set(PLACE.findall(chinese)), chinese
        assert not CHINESE.search(spoken), spoken


def test_chinese_sentences_have_chinese_marks() -> None:
    ascii_mark = re.compile(r"[\u3400-\u9fff][,;:?!()]|[,;:?!()][\u3400-\u9fff]")
    assert [message for message in sorted(said()) if ascii_mark.search(PLACE.sub("", message))] == []


def test_no_template_has_words_outside_of_the_catalogue() -> None:
    spoken = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.S)
    for page in (MAILBOX / "kiosk" / "templates").rglob("*.html"):
        assert not CHINESE.search(spoken.sub("", page.read_text("utf-8"))), page.name


def test_no_sentence_for_children_is_longer_than_a_breath() -> None:
    """Eighteen characters at most between two stops; sentences for staff may be longer."""
    staff = ("登记", "老师：", "值班台", "“设备”")
    stops = re.compile(r"[。，：；？！、“”（）]")
    long = [
        part
        for message in said()
        if not any(word in message for word in staff)
        for part in stops.split(PLACE.sub("", message))
        if len(part) > 18
    ]
    assert long == []

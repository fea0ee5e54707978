"""Every message of the staff's pages has an English one, each catalogue holds only what is said, and places fit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

HOUSE = Path(__file__).resolve().parents[2]
STAFF = HOUSE / "counselor_ui"
CATALOGUES = sorted((STAFF / "translations" / "en").glob("*.po"))
# In two rounds: Babel overlooks a marked message inside of a spoken one, say(known.get(what, N_("…"))).
KEYWORDS = ({"_": None, "gettext": None, "ngettext": (1, 2), "say": None}, {"N_": None})
PRODUCT = "悄悄话信箱"
PLACE = re.compile(r"%\((\w+)\)[sd]")
CHINESE = re.compile(r"[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]")


def said() -> set[str]:
    """Return every message that the staff's pages and code say, by its Chinese words."""
    messages: set[str] = set()
    for keywords in KEYWORDS:
        found = extract_from_dir(
            STAFF,
            [("**.py", "python"), ("templates/**.html", "jinja2")],
            {"templates/**.html": {"silent": "false", "trimmed": "true"}},
            keywords=keywords,
        )
        messages |= {message[0] if isinstance(message, tuple) else message for _, _, message, _, _ in found}
    return messages


def catalogue(file: Path) -> Catalog:
    with file.open("rb") as source:
        return read_po(source, locale="en")


def translated() -> Iterator[tuple[Path, str, str]]:
    """Return file, Chinese and English of every translation."""
    for file in CATALOGUES:
        for message in catalogue(file):
            if not message.id:
                continue
            chinese = message.id[0] if message.pluralizable else message.id
            for english in message.string if message.pluralizable else (message.string,):
                yield file, chinese, english


def test_messages_are_found_in_pages_and_in_code() -> None:
    """A search that finds nothing would prove nothing."""
    assert {"写回信", "您的身份不能做这件事。", "等了 %(num)s 个半天", "今天上午到"} <= said()


def test_every_message_has_an_english_one() -> None:
    known = {chinese for _, chinese, english in translated() if english.strip()}
    assert sorted(said() - known) == []


def test_no_english_message_is_left_over() -> None:
    assert sorted({chinese for _, chinese, _ in translated()} - said()) == []


def test_no_message_stands_in_two_catalogues() -> None:
    places: dict[str, set[str]] = {}
    for file, chinese, _ in translated():
        places.setdefault(chinese, set()).add(file.name)
    assert {chinese: files for chinese, files in places.items() if len(files) > 1} == {}


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: file.name)
def test_both_languages_have_the_same_places_and_english_has_no_chinese(file: Path) -> None:
    for _, chinese, english in (row for row in translated() if row[0] == file):
        # “for one half-day” needs no number; every other place is filled in both.
        assert set(PLACE.findall(english)) in (set(PLACE.findall(chinese)), set(PLACE.findall(chinese)) - {"num"})
        assert not CHINESE.search(english.replace(PRODUCT, "")), english


def test_chinese_sentences_have_chinese_marks() -> None:
    ascii_mark = re.compile(r"[\u3400-\u9fff][,;:?!()]|[,;:?!()][\u3400-\u9fff]")
    assert [message for message in sorted(said()) if ascii_mark.search(PLACE.sub("", message))] == []

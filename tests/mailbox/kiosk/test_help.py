"""Help is always there and always the same; the introduction promises nothing that is not so."""

from __future__ import annotations

import re
from pathlib import Path

from tests.mailbox.kiosk.tablet import Tablet, code_of, help_in
from tests.support.page_words import words_of_page

PHONES = ["12356", "12355", "12338", "12309", "110", "120"]
STYLES = Path(__file__).resolve().parents[3] / "mailbox" / "web" / "static"


def closed(panel: str) -> str:
    return panel.replace('<details class="help-panel" open>', '<details class="help-panel">')


def test_every_page_has_the_same_help(tablet: Tablet) -> None:
    sent = tablet.send("【紧急】信")
    pages = [
        *(tablet.get(path) for path in ("/", "/help", "/write", "/read", "/nowhere")),
        *(sent, tablet.send(""), tablet.open_tapped(code_of(sent)), tablet.open_typed("大象")),
        tablet.write_back(tablet.open_tapped(code_of(sent)), "还有"),
    ]
    assert len({closed(help_in(page)) for page in pages}) == 1


def test_after_every_letter_the_help_is_open(tablet: Tablet) -> None:
    form = {"token": tablet.token("/write"), "words": "哈哈"}
    sent = tablet.post("/write", form)
    tablet.school.clock.advance(minutes=5)
    for page in (sent, tablet.post("/write", form), tablet.write_back(tablet.open_tapped(code_of(sent)), "还有")):
        assert help_in(page).startswith('<details class="help-panel" open>')
    assert help_in(tablet.get("/write")).startswith('<details class="help-panel">')


def test_help_thanks_then_names_a_person_and_a_place_and_then_the_phones(tablet: Tablet) -> None:
    panel = help_in(tablet.get("/help"))
    assert re.findall(r"<dt>(\d+)</dt>", panel) == PHONES
    said = words_of_page(panel)
    steps = ("谢谢你", "你不用一个人扛", "校医室", "信得过的大人", "12356")
    assert sorted(steps, key=said.index) == list(steps)


def test_no_page_names_parents_as_helpers(tablet: Tablet) -> None:
    for path in ("/", "/help", "/write", "/read"):
        assert not re.search("爸|妈|父母|家长|家人", words_of_page(tablet.get(path).text))


def test_nothing_on_the_pages_is_red() -> None:
    """The desk's brick red is for staff alone."""
    paper = (STYLES / "paper.css").read_text("utf-8")
    assert not re.search(r"--urgent|--soon|\bred\b", paper)
    for colour in re.findall(r"#([0-9a-f]{6})\b", paper):
        red, green, blue = (int(colour[place : place + 2], 16) for place in (0, 2, 4))
        assert red - max(green, blue) < 60, colour


def test_the_introduction_says_who_reads_and_when_and_the_three_exceptions(tablet: Tablet) -> None:
    page = tablet.get("/").text
    for sentence in (
        "林老师会看你的信",
        "3月6日周五开箱",
        "信箱不是一直有人看着",
        "如果担心你有危险，会按平板和写信的时间来找你",
    ):
        assert sentence in words_of_page(page)
    # No secrecy is promised without its exceptions right after it.
    said = words_of_page(page)
    after = page[page.index("<ol") :]
    assert said.index("保密") < said.index("你可能会受伤") < said.index("保密") + 40
    assert len(re.findall(r"<li>.+?</li>", after[: after.index("</ol>")])) == 3
    for path in ("/write", "/read", "/help"):
        assert "保密" not in words_of_page(tablet.get(path).text)


def test_no_page_claims_that_somebody_is_there_now(tablet: Tablet) -> None:
    for path in ("/", "/write", "/help"):
        assert not re.search("随时|24 ?小时|马上|立刻|值班", words_of_page(tablet.get(path).text))


def test_in_english_the_same_is_said(tablet: Tablet) -> None:
    page = tablet.client.get("/", base_url="https://localhost", headers={"Accept-Language": "en"})
    assert 'lang="en"' in page.text
    assert "we use the tablet and the time to find you" in page.text

"""The 楷体 of the pages: what it holds, and that nobody can tell from what is fetched what a child types."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.mailbox.kiosk.classroom import LOW_TABLET, Classroom, begin_letter
from tests.support.browser import wait_until

STATIC = Path(__file__).resolve().parents[3] / "mailbox" / "web" / "static"
FONTS = STATIC / "fonts"


def held() -> set[str]:
    return set((FONTS / "characters.txt").read_text("utf-8"))


def base() -> set[str]:
    """Return the characters of the first file, as the style sheet says them."""
    written = re.findall(r"unicode-range: ([^;]+);", (STATIC / "tokens.css").read_text("utf-8"))[0]
    runs = [part.strip().removeprefix("U+").split("-") for part in written.split(",")]
    return {chr(number) for run in runs for number in range(int(run[0], 16), int(run[-1], 16) + 1)}


def asked_for(page: Page) -> list[str]:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[-1]) if "woff2" in request.url else None)
    return asked


def test_it_holds_the_common_characters_of_replies() -> None:
    rows = (bytes((high, low)) for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF))
    level_one = set("".join(raw.decode("gb2312", "ignore") for raw in rows))
    assert len(level_one) == 3_755
    assert sorted(level_one - held()) == []


def test_it_holds_every_letter_of_pinyin() -> None:
    letters = set("abcdefghijklmnopqrstuvwxyzāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹêɑɡ")
    assert sorted(letters - base()) == []


def test_the_file_of_the_first_page_is_small_and_part_of_the_whole() -> None:
    assert base() <= held()
    assert (FONTS / "kai.woff2").stat().st_size < 200_000


def test_the_first_page_asks_for_the_small_file_alone(classroom: Classroom) -> None:
    page = classroom.tablet({"width": 1024, "height": 601})
    asked = asked_for(page)
    page.reload()
    page.wait_for_load_state("networkidle")
    assert set(asked) <= {"kai.woff2"}


def test_the_character_that_fetches_the_second_file_is_in_it_and_in_no_sentence() -> None:
    sign = re.findall(r'\.ink::before \{ content: "(.)"', (STATIC / "paper.css").read_text("utf-8"))[0]
    assert sign in held() - base()


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
def test_what_can_be_typed_is_fetched_before_anything_is(classroom: Classroom, *, scripts: bool) -> None:
    page = classroom.tablet(LOW_TABLET, java_script_enabled=scripts)
    asked = asked_for(page)
    page.goto(f"{classroom.url}/write")
    page.wait_for_load_state("networkidle")
    assert "kai-more.woff2" in asked


def test_what_is_typed_decides_nothing(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET)
    asked = asked_for(page)
    field = begin_letter(page)
    wait_until(page, "() => [...document.fonts].every((face) => face.status === 'loaded')")
    assert "kai-more.woff2" in asked
    before = len(asked)
    field.fill("鼹鼠皴裂龘")
    page.wait_for_timeout(500)
    assert len(asked) == before

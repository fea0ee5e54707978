"""A child at a real tablet chooses to whom it writes, answers what it likes, taps a face, and draws."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from mailbox.letters.content import NoteContent
from mailbox.letters.desk import open_part_of, open_thread, queue
from mailbox.rules.letter_kinds import LetterKind, Mood
from tests.mailbox.kiosk.classroom import LOW_TABLET, Classroom, touch
from tests.support.browser import PHONE

TOUCH_PX = 72
SENT = "figcaption"
with_and_without_scripts = pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])


def choose(page: Page, kind: str) -> None:
    touch(page, "写信").click()
    page.locator(f"button.kind[value={kind}]").click()
    page.locator("#words").wait_for()


def the_letter(classroom: Classroom) -> tuple[str, NoteContent]:
    office, counselor = classroom.school.office, classroom.school.counselor
    (row,) = queue(office, counselor)
    content = open_thread(office, counselor, row.id).notes[0].content
    assert content
    return row.id, content


@with_and_without_scripts
def test_a_child_writes_home_with_a_face_and_says_to_whom(
    classroom: Classroom, complaints: list[str], *, scripts: bool
) -> None:
    page = classroom.tablet(LOW_TABLET, java_script_enabled=scripts, has_touch=True)
    choose(page, "to_parents")
    page.locator("[name=detail_to]").fill("奶奶")
    page.locator("[name=detail_place]").fill("老家")
    page.locator("#words").fill("我会包饺子了")
    page.locator("summary", has=page.locator("text=心")).first.click()
    page.locator("label:has([value=happy])").click()
    touch(page, "送出").click()
    page.locator(SENT).first.wait_for()
    _, content = the_letter(classroom)
    assert (content.kind, content.mood, content.text) == (LetterKind.TO_PARENTS, Mood.HAPPY, "我会包饺子了")
    assert dict(content.details) == {"to": "奶奶", "place": "老家"}
    assert complaints == []


def test_a_drawing_asks_whether_it_must_be_today_and_a_yes_rings(classroom: Classroom, complaints: list[str]) -> None:
    page = classroom.tablet(LOW_TABLET)
    choose(page, "whisper")
    asked = page.locator("[data-with-parts]")
    assert not asked.is_visible()
    page.locator("[data-draw] [data-begin]").click()
    box = page.locator("[data-paper]").bounding_box()
    assert box
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 240, box["y"] + 160, steps=8)
    page.mouse.up()
    page.locator("[data-done]").click()
    asked.wait_for()
    asked.locator("label:has([value=yes])").click()
    touch(page, "送出").click()
    page.locator(SENT).first.wait_for()
    thread_id, content = the_letter(classroom)
    assert (content.text, content.today) == ("", True)
    school = classroom.school
    assert queue(school.office, school.counselor)[0].urgency == "urgent"
    shown = open_part_of(school.office, school.counselor, thread_id, content.parts[0].id)
    assert shown.content.startswith(b"\x89PNG")
    assert complaints == []


@pytest.mark.parametrize("viewport", [LOW_TABLET, PHONE], ids=["tablet", "phone"])
def test_every_way_and_every_face_is_large_enough_for_a_finger_and_nothing_is_wider_than_the_screen(
    classroom: Classroom, viewport: dict[str, int]
) -> None:
    page = classroom.tablet(viewport)
    touch(page, "写信").click()
    ways = page.locator("button.kind")
    ways.first.wait_for()
    boxes = [way.bounding_box() for way in ways.all()]
    for kind in LetterKind:
        page.goto(f"{classroom.url}/to")
        page.locator(f"button.kind[value={kind}]").click()
        page.locator("#words").wait_for()
        if viewport == LOW_TABLET and kind is not LetterKind.TO_PARENTS:
            send = touch(page, "送出").bounding_box()
            assert send and send["y"] + send["height"] <= viewport["height"], kind
        page.locator("details:has(.faces) > summary").click()
        places = page.locator(".faces label:visible, .asked input:visible, summary:visible, label.button:visible")
        boxes += [place.bounding_box() for place in places.all()]
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    assert min(min(box["width"], box["height"]) for box in boxes if box) >= TOUCH_PX

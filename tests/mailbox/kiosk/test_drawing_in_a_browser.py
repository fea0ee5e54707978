"""Drawing at a tablet, with mouse, finger and keys: what is on the paper, and what of it lies in the letter."""

from __future__ import annotations

import pytest
from playwright.sync_api import FloatRect, Page

from tests.mailbox.kiosk.classroom import (
    LOW_TABLET,
    WORDS,
    Classroom,
    arrived_code,
    begin_letter,
    fields_sent,
    files_sent,
    touch,
)
from tests.support.browser import PHONE

TURNED = {"width": 600, "height": 1024}


@pytest.fixture
def page(classroom: Classroom) -> Page:
    """A tablet with an empty letter."""
    page = classroom.tablet(LOW_TABLET, has_touch=True)
    begin_letter(page)
    return page


def paper(page: Page) -> FloatRect:
    box = page.locator("[data-paper]").bounding_box()
    assert box
    return box


def open_easel(page: Page) -> None:
    touch(page, "画一画").or_(touch(page, "再改")).click()
    page.locator("[data-paper]").wait_for()


def line(page: Page, height: float = 0.5) -> None:
    """Draw across the paper at ``height``, a part of its whole."""
    box = paper(page)
    page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * height)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * height, steps=8)
    page.mouse.up()


def ink(page: Page) -> int:
    """Return how many points of the paper are drawn on."""
    return int(
        page.locator("[data-paper]").evaluate(
            "paper => { const all = paper.getContext('2d').getImageData(0, 0, paper.width, paper.height).data;"
            "let count = 0; for (let at = 3; at < all.length; at += 4) count += all[at] > 0; return count; }"
        )
    )


def colour_at(page: Page, across: float, down: float) -> list[int]:
    return list(
        page.locator("[data-paper]").evaluate(
            "(paper, [across, down]) => [...paper.getContext('2d')"
            ".getImageData(paper.width * across, paper.height * down, 1, 1).data].slice(0, 3)",
            [across, down],
        )
    )


def choose(page: Page, name: str) -> None:
    page.locator("label.swatch").filter(has_text=name).click()


def is_in_letter(page: Page) -> bool:
    return page.locator("[data-draw] [data-small]").is_visible()


def test_a_line_is_drawn_taken_back_and_drawn_again(page: Page) -> None:
    open_easel(page)
    line(page)
    drawn = ink(page)
    assert drawn > 1_000
    touch(page, "退一步").click()
    assert ink(page) == 0
    touch(page, "进一步").click()
    assert ink(page) == drawn


def test_wiping_all_is_a_step_that_can_be_taken_back(page: Page) -> None:
    open_easel(page)
    line(page, 0.3)
    line(page, 0.6)
    drawn = ink(page)
    touch(page, "全擦掉").click()
    assert ink(page) == 0
    touch(page, "退一步").click()
    assert ink(page) == drawn


def test_colours_thicknesses_and_the_eraser_do_what_they_say(page: Page) -> None:
    open_easel(page)
    widths = []
    for thickness in ("细笔", "中笔", "粗笔"):
        choose(page, thickness)
        line(page)
        widths.append(ink(page))
        touch(page, "退一步").click()
    assert widths == sorted(widths) and widths[0] * 3 < widths[2]
    colours = []
    for name in ("黑色", "木头色", "红色", "橘色", "黄色", "绿色", "蓝色", "紫色"):
        choose(page, name)
        line(page)
        colours.append(tuple(colour_at(page, 0.5, 0.5)))
    assert len(set(colours)) == 8
    choose(page, "橡皮")
    line(page)
    assert ink(page) == 0


def test_a_tap_is_a_dot(page: Page) -> None:
    open_easel(page)
    box = paper(page)
    page.touchscreen.tap(box["x"] + 100, box["y"] + 100)
    assert ink(page) > 20


def test_the_ball_of_the_hand_draws_nothing_while_a_finger_draws(page: Page) -> None:
    open_easel(page)
    page.locator("[data-paper]").evaluate(
        """paper => {
            const at = paper.getBoundingClientRect();
            const send = (kind, id, x, y) => paper.dispatchEvent(new PointerEvent(kind, {
                pointerId: id, pointerType: "touch", clientX: at.left + x, clientY: at.top + y, bubbles: true,
            }));
            paper.setPointerCapture = () => {};
            send("pointerdown", 5, 100, 100); send("pointerdown", 6, 100, 400);
            send("pointermove", 5, 200, 100); send("pointermove", 6, 300, 400);
            send("pointerup", 6, 300, 400); send("pointerup", 5, 200, 100);
        }"""
    )
    box = paper(page)
    assert colour_at(page, 150 / box["width"], 100 / box["height"]) != [0, 0, 0]
    assert colour_at(page, 200 / box["width"], 400 / box["height"]) == [0, 0, 0]


def test_a_drawing_stays_whole_when_the_tablet_is_turned(page: Page) -> None:
    open_easel(page)
    line(page, 0.9)
    page.set_viewport_size(TURNED)
    page.wait_for_timeout(300)
    assert paper(page)["width"] < 600
    assert colour_at(page, 0.5, 0.9) != [0, 0, 0]
    page.set_viewport_size(LOW_TABLET)
    page.wait_for_timeout(300)
    assert paper(page)["width"] > 600
    assert colour_at(page, 0.5, 0.9) != [0, 0, 0]


def test_an_empty_paper_is_no_drawing(page: Page) -> None:
    open_easel(page)
    touch(page, "画好了").click()
    assert not is_in_letter(page)
    open_easel(page)
    line(page)
    choose(page, "橡皮")
    choose(page, "粗笔")
    line(page)
    touch(page, "画好了").click()
    assert not is_in_letter(page)


def test_what_is_drawn_lies_small_in_the_letter_and_can_be_changed_or_taken_out(page: Page) -> None:
    assert not page.locator("[data-with-parts]").is_visible()
    open_easel(page)
    line(page, 0.3)
    touch(page, "画好了").click()
    # The easel goes when the picture is made.
    page.locator("[data-easel]").wait_for(state="hidden")
    assert is_in_letter(page)
    assert page.locator("[data-with-parts]").is_visible()
    open_easel(page)
    drawn = ink(page)
    line(page, 0.6)
    assert ink(page) > drawn
    touch(page, "画好了").click()
    touch(page, "去掉").click()
    assert not is_in_letter(page)
    assert not page.locator("[data-with-parts]").is_visible()
    open_easel(page)
    assert ink(page) == 0


def test_a_drawing_is_sent_as_a_picture_of_bounded_size_beside_the_words(classroom: Classroom, page: Page) -> None:
    page.locator("#words").fill(WORDS)
    open_easel(page)
    line(page)
    touch(page, "画好了").click()
    page.locator("[data-draw] [data-small]").wait_for()
    [[name, file, kind, head]] = files_sent(page)
    assert (name, file, kind) == ("drawing", "drawing.png", "image/png")
    # A PNG's width and height stand after its first sixteen bytes.
    assert [int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")] == [1600, 1000]
    # The tools lie outside of the letter and are not sent with it.
    assert {"colour", "tip"}.isdisjoint(fields_sent(page))
    arrived_code(page)
    assert (classroom.letters(), classroom.parts()) == ([WORDS], ["drawing"])


def test_the_drawing_is_still_there_when_the_letter_comes_back_to_be_mended(page: Page) -> None:
    open_easel(page)
    line(page)
    touch(page, "画好了").click()
    page.locator("#words").evaluate("field => { field.value = '信'.repeat(4001); }")
    touch(page, "送出").click()
    page.locator("#problem").wait_for()
    assert is_in_letter(page)
    open_easel(page)
    assert ink(page) > 1_000


def test_the_drawing_is_still_there_when_the_form_was_left_for_too_long(page: Page) -> None:
    page.locator("#words").fill(WORDS)
    open_easel(page)
    line(page)
    touch(page, "画好了").click()
    page.locator("input[name=token]").evaluate("field => { field.value = 'stale'; }")
    touch(page, "送出").click()
    page.get_by_text("字都还在，请再送一次。").wait_for()
    assert page.locator("#words").input_value() == WORDS
    assert is_in_letter(page)
    touch(page, "送出").click()
    arrived_code(page)


def test_every_tool_is_reached_by_keys_and_has_a_name(page: Page) -> None:
    open_easel(page)
    line(page)
    focused = "document.activeElement.closest('label, button').textContent.trim()"
    assert page.evaluate(focused) == "黑色"
    page.keyboard.press("ArrowRight")
    assert page.evaluate(focused) == "木头色"
    reached = []
    for _ in range(4):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(focused))
    assert reached == ["中笔", "退一步", "全擦掉", "画好了"]
    heard = page.locator("[data-easel]").aria_snapshot()
    assert heard.count("radio") == 12


@pytest.mark.parametrize("viewport", [LOW_TABLET, PHONE], ids=["tablet", "phone"])
def test_every_tool_is_in_sight_and_large_enough_for_a_finger(classroom: Classroom, viewport: dict[str, int]) -> None:
    page = classroom.tablet(viewport)
    begin_letter(page)
    open_easel(page)
    boxes = [place.bounding_box() for place in page.locator("[data-easel] label, [data-easel] button").all()]
    assert len(boxes) == 16
    for box in boxes:
        assert box and min(box["width"], box["height"]) >= 72
        assert box["x"] >= 0 and box["x"] + box["width"] <= viewport["width"]
        assert box["y"] >= 0 and box["y"] + box["height"] <= viewport["height"]


def test_hiding_the_page_hides_the_paper(page: Page) -> None:
    open_easel(page)
    line(page)
    page.evaluate(
        "Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    assert not page.locator("[data-paper]").is_visible()
    touch(page, "打开").click()
    assert ink(page) > 1_000

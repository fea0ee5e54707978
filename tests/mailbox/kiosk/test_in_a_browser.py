"""A child at a real tablet, with and without JavaScript: from the first page to an answer, and what is left behind."""

from __future__ import annotations

import pytest
from playwright.sync_api import Error, Locator, Page

from tests.mailbox.kiosk.classroom import (
    LOW_TABLET,
    REPLY,
    WORDS,
    Classroom,
    begin_letter,
    heading,
    leave,
    tap_code,
    touch,
    write,
)
from tests.support.browser import PHONE
from tests.support.page_words import everything_in

with_and_without_scripts = pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])


def is_in_sight(place: Locator) -> bool:
    box, view = place.bounding_box(), place.page.viewport_size
    assert box and view
    return box["y"] >= 0 and box["y"] + box["height"] <= view["height"]


def shown(page: Page) -> str:
    return everything_in(page.content())


@with_and_without_scripts
def test_a_child_writes_keeps_the_code_reads_the_answer_and_writes_back(
    classroom: Classroom, complaints: list[str], *, scripts: bool
) -> None:
    page = classroom.tablet(LOW_TABLET, java_script_enabled=scripts, has_touch=True)
    code = write(page)
    assert len(set(code)) == 6
    assert page.get_by_text("你不用一个人扛").is_visible()
    leave(page)
    classroom.answer_all(REPLY)
    tap_code(page, code)
    assert page.locator(".reply p").all_inner_texts() == [REPLY]
    assert WORDS not in shown(page)
    page.locator("#words").fill("我去了，谢谢老师")
    touch(page, "送出").click()
    heading(page, "已经送到了").wait_for()
    leave(page)
    assert classroom.letters() == [WORDS, "我去了，谢谢老师"]

    # What is left on the tablet: the enrolment, and nothing else.
    kept = page.context.storage_state()
    assert [cookie["name"] for cookie in kept["cookies"]] == ["__Host-kiosk"]
    assert kept["origins"] == []
    assert complaints == []


def test_going_back_and_loading_anew_show_nothing_of_letter_code_and_answer(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET)
    code = write(page)
    classroom.answer_all(REPLY)
    leave(page)
    tap_code(page, code)
    leave(page)
    length = page.evaluate("history.length")
    for _ in range(length - 1):
        page.go_back()
        page.wait_for_load_state()
        assert not any(text in shown(page) for text in (WORDS, REPLY, "<figcaption>", "已经送到了"))
        page.reload()
        assert not any(text in shown(page) for text in (WORDS, REPLY, "<figcaption>", "已经送到了"))
        assert all(field.input_value() == "" for field in page.locator("textarea").all())


def test_without_scripts_an_earlier_form_sent_again_shows_neither_code_nor_answer(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET, java_script_enabled=False)
    code = write(page)
    page.reload()
    # The child itself may look again.
    assert page.locator("figcaption").all_inner_texts() == code
    classroom.answer_all(REPLY)
    page.wait_for_timeout(1_100)
    leave(page)
    send_again_from_history(page)
    assert heading(page, "已经送到了").is_visible()
    assert not any(word in shown(page) for word in (WORDS, "<figcaption>"))
    page.goto(classroom.url)
    tap_code(page, code)
    page.wait_for_timeout(1_100)
    leave(page)
    send_again_from_history(page)
    assert REPLY not in shown(page)
    assert classroom.letters() == [WORDS]


def send_again_from_history(page: Page) -> None:
    """Go back to the answer of a form; the browser does not have it and, asked to load it, sends the form again."""
    with pytest.raises(Error, match="ERR_CACHE_MISS"):
        page.go_back()
    # The browser's own page about it has to stand before it can be loaded anew.
    page.wait_for_timeout(500)
    page.reload()


def test_loading_the_page_with_the_code_anew_leads_to_the_start(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET)
    write(page)
    page.reload()
    assert touch(page, "写信").is_visible()


def test_words_typed_and_not_sent_are_gone_when_somebody_comes_back(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET)
    begin_letter(page, WORDS)
    touch(page, "清屏").click()
    touch(page, "写信").wait_for()
    page.go_back()
    page.wait_for_load_state()
    assert all(field.input_value() == "" for field in page.locator("textarea").all())
    assert WORDS not in shown(page)


def test_a_form_larger_than_any_letter_gets_kind_words_and_its_own_stay(classroom: Classroom) -> None:
    """Sent past the field's own limit; the served program lets it arrive, so that the browser can show our words."""
    page = classroom.tablet(LOW_TABLET)
    field = begin_letter(page)
    field.evaluate("field => { field.removeAttribute('maxlength'); field.value = 'a'.repeat(500000); }")
    touch(page, "送出").click()
    page.locator("[data-answered]").get_by_text("信太大了").wait_for()
    assert field.input_value() == "a" * 500_000


def test_two_taps_are_one_letter(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET)
    begin_letter(page, WORDS)
    touch(page, "送出").dblclick()
    heading(page, "送到了").wait_for()
    assert classroom.letters() == [WORDS]


def test_on_a_low_tablet_what_matters_is_in_sight(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET)
    introduction = page.get_by_text("会按平板和写信的时间来找你")
    assert all(is_in_sight(place) for place in (introduction, touch(page, "写信")))
    assert is_in_sight(touch(page, "看回信"))
    touch(page, "看回信").click()
    assert all(is_in_sight(place) for place in page.locator("details.picture-group > summary").all())
    page.locator("details.picture-group > summary").first.click()
    assert is_in_sight(page.locator("button.picture-choice:visible").first)
    touch(page, "清屏").click()
    begin_letter(page)
    assert is_in_sight(touch(page, "送出"))
    page.locator("#words").fill(WORDS)
    touch(page, "送出").click()
    heading(page, "送到了").wait_for()
    assert all(is_in_sight(place) for place in page.locator("figcaption").all())
    assert all(is_in_sight(place) for place in (touch(page, "写好了"), page.get_by_text("你不用一个人扛")))


@pytest.mark.parametrize("viewport", [LOW_TABLET, PHONE], ids=["tablet", "phone"])
def test_no_page_is_wider_than_the_screen_whatever_the_words(classroom: Classroom, viewport: dict[str, int]) -> None:
    page = classroom.tablet(viewport)
    code = write(page, "a" * 3_000 + "\u202eשלום" + "🙂" * 300)
    widths = [overhang(page)]
    leave(page)
    classroom.answer_all("b" * 1_000 + "🙂" * 300 + "\u202eשלום")
    tap_code(page, code)
    widths.append(overhang(page))
    page.locator("#words").fill("c" * 4_001)
    touch(page, "送出").click()
    page.get_by_text("多了 1 个字").wait_for()
    assert len(page.locator("#words").input_value()) == 4_001
    widths.append(overhang(page))
    assert widths == [0, 0, 0]


def overhang(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def test_help_is_one_tap_away_and_takes_no_words(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET)
    begin_letter(page, WORDS)
    touch(page, "可以找谁？").click()
    assert page.get_by_text("你不用一个人扛").is_visible()
    assert is_in_sight(page.get_by_text("你不用一个人扛"))
    assert page.locator("#words").input_value() == WORDS


def test_all_pictures_are_one_request(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/pictures/" in request.url else None)
    touch(page, "看回信").click()
    page.locator("details.picture-group > summary").first.click()
    page.wait_for_load_state("networkidle")
    assert asked == [f"{classroom.url}/static/pictures/sprite.svg"]

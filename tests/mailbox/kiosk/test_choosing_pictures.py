"""Choosing the six pictures in a real browser: by finger, by word, by 拼音, by keyboard; and what is left of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from mailbox.letters.picture_words import PICTURES
from tests.mailbox.kiosk.classroom import LOW_TABLET, REPLY, Classroom, heading, leave, tap_code, touch, write

CODE = ["大象", "西瓜", "风筝", "火车", "绿叶", "雨伞"]
TYPED = {
    "word": "西瓜",
    "part of the word": "瓜",
    "pinyin": "xigua",
    "its beginning": "xig",
    "wrong tones": "xì guǎ",
    "tone digits and capitals": "XI4 GUA4",
    "full width": "ｘｉｇｕａ",
    "character and pinyin": "西gua",
}
MIXED = {"fenzhen": "风筝", "songsu": "松鼠", "nanqiu": "篮球", "nvye": "绿叶", "lüye": "绿叶", "qinwa": "青蛙"}


def chosen(page: Page) -> list[str]:
    return [word.strip() for word in page.locator(".chosen > li").all_inner_texts() if word.strip()]


def found(page: Page) -> list[str]:
    return [word.strip() for word in page.locator("[data-found] > button").all_inner_texts()]


def at_reading(classroom: Classroom, **wishes: object) -> Page:
    page = classroom.tablet(LOW_TABLET, **wishes)
    touch(page, "看回信").click()
    heading(page, "你的六张图").wait_for()
    return page


def search(page: Page, typed: str) -> None:
    page.locator(".finding input").fill(typed)


def choose_by_word(page: Page, words: list[str]) -> None:
    for word in words:
        search(page, word)
        page.locator(".finding input").press("Enter")


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])
def test_the_pictures_are_tapped_with_and_without_scripts(classroom: Classroom, *, scripts: bool) -> None:
    page = classroom.tablet(LOW_TABLET, java_script_enabled=scripts, has_touch=True)
    code = write(page)
    leave(page)
    classroom.answer_all(REPLY)
    tap_code(page, code)
    assert page.locator(".reply p").count() == 1


def test_tapping_asks_the_mailbox_for_nothing_until_the_answer_is_asked_for(classroom: Classroom) -> None:
    page = at_reading(classroom)
    page.locator("details.picture-group > summary").first.click()
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.method))
    page.context.set_offline(True)
    choose_by_word(page, CODE)
    assert chosen(page) == CODE
    page.context.set_offline(False)
    assert asked == []
    touch(page, "看回信").click()
    page.get_by_role("alert").filter(has_text="没有找到信").wait_for()
    assert (asked[:1], chosen(page)) == (["POST"], CODE)


def test_a_picture_is_found_by_its_word_or_its_pinyin_however_it_is_typed(classroom: Classroom) -> None:
    page = at_reading(classroom)
    for way, typed in TYPED.items():
        search(page, typed)
        assert "西瓜" in found(page), way
    for typed, word in MIXED.items():
        search(page, typed)
        assert found(page)[:1] == [word], typed
    search(page, "没有的词")
    assert page.get_by_text("换一个词").is_visible() and page.locator(".picture-groups").is_visible()
    search(page, "")
    assert page.locator(".picture-groups").is_visible()


def test_every_picture_is_found_by_its_own_pinyin(classroom: Classroom) -> None:
    page = at_reading(classroom)
    missing = page.evaluate(
        """pictures => { const field = document.querySelector(".finding input");
          return pictures.filter(([word, typed]) => {
            field.value = typed; field.dispatchEvent(new Event("input", { bubbles: true }));
            const found = [...document.querySelectorAll("[data-found] > button")];
            return !found.some((one) => one.textContent.trim() === word);
          }); }""",
        [[picture.word, picture.pinyin] for picture in PICTURES],
    )
    assert missing == []


def test_a_picture_is_taken_away_and_all_are_chosen_anew_without_asking(classroom: Classroom) -> None:
    page = at_reading(classroom)
    page.context.set_offline(True)
    choose_by_word(page, CODE)
    touch(page, "去掉一张").click()
    assert chosen(page) == CODE[:5]
    choose_by_word(page, ["太阳"])
    touch(page, "重新点").click()
    assert (chosen(page), page.locator("input[type=hidden][name=picture]").count()) == ([], 0)
    assert page.locator("button.picture-choice[disabled]").count() == 0
    page.context.set_offline(False)


def test_a_keyboard_alone_chooses_and_is_told_what_it_chose(classroom: Classroom) -> None:
    page = at_reading(classroom)
    page.locator(".finding input").focus()
    page.keyboard.type("daxiang")
    page.keyboard.press("Enter")
    said = page.get_by_role("status").filter(has_text="大象")
    assert said.inner_text() == "第1张：大象"
    # From the field on, Tab reaches the drawers; arrows go from picture to picture, Enter chooses.
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    while page.evaluate("document.activeElement.tagName") == "SUMMARY":
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert chosen(page) == ["大象", "小狗"]
    search(page, "xiao")
    page.locator(".finding input").press("Enter")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert len(chosen(page)) == 3


def test_nothing_chosen_or_typed_is_left_when_the_screen_is_cleared(classroom: Classroom) -> None:
    page = at_reading(classroom)
    choose_by_word(page, CODE[:3])
    search(page, "hua")
    touch(page, "清屏").click()
    touch(page, "写信").wait_for()
    for step in (lambda: touch(page, "看回信").click(), page.go_back, page.go_forward):
        step()
        page.wait_for_load_state()
        assert chosen(page) == []
        assert page.locator("input[type=hidden][name=picture]").count() == 0
        assert all(field.input_value() == "" for field in page.locator(".finding input").all())
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_the_slip_has_the_pictures_and_how_to_use_them_and_nothing_else(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET)
    code = write(page)
    page.emulate_media(media="print")
    seen = page.locator("body").inner_text()
    assert [word for word in seen.split() if word in code] == code
    assert "按顺序点这六张图" in seen
    assert not any(text in seen for text in ("送到了", "青山小学", "三年级", "12356", "打印", "写好了"))

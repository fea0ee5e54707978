"""A child at a real tablet, with and without JavaScript: from the first page to an answer, and what is left behind."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from playwright.sync_api import Error, Locator, Page

from mailbox.letters.answer import answer
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.picture_words import PICTURES
from tests.support.browser import PHONE, Visitors
from tests.support.served import ServedApp
from tests.support.staffed import StaffedSchool, staff

LOW_TABLET = {"width": 1024, "height": 600}
TOUCH_PX = 72
WORDS = "我想家了，橘子树下有秘密"
REPLY = "我也会想家。午休来图书角坐坐。"
GROUP_OF = {picture.word: picture.group for picture in PICTURES}

with_and_without_scripts = pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without-scripts"])


class Classroom:
    """A served school, and tablets in it."""

    def __init__(self, served: ServedApp, visitors: Visitors, complaints: list[str]) -> None:
        self.url = served.url
        self.school: StaffedSchool = staff(served)
        self._visitors = visitors
        self._complaints = complaints
        served.start()

    def tablet(self, viewport: dict[str, int], **wishes: object) -> Page:
        page = self._visitors.visit(viewport, **wishes)
        page.context.add_cookies([{"name": "__Host-kiosk", "value": self.school.kiosk_cookie, "url": self.https()}])
        page.on("console", lambda said: self._complaints.append(said.text) if said.type == "error" else None)
        page.goto(self.url)
        return page

    def https(self) -> str:
        # The name's beginning asks for a secure address; Chromium counts this machine itself as one.
        return self.url.replace("http://", "https://")

    def answer_all(self, words: str) -> None:
        office, counselor = self.school.office, self.school.counselor
        for row in queue(office, counselor):
            answer(office, counselor, row.id, words, release_now=True, form_nonce=os.urandom(16))

    def letters(self) -> list[str]:
        office, counselor = self.school.office, self.school.counselor
        threads = [open_thread(office, counselor, row.id) for row in queue(office, counselor)]
        return [note.content.text for thread in threads for note in thread.notes if note.content]


@pytest.fixture
def complaints() -> list[str]:
    """What the browser called an error."""
    return []


@pytest.fixture
def classroom(served_app: Callable[..., ServedApp], visitors: Visitors, complaints: list[str]) -> Classroom:
    served = served_app(web_workers=2)
    served.flask("init")
    return Classroom(served, visitors, complaints)


def write(page: Page, words: str = WORDS) -> list[str]:
    """Write and send a letter from the first page; return the code."""
    page.get_by_role("link", name="写信").click()
    page.get_by_label("你想说什么？").fill(words)
    page.get_by_role("button", name="送出").click()
    page.get_by_role("heading", name="送到了").wait_for()
    return page.locator("figcaption").all_inner_texts()


def tap_code(page: Page, code: list[str]) -> None:
    """Tap the pictures of a code from the first page, each in its drawer, and open the answer."""
    page.get_by_role("link", name="看回信").click()
    for count, word in enumerate(code, start=1):
        drawer = page.locator("details.picture-group", has=page.locator(f"summary:has-text('{GROUP_OF[word]}')"))
        drawer.locator("summary").click()
        drawer.get_by_role("button", name=word, exact=True).click()
        page.locator(f".chosen li:nth-child({count}) svg").wait_for()
    page.get_by_role("button", name="看回信").click()
    page.get_by_role("heading", name="你的回信").wait_for()


def leave(page: Page) -> None:
    page.get_by_role("link", name="写好了").or_(page.get_by_role("link", name="看好了")).click()
    page.get_by_role("link", name="写信").wait_for()


def is_in_sight(place: Locator) -> bool:
    box, view = place.bounding_box(), place.page.viewport_size
    assert box and view
    return box["y"] >= 0 and box["y"] + box["height"] <= view["height"]


def touch_sizes(page: Page) -> list[float]:
    """Return the smaller side of everything on the page that can be tapped now."""
    places = page.locator("button:visible, summary:visible, a:visible, label.button:visible").all()
    boxes = [box for place in places if (box := place.bounding_box())]
    return [min(box["width"], box["height"]) for box in boxes]


def shown(page: Page) -> str:
    return page.content()


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
    page.get_by_label("还想说什么？").fill("我去了，谢谢老师")
    page.get_by_role("button", name="送出").click()
    page.get_by_role("heading", name="已经送到了").wait_for()
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
    assert page.get_by_role("heading", name="已经送到了").is_visible()
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
    assert page.get_by_role("link", name="写信").is_visible()


def test_words_typed_and_not_sent_are_gone_when_somebody_comes_back(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET)
    page.get_by_role("link", name="写信").click()
    page.get_by_label("你想说什么？").fill(WORDS)
    page.get_by_role("link", name="清屏").click()
    page.get_by_role("link", name="写信").wait_for()
    page.go_back()
    page.wait_for_load_state()
    assert all(field.input_value() == "" for field in page.locator("textarea").all())
    assert WORDS not in shown(page)


def test_a_network_that_is_gone_for_a_moment_takes_no_words_with_it(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET)
    page.get_by_role("link", name="写信").click()
    page.get_by_label("你想说什么？").fill(WORDS)
    page.context.set_offline(True)
    page.get_by_role("button", name="送出").click()
    page.get_by_text("现在连不上信箱").wait_for()
    assert page.get_by_label("你想说什么？").input_value() == WORDS
    page.context.set_offline(False)
    page.get_by_role("button", name="送出").click()
    page.get_by_role("heading", name="送到了").wait_for()
    assert classroom.letters() == [WORDS]


def test_a_form_larger_than_any_letter_gets_a_kind_page(classroom: Classroom) -> None:
    """Sent past the field's own limit; the served program lets it arrive, so that the browser shows our page."""
    page = classroom.tablet(LOW_TABLET)
    page.get_by_role("link", name="写信").click()
    field = page.get_by_label("你想说什么？")
    field.evaluate("field => { field.removeAttribute('maxlength'); field.value = 'a'.repeat(500000); }")
    page.get_by_role("button", name="送出").click()
    page.get_by_role("heading", name="信太大了").wait_for()
    page.get_by_role("link", name="回到开头").click()
    assert page.get_by_role("link", name="写信").is_visible()


def test_two_taps_are_one_letter(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET)
    page.get_by_role("link", name="写信").click()
    page.get_by_label("你想说什么？").fill(WORDS)
    page.get_by_role("button", name="送出").dblclick()
    page.get_by_role("heading", name="送到了").wait_for()
    assert classroom.letters() == [WORDS]


def test_on_a_low_tablet_what_matters_is_in_sight_and_large_enough_for_a_finger(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET)
    introduction = page.get_by_text("会用平板和时间来找你")
    assert all(is_in_sight(place) for place in (introduction, page.get_by_role("link", name="写信")))
    assert is_in_sight(page.get_by_role("link", name="看回信"))
    sizes = touch_sizes(page)
    page.get_by_role("link", name="看回信").click()
    assert all(is_in_sight(place) for place in page.locator("details.picture-group > summary").all())
    sizes += touch_sizes(page)
    page.locator("details.picture-group > summary").first.click()
    assert is_in_sight(page.locator("button.picture-choice:visible").first)
    sizes += touch_sizes(page)
    page.get_by_role("link", name="清屏").click()
    page.get_by_role("link", name="写信").click()
    assert is_in_sight(page.get_by_role("button", name="送出"))
    page.get_by_text("有没有哪位老师不能看？").click()
    sizes += touch_sizes(page)
    page.get_by_label("你想说什么？").fill(WORDS)
    page.get_by_role("button", name="送出").click()
    page.get_by_role("heading", name="送到了").wait_for()
    assert all(is_in_sight(place) for place in page.locator("figcaption").all())
    assert all(is_in_sight(page.get_by_text(text)) for text in ("写好了", "你不用一个人扛"))
    sizes += touch_sizes(page)
    assert min(sizes) >= TOUCH_PX


@pytest.mark.parametrize("viewport", [LOW_TABLET, PHONE], ids=["tablet", "phone"])
def test_no_page_is_wider_than_the_screen_whatever_the_words(classroom: Classroom, viewport: dict[str, int]) -> None:
    page = classroom.tablet(viewport)
    code = write(page, "a" * 3_000 + "\u202eשלום" + "🙂" * 300)
    widths = [overhang(page)]
    leave(page)
    classroom.answer_all("b" * 1_000 + "🙂" * 300 + "\u202eשלום")
    tap_code(page, code)
    widths.append(overhang(page))
    page.get_by_label("还想说什么？").fill("c" * 4_001)
    page.get_by_role("button", name="送出").click()
    page.get_by_text("多了 1 个字").wait_for()
    assert len(page.get_by_label("还想说什么？").input_value()) == 4_001
    widths.append(overhang(page))
    assert widths == [0, 0, 0]


def overhang(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def test_help_is_one_tap_away_and_takes_no_words(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET)
    page.get_by_role("link", name="写信").click()
    page.get_by_label("你想说什么？").fill(WORDS)
    page.get_by_role("link", name="可以找谁？").click()
    assert page.get_by_text("你不用一个人扛").is_visible()
    assert is_in_sight(page.get_by_text("你不用一个人扛"))
    assert page.get_by_label("你想说什么？").input_value() == WORDS


def test_all_pictures_are_one_request(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/pictures/" in request.url else None)
    page.get_by_role("link", name="看回信").click()
    page.locator("details.picture-group > summary").first.click()
    page.wait_for_load_state("networkidle")
    assert asked == [f"{classroom.url}/static/pictures/sprite.svg"]

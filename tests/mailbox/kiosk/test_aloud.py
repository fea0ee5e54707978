"""Reading aloud at a real tablet. The browser of the tests has no voice, so a voice is put into it that writes down."""

from __future__ import annotations

import json

from playwright.sync_api import Locator, Page

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
from tests.support.browser import PHONE, wait_until

LOCAL = {"name": "here", "lang": "zh-CN", "localService": True}
REMOTE = {"name": "elsewhere", "lang": "zh-CN", "localService": False}
CANTONESE = {"name": "cantonese", "lang": "zh-HK", "localService": True}
ANDROID = {"name": "android", "lang": "zh_CN", "localService": True}
TAIWAN = {"name": "taiwan", "lang": "zh-TW", "localService": True}
ENGLISH = {"name": "english", "lang": "en-GB", "localService": True}
TOUCH_PX = 72


def voices(*given: dict[str, object]) -> str:
    """Return a script: these voices and no other, what they say in ``spoken``, an end by ``finish()``."""
    return f"""(() => {{
      const voices = {json.dumps(given)};
      const waiting = [];
      window.spoken = [];
      window.stillHere = 0;
      document.addEventListener('still-here', () => {{ window.stillHere += 1; }});
      window.SpeechSynthesisUtterance = function (text) {{ this.text = text; }};
      window.finish = () => waiting.splice(0).forEach((one) => {{ if (one.onend) one.onend(); }});
      const synthesis = {{
        getVoices: () => voices,
        addEventListener: (_, told) => {{ window.voicesCame = (more) => {{ voices.push(...more); told(); }}; }},
        speak: (one) => {{ waiting.push(one); window.spoken.push([one.text, one.voice.name, one.rate]); }},
        cancel: () => {{ waiting.splice(0); window.spoken.push('silence'); }},
      }};
      Object.defineProperty(window, 'speechSynthesis', {{ value: synthesis }});
    }})();"""


def spoken(page: Page) -> list[str]:
    """Return what was said since the last time, sentence by sentence, and silence where it was ended."""
    said = page.evaluate("() => window.spoken.splice(0)")
    return [one if isinstance(one, str) else one[0] for one in said]


def listen(page: Page) -> None:
    """Begin to listen and let the first sentences, which say what to do, come to their end."""
    switch(page).click()
    page.evaluate("() => window.finish()")
    spoken(page)


def switch(page: Page) -> Locator:
    return page.locator("[data-aloud]")


def line(page: Page, words: str) -> Locator:
    return page.locator(".hearable").filter(has_text=words).locator(".listen")


def test_each_line_is_read_by_a_tap_and_stops_by_a_second(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET, script=voices(LOCAL))
    assert page.locator(".listen").count() == 0
    switch(page).click()
    assert spoken(page) == ["点哪一行，就读哪一行。", "会有声音，旁边的人也听得到。"]
    page.evaluate("() => window.finish()")
    spoken(page)
    secrecy = line(page, "老师会替你保密")
    secrecy.click()
    assert spoken(page) == ["老师会替你保密。", "只有三种情况，我们要告诉能帮忙的大人："]
    assert secrecy.get_attribute("aria-pressed") == "true"
    secrecy.click()
    assert spoken(page) == ["silence"]
    assert secrecy.get_attribute("aria-pressed") == "false"


def test_only_one_line_speaks_at_a_time_and_a_finished_one_is_done(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET, script=voices(LOCAL))
    listen(page)
    one, other = line(page, "有话想说"), line(page, "不用写名字")
    one.click()
    other.click()
    assert spoken(page) == ["有话想说？", "写下来。", "silence", "不用写名字。", "写错字、写拼音都可以。"]
    assert page.locator(".listen[aria-pressed=true]").count() == 1
    page.evaluate("() => window.finish()")
    assert page.locator(".listen[aria-pressed=true]").count() == 0


def test_what_buttons_say_and_numbers_to_call_can_be_heard(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET, script=voices(LOCAL))
    listen(page)
    page.locator(".row > .listen").first.click()
    assert spoken(page) == ["写信。", "看回信"]
    page.locator(".help-panel > summary").click()
    spoken(page)
    line(page, "青少年热线").click()
    assert spoken(page) == ["1 2 3 5 5 ，青少年热线"]


def test_with_pinyin_shown_the_characters_are_read_and_nothing_else(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET, script=voices(LOCAL))
    page.locator("[data-pinyin]").click()
    listen(page)
    line(page, "别的人有危险").click()
    assert spoken(page) == ["别的人有危险"]


def test_a_reply_is_read_after_a_word_about_the_sound_and_nothing_a_child_wrote_ever(
    classroom: Classroom,
) -> None:
    page = classroom.tablet(LOW_TABLET, script=voices(LOCAL))
    listen(page)
    begin_letter(page, WORDS)
    heard = [page.locator(".listen").nth(place) for place in range(page.locator(".listen").count())]
    for button in heard:
        if button.is_visible():
            button.click()
    assert not any("橘子树" in sentence for sentence in spoken(page))
    touch(page, "清屏").click()
    touch(page, "写信").wait_for()
    code = write(page)
    assert not any(word in sentence for word in code for sentence in spoken(page))
    leave(page)
    classroom.answer_all(REPLY)
    tap_code(page, code)
    switch(page).click()
    assert page.get_by_text("旁边的人也听得到").is_visible()
    page.evaluate("() => window.finish()")
    spoken(page)
    page.locator(".reply .listen").click()
    assert spoken(page) == ["我也会想家。", "午休来图书角坐坐。"]


def test_the_code_is_never_read_to_the_room(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET, script=voices(LOCAL))
    listen(page)
    code = write(page)
    spoken(page)
    for place in range(page.locator("main .listen").count()):
        button = page.locator("main .listen").nth(place)
        if button.is_visible():
            button.click()
    said = spoken(page)
    assert "送到了，谢谢你写信" in said
    assert not any(word in sentence for word in code for sentence in said)


def test_it_falls_silent_when_the_child_leaves_hides_or_ends_its_time(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET, script=voices(LOCAL))
    begin_letter(page)
    listen(page)
    question = line(page, "你想说什么")
    question.click()
    page.locator("[data-hide-now]").click()
    assert spoken(page)[-1] == "silence"
    page.locator("[data-still-here]:visible").click()
    question.click()
    assert spoken(page) == ["你想说什么？"]
    page.evaluate("() => document.dispatchEvent(new Event('wiped'))")
    assert spoken(page) == ["silence"]
    question.click()
    spoken(page)
    page.evaluate("() => dispatchEvent(new PageTransitionEvent('pagehide'))")
    assert spoken(page) == ["silence"]


def test_while_it_speaks_the_child_counts_as_there(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET, script=voices(LOCAL))
    listen(page)
    page.evaluate("() => { window.stillHere = 0; }")
    line(page, "老师会替你保密").click()
    assert page.evaluate("() => window.stillHere") == 1
    wait_until(page, "() => window.stillHere > 1")


def test_a_voice_of_the_tablet_itself_is_taken_and_slowed(classroom: Classroom) -> None:
    for given, name in (
        ((REMOTE, CANTONESE, TAIWAN, LOCAL), "here"),
        ((ENGLISH, TAIWAN, ANDROID), "android"),
        ((REMOTE, TAIWAN), "taiwan"),
    ):
        page = classroom.tablet(LOW_TABLET, script=voices(*given))
        switch(page).click()
        assert page.evaluate("() => window.spoken[0].slice(1)") == [name, 0.85]


def test_without_such_a_voice_no_button_appears_and_one_sentence_says_so(classroom: Classroom) -> None:
    for script in (voices(REMOTE, CANTONESE, ENGLISH), voices(), "delete window.SpeechSynthesisUtterance;"):
        page = classroom.tablet(LOW_TABLET, script=script)
        page.get_by_text("这台平板不会读中文。").wait_for()
        assert not switch(page).is_visible()
        touch(page, "看回信").click()
        heading(page, "你的六张图").wait_for()
        assert page.get_by_text("这台平板不会读中文。").count() == 0


def test_a_voice_that_comes_late_is_still_used(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET, script=voices())
    assert not switch(page).is_visible()
    page.evaluate(f"() => window.voicesCame([{json.dumps(LOCAL)}])")
    assert switch(page).is_visible()
    assert not page.get_by_text("这台平板不会读中文。").is_visible()


def test_an_english_page_is_read_by_an_english_voice(classroom: Classroom) -> None:
    page = classroom.tablet(LOW_TABLET, script=voices(LOCAL, ENGLISH), locale="en")
    switch(page).click()
    assert page.evaluate("() => window.spoken[0].slice(0, 2)") == ["Tap a line to hear it.", "english"]


def test_whoever_listens_goes_on_listening_on_the_next_page_and_the_next_child_does_not(
    classroom: Classroom,
) -> None:
    page = classroom.tablet(LOW_TABLET, script=voices(LOCAL))
    listen(page)
    touch(page, "看回信").click()
    line(page, "你的六张图是什么").wait_for()
    # It waits for a finger: a page that speaks by itself would startle a room.
    assert [said for said in spoken(page) if said != "silence"] == []
    touch(page, "清屏").click()
    touch(page, "写信").wait_for()
    assert page.locator(".listen").count() == 0


def test_every_line_is_a_finger_high_and_no_page_grows_wider(classroom: Classroom) -> None:
    for viewport in (LOW_TABLET, PHONE):
        page = classroom.tablet(viewport, script=voices(LOCAL))
        listen(page)
        page.locator(".help-panel > summary").click()
        boxes = [box for button in page.locator(".listen:visible").all() if (box := button.bounding_box())]
        assert min(min(box["width"], box["height"]) for box in boxes) >= TOUCH_PX
        assert page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
        switch(page).click()
        assert page.locator(".listen, .hearable").count() == 0

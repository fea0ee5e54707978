"""A drawing and a voice on the desk in a real browser: under our headers it shows the one and plays the other."""

from __future__ import annotations

import os

from mailbox.letters.post import Letter, SentPart, post
from mailbox.rules.letter_kinds import LetterKind
from mailbox.store.tables import new_id
from mailbox.upkeep.demo_drawing import WIDTH, house_and_sun
from tests.mailbox.media.samples import recording
from tests.stories.people import Counselor
from tests.support.browser import Visitors, wait_until
from tests.support.served import ServedApp
from tests.support.staffed import PASSPHRASE, StaffedSchool

BLUR = "getComputedStyle(document.querySelector('.drawing img')).filter"
LENGTH = """() => new Promise((heard, failed) => {
  const voice = document.querySelector("audio");
  voice.addEventListener("loadedmetadata", () => heard(voice.duration));
  voice.addEventListener("error", () => failed(new Error("not playable")));
  voice.load();
})"""


def test_a_reader_sees_the_drawing_after_a_tap_hears_the_voice_and_prints_the_letter_home(
    shared_program: ServedApp, staffed_school: StaffedSchool, visitors: Visitors
) -> None:
    school = staffed_school
    parts = (SentPart("drawing", house_and_sun()), SentPart("voice", recording("ipad")))
    letter = Letter(
        school.school_id,
        new_id(),
        "这是我家",
        os.urandom(16),
        kind=LetterKind.TO_PARENTS,
        details={"to": "奶奶"},
        parts=parts,
    )
    post(school.office, letter)
    page = visitors.visit()
    reader = Counselor(page)
    reader.log_in(shared_program.url, school.login, PASSPHRASE)
    assert reader.open(0) == "这是我家"
    shown = page.locator(".drawing img")
    wait_until(page, "document.querySelector('.drawing img').naturalWidth")
    assert shown.evaluate("image => image.naturalWidth") == WIDTH
    assert "blur" in page.evaluate(BLUR)
    page.locator(".drawing").click()
    assert page.evaluate(BLUR) == "none"
    assert 1.5 < page.evaluate(LENGTH) < 2.5
    page.get_by_role("button", name="已经转给家长").click()
    page.get_by_text("还没有转，点错了").wait_for()
    page.get_by_role("link", name="打印给家长").click()
    page.get_by_role("heading", name="一封家信").wait_for()
    page.emulate_media(media="print")
    assert page.locator(".child").inner_text() == "这是我家"
    assert not page.locator(".not-printed").is_visible()

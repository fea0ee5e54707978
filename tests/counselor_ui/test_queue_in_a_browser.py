"""The list in a real browser: it says that it changed and does not move; keys and words stay where they belong."""

from __future__ import annotations

import os
from collections.abc import Callable
from urllib.parse import unquote

import pytest
from playwright.sync_api import expect

from mailbox.letters.post import Letter, post
from mailbox.store.tables import new_id
from tests.stories.people import Counselor
from tests.support.browser import Visitors
from tests.support.served import ServedApp
from tests.support.staffed import PASSPHRASE, StaffedSchool, staff

# What the page does by itself every twenty seconds it also does when somebody comes back to it.
LOOK_AGAIN = "document.dispatchEvent(new Event('visibilitychange'))"


def arrive(school: StaffedSchool, words: str) -> None:
    post(school.office, Letter(school.school_id, new_id(), words, os.urandom(16)))


def test_the_list_tells_of_a_change_without_moving_and_is_searched_without_a_trace(
    shared_program: ServedApp, staffed_school: StaffedSchool, visitors: Visitors
) -> None:
    school = staffed_school
    arrive(school, "橘子树下的秘密")
    page = visitors.visit()
    Counselor(page).log_in(shared_program.url, school.login, PASSPHRASE)
    changed, letters = page.locator(".changed"), page.locator(".queue .open")
    with page.expect_response("**/desk/letters/state") as unchanged:
        page.evaluate(LOOK_AGAIN)
    assert unchanged.value.status == 304
    expect(changed).to_be_empty()

    arrive(school, "又一封信")
    page.evaluate(LOOK_AGAIN)
    expect(changed).to_have_text("有新的信。")
    expect(letters).to_have_count(1)
    page.keyboard.press("g")
    expect(letters).to_have_count(2)
    expect(changed).to_be_empty()

    field = page.get_by_label("在信里找")
    field.press_sequentially("jkg?")
    expect(field).to_have_value("jkg?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    field.fill("橘子")
    field.press("Enter")
    expect(page.locator(".results mark")).to_have_text("橘子")
    assert "橘子" not in unquote(page.url)
    page.keyboard.press("j")
    expect(page.locator(".results .open")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".child")).to_contain_text("橘子树下的秘密")


def test_the_audit_command_knows_a_head_from_a_paper(made_app: Callable[..., ServedApp]) -> None:
    served = made_app(web_workers=1)
    staff(served)
    head = served.flask("audit", "verify").split()[-1]
    assert head in served.flask("audit", "verify", "--head", head)
    with pytest.raises(RuntimeError, match="missing: 0000-0000-0000"):
        served.flask("audit", "verify", "--head", "0000-0000-0000")

"""A draft in a real browser: it is kept while somebody types, survives a logout, and an older page is told."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from mailbox.letters.desk import queue
from mailbox.letters.drafts import draft_of
from mailbox.letters.post import Letter, post
from mailbox.store.tables import new_id
from tests.support.browser import DESK, Visitors
from tests.support.served import ServedApp
from tests.support.staffed import PASSPHRASE, StaffedSchool
from triage.protocol import Assessment, Topic, Urgency

WORDS = "谢谢你写信来，我明天去看看"


@pytest.fixture
def served(shared_program: ServedApp) -> ServedApp:
    return shared_program


@pytest.fixture
def school(staffed_school: StaffedSchool) -> StaffedSchool:
    return staffed_school


def arrived(school: StaffedSchool) -> str:
    """Let a letter arrive; return its thread."""
    read = Assessment(Urgency.ROUTINE, None, (Topic.OTHER,), (), "说得很明白", {})
    office = replace(school.office, assess=lambda _text, _adjustment: read)
    post(office, Letter(school.school_id, new_id(), "一封信", os.urandom(16)))
    return queue(school.office, school.counselor)[0].id


def log_in(page: Page, served: ServedApp, school: StaffedSchool) -> None:
    page.goto(f"{served.url}/desk/login")
    page.fill("[name=login_name]", school.login)
    page.fill("[name=passphrase]", PASSPHRASE)
    page.click("button.primary")
    page.wait_for_selector(".bar")


def open_letter(page: Page, served: ServedApp, thread_id: str) -> None:
    page.goto(f"{served.url}/desk/letters/{thread_id}")


def test_a_draft_survives_a_logout_in_the_middle_of_a_word(
    served: ServedApp, school: StaffedSchool, visitors: Visitors
) -> None:
    thread_id, page = arrived(school), visitors.visit(viewport=DESK)
    log_in(page, served, school)
    open_letter(page, served, thread_id)
    page.fill("[name=reply]", WORDS)
    # At once, before the page has had time to keep it by itself.
    page.click(".leave button")
    page.wait_for_selector("[name=passphrase]")
    log_in(page, served, school)
    open_letter(page, served, thread_id)
    expect(page.locator("[name=reply]")).to_have_value(WORDS)


def test_typing_is_kept_by_itself_and_sending_leaves_nothing(
    served: ServedApp, school: StaffedSchool, visitors: Visitors
) -> None:
    thread_id, page = arrived(school), visitors.visit(viewport=DESK)
    log_in(page, served, school)
    open_letter(page, served, thread_id)
    page.fill("[name=reply]", WORDS)
    expect(page.locator("[data-draft-saved]")).to_be_visible()
    page.locator(".beginnings summary").click()
    page.locator(".beginnings button").first.click()
    assert page.locator("[name=reply]").input_value().startswith(WORDS + "谢谢你")
    page.fill("[name=reply]", WORDS + "。")
    page.click(".reply-form .button.primary")
    page.wait_for_selector(".notice.good")
    assert draft_of(school.office, school.counselor, thread_id) is None


def test_an_older_page_is_told_and_overwrites_nothing(
    served: ServedApp, school: StaffedSchool, visitors: Visitors
) -> None:
    thread_id, page = arrived(school), visitors.visit(viewport=DESK)
    log_in(page, served, school)
    open_letter(page, served, thread_id)
    newer = page.context.new_page()
    open_letter(newer, served, thread_id)
    newer.fill("[name=reply]", "新的一页")
    expect(newer.locator("[data-draft-saved]")).to_be_visible()
    page.fill("[name=reply]", "旧的一页")
    expect(page.locator("[data-draft-newer]")).to_be_visible()
    draft = draft_of(school.office, school.counselor, thread_id)
    assert draft is not None and draft.text == "新的一页"
    expect(page.locator("[name=reply]")).to_have_value("旧的一页")


def test_typing_in_a_form_renews_the_session_and_in_a_reply_the_claim_too(
    served: ServedApp, school: StaffedSchool, visitors: Visitors
) -> None:
    thread_id, page = arrived(school), visitors.visit(viewport=DESK)
    log_in(page, served, school)
    page.clock.install()
    letter = f"/desk/letters/{thread_id}"
    renewals = (("/desk/talks/new", "words", "/desk/still-here"), (letter, "reply", f"{letter}/still-here"))
    for address, field, renewed_at in renewals:
        page.goto(f"{served.url}{address}")
        page.clock.fast_forward("03:00")
        with page.expect_response(f"{served.url}{renewed_at}") as renewed:
            page.fill(f"[name={field}]", WORDS)
        assert renewed.value.status == 204
        expect(page.locator(f"[name={field}]")).to_have_value(WORDS)

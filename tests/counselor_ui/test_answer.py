"""Answering: held or at once, never twice, and what was typed is never lost to a refusal."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from markupsafe import escape
from werkzeug.test import TestResponse

from mailbox.letters.answer import claim
from mailbox.letters.collect import collect
from mailbox.letters.desk import OpenedReply, open_thread, queue
from mailbox.letters.post import Letter, Posted, post
from mailbox.people.arrivals import approve
from mailbox.people.login import Colleague, log_in, who
from mailbox.store.tables import Thread, new_id
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.counselor_ui.at_desk import HTTPS, Browser, arrive, form_of, logged_in

REPLY = "谢谢你的信，<周三>来心屋坐坐"


@pytest.fixture
def browser(school: SchoolAtWork) -> Browser:
    return logged_in(school)


@pytest.fixture
def colleague(school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]) -> Colleague:
    person_id, login_name = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    return who(school.office, log_in(school.office, login_name, PASSPHRASE))


def send(browser: Browser, thread_id: str, reply: str = REPLY, when: str = "held") -> TestResponse:
    return browser.send(f"/desk/letters/{thread_id}", "/reply", reply=reply, when=when)


def replies(school: SchoolAtWork, thread_id: str) -> list[OpenedReply]:
    return open_thread(school.office, school.counselor, thread_id).replies


def posted(school: SchoolAtWork) -> tuple[Posted, str]:
    kept = post(school.office, Letter(school.school_id, new_id(), "一封信", os.urandom(16)))
    return kept, queue(school.office, school.counselor)[0].id


def next_day(school: SchoolAtWork) -> str:
    return (school.office.local_now().date() + timedelta(days=1)).isoformat()


def test_a_reply_to_a_letter_that_was_just_shredded_gives_the_words_back(
    school: SchoolAtWork, browser: Browser
) -> None:
    thread_id = arrive(school, "一封信")
    address, token = form_of(browser.get(f"/desk/letters/{thread_id}").text, "/reply")
    with school.office.database.work() as work:
        work.session.delete(work.session.get_one(Thread, thread_id))
        work.commit()
    for step in ("reply", "draft", "edit", "preview"):
        data = {"token": token, "reply": REPLY, "when": "now"}
        gone = browser.client.post(address.removesuffix("reply") + step, base_url=HTTPS, data=data)
        assert (gone.status_code, "这封信不在了" in gone.text) == (404, True), step
        assert escape(REPLY) in gone.text


def test_other_words_on_a_letter_that_was_just_shredded_are_given_back_too(
    school: SchoolAtWork, browser: Browser, colleague: Colleague
) -> None:
    thread_id = arrive(school, "一封信")
    letter, times = f"/desk/letters/{thread_id}", f"/desk/appointments/{thread_id}"
    steps = ((letter, "/remark", "remark"), (letter, "/level", "reason"), (letter, "/second-reader", "asking"))
    fields = {"second": colleague.person_id, "urgency": "soon", "when": "now"}
    fields |= {"on-0": next_day(school), "at-0": "12:30", "place-0": "心屋"}
    forms = [(*form_of(browser.get(page).text, step), field) for page, step, field in steps]
    forms.append((*form_of(browser.get(times).text, times), "reply"))
    with school.office.database.work() as work:
        work.session.delete(work.session.get_one(Thread, thread_id))
        work.commit()
    for address, token, field in forms:
        gone = browser.client.post(address, base_url=HTTPS, data=fields | {"token": token, field: REPLY})
        assert (gone.status_code, "这封信不在了" in gone.text) == (404, True), address
        assert escape(REPLY) in gone.text


def test_a_reply_waits_for_the_opening_unless_told_otherwise(school: SchoolAtWork, browser: Browser) -> None:
    page = browser.get(f"/desk/letters/{arrive(school, '一封信')}").text
    assert 'value="held" checked' in page and 'value="now" checked' not in page


@pytest.mark.parametrize(
    ("when", "state", "said"), [("held", "held", "开箱时孩子就能看到"), ("now", "released", "孩子现在")]
)
def test_a_reply_is_sent_and_thanked_for(
    school: SchoolAtWork, browser: Browser, when: str, state: str, said: str
) -> None:
    thread_id = arrive(school, "一封信")
    sent = send(browser, thread_id, when=when)
    assert (sent.status_code, sent.location) == (303, f"/desk/letters/?thanks={when}")
    queue_page = browser.get(sent.location).text
    assert said in queue_page and "谢谢您" in queue_page
    assert [(reply.text, reply.state) for reply in replies(school, thread_id)] == [(REPLY, state)]


def test_a_value_that_is_no_choice_waits_for_the_opening(school: SchoolAtWork, browser: Browser) -> None:
    thread_id = arrive(school, "一封信")
    send(browser, thread_id, when="whenever")
    assert replies(school, thread_id)[0].state == "held"


def test_a_reply_given_now_is_read_by_the_child(school: SchoolAtWork, browser: Browser) -> None:
    kept, thread_id = posted(school)
    send(browser, thread_id, when="now")
    assert [reply.text for reply in collect(school.office, school.school_id, kept.code).replies] == [REPLY]


def test_a_nervous_finger_sends_one_reply(school: SchoolAtWork, browser: Browser) -> None:
    thread_id = arrive(school, "一封信")
    page = browser.get(f"/desk/letters/{thread_id}")
    assert [browser.send(page, "/reply", reply=REPLY).status_code for _ in range(3)] == [303] * 3
    assert len(replies(school, thread_id)) == 1


def test_another_reply_can_follow(school: SchoolAtWork, browser: Browser) -> None:
    thread_id = arrive(school, "一封信")
    send(browser, thread_id)
    assert "再写一封" in browser.get(f"/desk/letters/{thread_id}").text
    send(browser, thread_id, "还有一句")
    assert [reply.text for reply in replies(school, thread_id)] == [REPLY, "还有一句"]


def test_an_answered_letter_shows_its_reply_as_plain_text(school: SchoolAtWork, browser: Browser) -> None:
    thread_id = arrive(school, "一封信")
    send(browser, thread_id)
    page = browser.get(f"/desk/letters/{thread_id}").text
    assert "谢谢你的信，&lt;周三&gt;来心屋坐坐" in page and "等开箱时给孩子" in page


@pytest.mark.parametrize("reply", ["", " \n ", "长" * 4_001])
def test_a_reply_that_cannot_be_kept_stays_in_its_form(school: SchoolAtWork, browser: Browser, reply: str) -> None:
    thread_id = arrive(school, "一封信")
    refused = send(browser, thread_id, reply, "now")
    assert refused.status_code == 400
    assert "回信要 1 到 4000 个字" in refused.text
    assert f'aria-labelledby="reply-title">{reply}</textarea>' in refused.text
    assert 'value="now" checked' in refused.text
    assert replies(school, thread_id) == []


def test_a_reply_from_a_page_that_lay_open_too_long_stays_in_its_form(school: SchoolAtWork, browser: Browser) -> None:
    thread_id = arrive(school, "一封信")
    page = browser.get(f"/desk/letters/{thread_id}")
    for _ in range(13):
        school.clock.advance(minutes=10)
        browser.get("/desk/letters/")
    refused = browser.send(page, "/reply", reply="写了很久的回信")
    assert refused.status_code == 400
    assert "放得太久" in refused.text and "写了很久的回信</textarea>" in refused.text
    assert replies(school, thread_id) == []
    assert browser.send(refused, "/reply", reply="写了很久的回信").status_code == 303


def test_a_reply_to_a_letter_that_a_colleague_took_is_not_sent_and_names_them(
    school: SchoolAtWork, colleague: Colleague, browser: Browser
) -> None:
    thread_id = arrive(school, "一封信")
    page = browser.get(f"/desk/letters/{thread_id}")
    claim(school.office, colleague, thread_id)
    refused = browser.send(page, "/reply", reply=REPLY)
    assert refused.status_code == 409
    assert "何老师正在处理这封信" in refused.text
    # What was typed can still be copied, though not sent.
    assert "&lt;周三&gt;来心屋坐坐" in refused.text
    assert replies(school, thread_id) == []


def outlive_the_claim(school: SchoolAtWork, browser: Browser, page: TestResponse) -> None:
    """Let the claim's time run out while typing elsewhere on the page keeps the session."""
    found = re.search(r'data-renew="([^"]+)" data-renew-token="([^"]+)"', page.text)
    assert found
    for _ in range(2):
        school.clock.advance(minutes=8)
        assert browser.client.post(found[1], base_url=HTTPS, data={"token": found[2]}).status_code == 204


def test_a_reply_after_the_own_claim_ran_out_is_sent(school: SchoolAtWork, browser: Browser) -> None:
    thread_id = arrive(school, "一封信")
    browser.send(f"/desk/letters/{thread_id}", "/claim")
    page = browser.get(f"/desk/letters/{thread_id}")
    outlive_the_claim(school, browser, page)
    assert queue(school.office, school.counselor)[0].claimed_by is None
    assert browser.send(page, "/reply", reply=REPLY, when="now").status_code == 303
    assert [reply.text for reply in replies(school, thread_id)] == [REPLY]


def test_a_reply_after_a_colleague_took_the_lapsed_claim_keeps_its_words(
    school: SchoolAtWork, colleague: Colleague, browser: Browser
) -> None:
    thread_id = arrive(school, "一封信")
    browser.send(f"/desk/letters/{thread_id}", "/claim")
    page = browser.get(f"/desk/letters/{thread_id}")
    outlive_the_claim(school, browser, page)
    claim(school.office, colleague, thread_id)
    refused = browser.send(page, "/reply", reply=REPLY, when="now")
    assert (refused.status_code, escape(REPLY) in refused.text) == (409, True)
    assert replies(school, thread_id) == []


def test_a_reply_after_the_session_ended_leads_to_the_login(school: SchoolAtWork, browser: Browser) -> None:
    thread_id = arrive(school, "一封信")
    page = browser.get(f"/desk/letters/{thread_id}")
    school.clock.advance(minutes=16)
    assert browser.send(page, "/reply", reply=REPLY).location == "/desk/login"
    browser.log_in("lin")
    assert "等着的信" in browser.get("/desk/letters/").text


@pytest.mark.parametrize("action", ["claim", "give-back", "level", "reply", "still-here"])
def test_no_form_from_elsewhere_changes_anything(school: SchoolAtWork, browser: Browser, action: str) -> None:
    thread_id = arrive(school, "一封信")
    page = browser.get(f"/desk/letters/{thread_id}").text
    fields = {"reply": REPLY, "urgency": "urgent", "reason": "理由甲"}
    _, token_of_another_form = form_of(page, "/logout")
    for token in ({}, {"token": "x"}, {"token": token_of_another_form}):
        address = f"/desk/letters/{thread_id}/{action}"
        assert browser.client.post(address, base_url=HTTPS, data={**token, **fields}).status_code == 400
    assert (queue(school.office, school.counselor)[0].urgency, replies(school, thread_id)) == ("routine", [])


def test_a_reply_too_large_for_any_form_is_refused_in_a_sentence(school: SchoolAtWork, browser: Browser) -> None:
    refused = send(browser, arrive(school, "一封信"), "长" * 30_000)
    assert refused.status_code == 413
    assert "写得太长" in refused.text

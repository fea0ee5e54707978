"""Writing a reply without a script: the second look, drafts, beginnings and the preview; nothing typed is lost."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable
from html import unescape

import pytest
from werkzeug.test import TestResponse

from counselor_ui.check_words import ADVICE
from mailbox.letters.answer import claim
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.drafts import draft_of, keep_draft
from mailbox.letters.post import Letter, post
from mailbox.people.arrivals import approve
from mailbox.people.help_page import Help, Helper, save_help
from mailbox.people.login import log_in, who
from mailbox.rules.gentle_check import CHECKS, IDENTITY, IDENTITY_ADVICE, QUOTE, QUOTE_ADVICE
from mailbox.rules.letter_kinds import LetterKind
from mailbox.store.tables import Draft, new_id
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.counselor_ui.at_desk import HTTPS, Browser, another_browser, arrive, form_of, logged_in, words_of
from tests.support.page_words import words_of_page

LETTER = "他们每天把我的书包扔到楼下，我不敢说"
GOOD = "谢谢你写信来，这不是你的错。我在心屋等你。"
UNKIND = "你怎么不早说，想开点。"
SECRET = "我保证不告诉别人。"


@pytest.fixture
def browser(school: SchoolAtWork) -> Browser:
    return logged_in(school)


@pytest.fixture
def thread_id(school: SchoolAtWork) -> str:
    return arrive(school, LETTER)


def page_of(thread_id: str) -> str:
    return f"/desk/letters/{thread_id}"


def press(browser: Browser, page: str | TestResponse, step: str, **fields: str) -> TestResponse:
    """Press another button of the reply's form, with all that the form holds hidden."""
    shown = browser.get(page).text if isinstance(page, str) else page.text
    address, token = form_of(shown, "/reply")
    hidden = dict(re.findall(r'type="hidden" name="(draft|reply|when)" value="([^"]*)"', shown))
    data = {**{name: unescape(value) for name, value in hidden.items()}, "token": token, **fields}
    headers = {"Accept-Language": browser.language}
    where = address if step == "reply" else address.removesuffix("reply") + step
    return browser.client.post(where, base_url=HTTPS, data=data, headers=headers)


def seen(page: TestResponse) -> list[str]:
    return [unescape(value) for value in re.findall(r'name="seen" value="([^"]*)"', page.text)]


def sent(school: SchoolAtWork, thread_id: str) -> list[str | None]:
    return [reply.text for reply in open_thread(school.office, school.counselor, thread_id).replies]


def draft(school: SchoolAtWork, thread_id: str) -> str | None:
    kept = draft_of(school.office, school.counselor, thread_id)
    return kept.text if kept else None


def typed(page: TestResponse) -> str:
    found = re.search(r'<textarea[^>]*name="reply"[^>]*>([^<]*)</textarea>', page.text)
    assert found
    return unescape(found[1])


# --- the second look ------------------------------------------------------------------------------


def test_a_good_reply_goes_without_a_question(school: SchoolAtWork, browser: Browser, thread_id: str) -> None:
    assert press(browser, page_of(thread_id), "reply", reply=GOOD).status_code == 303
    assert sent(school, thread_id) == [GOOD]


def test_a_reply_with_finds_comes_back_with_each_marked_and_its_advice(
    school: SchoolAtWork, browser: Browser, thread_id: str
) -> None:
    page = press(browser, page_of(thread_id), "reply", reply=UNKIND, when="now")
    assert page.status_code == 200 and sent(school, thread_id) == []
    assert typed(page) == UNKIND and 'value="now" checked' in page.text
    assert "<mark>你怎么不早<sup>1</sup></mark>" in page.text or "<mark>怎么不早<sup>1</sup></mark>" in page.text
    assert ADVICE["blame"] in page.text and ADVICE["belittling"] in page.text
    assert "改一改" in page.text and "就这样送出" in page.text and "您来决定" in page.text


def test_who_has_read_the_advice_may_send_all_the_same(school: SchoolAtWork, browser: Browser, thread_id: str) -> None:
    page = press(browser, page_of(thread_id), "reply", reply=UNKIND)
    _, token = form_of(page.text, "/reply")
    data = {"token": token, "reply": UNKIND, "anyway": "1", "seen": seen(page)}
    assert browser.client.post(f"{page_of(thread_id)}/reply", base_url=HTTPS, data=data).status_code == 303
    assert sent(school, thread_id) == [UNKIND]


def test_what_is_new_since_the_advice_is_shown_first(school: SchoolAtWork, browser: Browser, thread_id: str) -> None:
    page = press(browser, page_of(thread_id), "reply", reply=UNKIND)
    _, token = form_of(page.text, "/reply")
    data = {"token": token, "reply": UNKIND + SECRET, "anyway": "1", "seen": seen(page)}
    again = browser.client.post(f"{page_of(thread_id)}/reply", base_url=HTTPS, data=data)
    assert again.status_code == 200 and ADVICE["secrecy"] in again.text
    assert sent(school, thread_id) == []


def test_a_corrected_reply_goes(school: SchoolAtWork, browser: Browser, thread_id: str) -> None:
    page = press(browser, page_of(thread_id), "reply", reply=UNKIND)
    assert press(browser, page, "reply", reply=GOOD).status_code == 303
    assert sent(school, thread_id) == [GOOD]


def test_the_childs_own_words_and_name_are_found(school: SchoolAtWork, browser: Browser) -> None:
    letter = Letter(
        school.school_id, new_id(), LETTER, os.urandom(16), kind=LetterKind.MEET, details={"name": "陈小雨"}
    )
    post(school.office, letter)
    thread_id = queue(school.office, school.counselor)[0].id
    page = press(browser, page_of(thread_id), "reply", reply="陈小雨，你说他们每天把我的书包扔到楼下。")
    assert ADVICE[QUOTE] in page.text and ADVICE[IDENTITY] in page.text


def test_the_advice_is_english_for_who_reads_english(school: SchoolAtWork, browser: Browser, thread_id: str) -> None:
    english = Browser(browser.client, "en")
    page = press(english, page_of(thread_id), "reply", reply=UNKIND)
    assert "Send as it is" in page.text and "This may sound like blame" in page.text


def test_every_find_has_its_advice_in_the_catalogue() -> None:
    of_check = {check.kind: check.advice for check in CHECKS}
    assert {**of_check, QUOTE: QUOTE_ADVICE, IDENTITY: IDENTITY_ADVICE} == ADVICE


# --- drafts ---------------------------------------------------------------------------------------


def test_a_kept_draft_is_there_when_the_letter_is_opened_again(
    school: SchoolAtWork, browser: Browser, thread_id: str
) -> None:
    kept = press(browser, page_of(thread_id), "draft", reply="写到一半")
    assert kept.status_code == 303 and kept.location.endswith("?kept=1#reply")
    assert "草稿存好了，封着" in browser.get(kept.location.split("#")[0]).text
    browser.send(page_of(thread_id), "/logout")
    browser.log_in("lin")
    page = browser.get(page_of(thread_id))
    assert typed(page) == "写到一半" and "没有写完的草稿" in page.text


def test_a_draft_survives_a_restart_of_the_program(school: SchoolAtWork, browser: Browser, thread_id: str) -> None:
    press(browser, page_of(thread_id), "draft", reply="写到一半")
    assert typed(logged_in(school).get(page_of(thread_id))) == "写到一半"


def test_of_two_pages_the_newer_draft_stays_and_both_are_shown(
    school: SchoolAtWork, browser: Browser, thread_id: str
) -> None:
    older = browser.get(page_of(thread_id))
    press(browser, page_of(thread_id), "draft", reply="新的一页写的")
    page = press(browser, older, "draft", reply="旧的一页写的")
    assert page.status_code == 409 and "另一个页面里有更新的草稿" in page.text
    assert typed(page) == "旧的一页写的" and "新的一页写的</p>" in page.text
    assert draft(school, thread_id) == "新的一页写的"
    assert press(browser, page, "draft", reply="旧的一页写的").status_code == 303
    assert draft(school, thread_id) == "旧的一页写的"


def test_pressing_twice_keeps_one_draft(school: SchoolAtWork, browser: Browser, thread_id: str) -> None:
    page = browser.get(page_of(thread_id))
    assert [press(browser, page, "draft", reply="写到一半").status_code for _ in range(2)] == [303, 303]


def test_the_pages_script_keeps_what_is_typed(school: SchoolAtWork, browser: Browser, thread_id: str) -> None:
    page = browser.get(page_of(thread_id)).text
    found = re.search(r'data-draft="([^"]+)" data-draft-token="([^"]+)"', page)
    assert found
    first = browser.client.post(found[1], base_url=HTTPS, data={"token": found[2], "draft": "", "reply": "写"})
    news = first.get_json()
    second = {"token": news["token"], "draft": news["draft"], "reply": "写了一句"}
    assert browser.client.post(found[1], base_url=HTTPS, data=second).status_code == 200
    assert draft(school, thread_id) == "写了一句"
    # The first page again, as it was: another one is newer.
    assert browser.client.post(found[1], base_url=HTTPS, data={**second, "reply": "旧"}).status_code == 409
    assert first.headers["Cache-Control"] == "no-store"


def test_a_sent_reply_leaves_no_draft(school: SchoolAtWork, browser: Browser, thread_id: str) -> None:
    press(browser, page_of(thread_id), "draft", reply=UNKIND)
    page = press(browser, page_of(thread_id), "reply", reply=GOOD)
    assert page.status_code == 303 and draft(school, thread_id) is None
    assert typed(browser.get(page_of(thread_id))) == ""


@pytest.mark.parametrize("step", ["reply", "edit", "preview"])
def test_whatever_is_asked_of_the_form_its_words_are_kept(
    school: SchoolAtWork, browser: Browser, thread_id: str, step: str
) -> None:
    press(browser, page_of(thread_id), step, reply=UNKIND)
    assert draft(school, thread_id) == UNKIND


def test_a_colleague_who_was_faster_costs_no_word(
    school: SchoolAtWork, browser: Browser, thread_id: str, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    page = browser.get(page_of(thread_id))
    person_id, login_name = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    he = who(school.office, log_in(school.office, login_name, PASSPHRASE))
    claim(school.office, he, thread_id)
    refused = press(browser, page, "reply", reply=GOOD)
    assert refused.status_code == 409 and GOOD in refused.text
    assert draft(school, thread_id) == GOOD
    # And it can be read again as long as the colleague works on the letter.
    assert GOOD in browser.get(page_of(thread_id)).text
    assert keep_draft(school.office, he, thread_id, "何老师写的", "")
    assert "何老师写的" not in browser.get(page_of(thread_id)).text


def test_a_damaged_draft_is_said_and_can_be_written_over(
    school: SchoolAtWork, browser: Browser, thread_id: str
) -> None:
    press(browser, page_of(thread_id), "draft", reply="写到一半")
    with school.office.database.work() as work:
        work.session.query(Draft).one().box = b"\x01broken"
        work.commit()
    page = browser.get(page_of(thread_id))
    assert "您的草稿坏了" in page.text and typed(page) == ""
    assert press(browser, page, "draft", reply="重新写").status_code == 303
    assert draft(school, thread_id) == "重新写"


@pytest.mark.parametrize("step", ["draft", "draft/typing", "edit", "preview", "reply"])
def test_no_form_from_elsewhere_keeps_or_sends_anything(
    school: SchoolAtWork, browser: Browser, thread_id: str, step: str
) -> None:
    for token in ({}, {"token": "x"}):
        data = {**token, "reply": GOOD, "draft": ""}
        assert browser.client.post(f"{page_of(thread_id)}/{step}", base_url=HTTPS, data=data).status_code == 400
    assert draft(school, thread_id) is None and sent(school, thread_id) == []


def test_no_word_of_a_draft_stands_in_a_log_or_an_address(
    school: SchoolAtWork, browser: Browser, thread_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for step in ("draft", "preview", "edit", "reply"):
        answered = press(browser, page_of(thread_id), step, reply="蓝色的风筝。" + UNKIND)
        assert "风筝" not in answered.headers.get("Location", "")
    assert "风筝" not in caplog.text


# --- beginnings -----------------------------------------------------------------------------------


def test_a_beginning_is_put_into_an_empty_form(school: SchoolAtWork, browser: Browser, thread_id: str) -> None:
    named = Help(helpers=(Helper("林老师", "二楼心屋"),))
    save_help(school.office, school.school_id, school.counselor.person_id, named, "")
    page = browser.get(page_of(thread_id))
    assert "回信的开头" in page.text and 'value="other-1.chinese"' in page.text
    again = press(browser, page, "edit", reply="", beginning="other-1.chinese")
    assert typed(again).startswith("谢谢你写信来") and "二楼心屋找林老师" in typed(again)


def test_a_beginning_goes_below_what_is_typed(browser: Browser, thread_id: str) -> None:
    again = press(browser, page_of(thread_id), "edit", reply="你好。", beginning="other-1.chinese")
    assert typed(again).startswith("你好。\n谢谢你写信来")


@pytest.mark.parametrize("chosen", ["", "no-such.chinese", ".", "x"])
def test_a_beginning_that_is_none_leaves_the_words_alone(browser: Browser, thread_id: str, chosen: str) -> None:
    assert typed(press(browser, page_of(thread_id), "edit", reply="你好。", beginning=chosen)) == "你好。"


def test_english_beginnings_are_offered_to_who_reads_english(browser: Browser, thread_id: str) -> None:
    english = Browser(browser.client, "en")
    page = english.get(page_of(thread_id))
    assert 'value="other-1.english"' in page.text
    assert 'value="other-1.english"' not in browser.get(page_of(thread_id)).text
    again = press(english, page, "edit", reply="", beginning="other-1.english")
    assert typed(again).startswith("Thank you for writing")


def test_a_blank_in_a_borrowed_beginning_is_found_before_it_goes(browser: Browser, thread_id: str) -> None:
    again = press(browser, page_of(thread_id), "edit", reply="", beginning="other-1.chinese")
    page = press(browser, again, "reply", reply=typed(again))
    assert page.status_code == 200 and ADVICE["blank"] in page.text


# --- preview --------------------------------------------------------------------------------------


def test_the_preview_shows_the_reply_with_its_pinyin_and_how_hard_it_is(browser: Browser, thread_id: str) -> None:
    page = press(browser, page_of(thread_id), "preview", reply=GOOD, when="now")
    assert "<ruby>谢<rt>xiè</rt></ruby>" in page.text
    assert "大约 2 年级起能自己读" in page.text and "孩子用图案一看就有" in page.text
    assert "就这样送出" not in page.text


def test_hard_characters_and_long_sentences_are_named(browser: Browser, thread_id: str) -> None:
    hard = "请配合心理疏导，缓解焦虑情绪，和我们一起慢慢地想办法，把这些天的事情一件一件地理清楚。"
    page = words_of(press(browser, page_of(thread_id), "preview", reply=hard).text)
    assert "句子有点长" in page and "低年级可能还没学的字" in page and "疏" in page


def test_from_the_preview_it_is_sent_or_changed(school: SchoolAtWork, browser: Browser, thread_id: str) -> None:
    page = press(browser, page_of(thread_id), "preview", reply="第一行\r\n" + GOOD, when="now")
    again = press(browser, page, "edit")
    assert typed(again) == "第一行\n" + GOOD and 'value="now" checked' in again.text
    assert press(browser, page, "reply").status_code == 303
    assert sent(school, thread_id) == ["第一行\n" + GOOD]


def test_the_preview_shows_what_the_check_finds(school: SchoolAtWork, browser: Browser, thread_id: str) -> None:
    page = press(browser, page_of(thread_id), "preview", reply=UNKIND)
    assert ADVICE["blame"] in page.text and "就这样送出" in page.text
    _, token = form_of(page.text, "/reply")
    data = {"token": token, "reply": UNKIND, "anyway": "1", "seen": seen(page)}
    assert browser.client.post(f"{page_of(thread_id)}/reply", base_url=HTTPS, data=data).status_code == 303
    assert sent(school, thread_id) == [UNKIND]


def test_there_is_no_preview_of_nothing(browser: Browser, thread_id: str) -> None:
    page = press(browser, page_of(thread_id), "preview", reply="  ")
    assert page.status_code == 400 and "回信要 1 到 4000 个字" in page.text


def test_a_reply_of_signs_and_markup_is_shown_as_it_is(browser: Browser, thread_id: str) -> None:
    page = press(browser, page_of(thread_id), "preview", reply="<b>你好</b> \u202e abc")
    assert "&lt;b&gt;" in page.text and "<b>" not in page.text and "‹U+202E›" in page.text
    assert "你好" in words_of_page(page.text)


def test_a_second_browser_of_the_same_person_finds_the_draft(
    school: SchoolAtWork, browser: Browser, thread_id: str
) -> None:
    press(browser, page_of(thread_id), "draft", reply="写到一半")
    other = another_browser(browser)
    other.log_in("lin")
    assert typed(other.get(page_of(thread_id))) == "写到一半"


# --- words between colleagues ---------------------------------------------------------------------


def test_a_letter_is_handed_to_a_colleague_with_a_word(
    school: SchoolAtWork, browser: Browser, thread_id: str, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    person_id, login_name = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    sent_on = browser.send(page_of(thread_id), "/remark", remark="请何老师接着看", hand_to=person_id)
    assert sent_on.status_code == 303
    page = words_of(logged_in(school, login_name).get(page_of(thread_id)).text)
    assert "林老师把信交给何老师： 请何老师接着看" in page and "我在处理" in page
    assert "何老师正在处理这封信" in browser.get(page_of(thread_id)).text


def test_a_remark_that_is_refused_stays_in_its_form(browser: Browser, thread_id: str) -> None:
    refused = browser.send(page_of(thread_id), "/remark", remark="长" * 1_001)
    assert refused.status_code == 400 and "1 到 1000 个字" in refused.text
    assert "长" * 1_001 + "</textarea>" in refused.text


def test_alone_at_school_one_can_only_leave_a_word(browser: Browser, thread_id: str) -> None:
    page = browser.get(page_of(thread_id))
    assert "对同事说" in page.text and "把信交给" not in page.text
    browser.send(page, "/remark", remark="<b>记一笔</b>")
    assert "&lt;b&gt;记一笔&lt;/b&gt;" in browser.get(page_of(thread_id)).text

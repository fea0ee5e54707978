"""One letter on the desk: as the child wrote it, with what was found in it, and what a colleague already did."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

import pytest
from sqlalchemy import text as sql

from counselor_ui.marked_text import Segment, segments
from mailbox.letters.answer import answer, claim, correct
from mailbox.letters.desk import open_thread
from mailbox.letters.post import Letter, write_back
from mailbox.people.arrivals import approve
from mailbox.people.login import Colleague, log_in, who
from mailbox.store.outbox import open_alarms
from mailbox.store.tables import new_id
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.counselor_ui.at_desk import Browser, another_browser, arrive, logged_in, reading, words_of
from triage.protocol import Cause, Reason, Source, Topic, Urgency

CHILD = re.compile(r'<div class="child" dir="auto">(.*?)</div>', re.S)
TURN = re.compile(r'<(?:article|p) class="turn (\w+)">(.*?)</(?:article|p)>\s*(?=<article|<p class="turn|</div>)', re.S)
CALM = "已打开，警报已停。 请现在就与值班领导联系，并按学校预案处理。"


@pytest.fixture
def browser(school: SchoolAtWork) -> Browser:
    return logged_in(school)


@pytest.fixture
def colleague(school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]) -> Colleague:
    person_id, login_name = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    return who(school.office, log_in(school.office, login_name, PASSPHRASE))


def page_of(browser: Browser, thread_id: str) -> str:
    return browser.get(f"/desk/letters/{thread_id}").text


def child_of(browser: Browser, thread_id: str) -> str:
    """Return the inside of the first letter on a page, as HTML."""
    found = CHILD.search(page_of(browser, thread_id))
    assert found
    return found[1]


# --- the text -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("{{ 7*7 }}{% raw %}", "{{ 7*7 }}{% raw %}"),
        ('" onmouseover="x', "&#34; onmouseover=&#34;x"),
        ("&lt;b&gt;", "&amp;lt;b&amp;gt;"),
        ("ئانام كەتتى", "ئانام كەتتى"),
        ("a\u202ecba\u202c", "a‹U+202E›cba‹U+202C›"),
        ("x\u2067y\u200b\ufeff", "x‹U+2067›y‹U+200B›‹U+FEFF›"),
        ("\x00\x1b[31m\x7f\x85", "␀␛[31m␡‹U+0085›"),
        ("一行\r\n两行\n\t三行", "一行\n两行\n\t三行"),
        ("👨‍👩‍👧 क्‍ष 😢", "👨‍👩‍👧 क्‍ष 😢"),
    ],
)
def test_a_letter_is_plain_text_with_every_sign_visible(
    school: SchoolAtWork, browser: Browser, words: str, shown: str
) -> None:
    assert child_of(browser, arrive(school, words)) == shown


def test_found_phrases_are_marked_and_said_in_words_beside(school: SchoolAtWork, browser: Browser) -> None:
    office = reading(school.office, Urgency.SOON, [("总是一个人", 2, 4), ("睡不着", 5, 8)])
    thread_id = arrive(school, "我没朋友<睡不着", office)
    page = page_of(browser, thread_id)
    assert "我没<mark>朋友<sup>1</sup></mark>&lt;<mark>睡不着<sup>2</sup></mark>" in page
    assert "<li>总是一个人</li><li>睡不着</li>" in page
    assert "电脑觉得：比较像" in page and "情绪" in page


def test_no_score_is_shown(school: SchoolAtWork, browser: Browser) -> None:
    office = reading(school.office, Urgency.SOON, [("睡不着", 0, 2)], scores={"urgent": 0.4711, "mood": 0.8312})
    page = page_of(browser, arrive(school, "我睡不着", office))
    assert "4711" not in page and "8312" not in page and "47%" not in page


def found(start: int, end: int) -> Reason:
    return Reason("所说", 1, start, end, Source.RULE, "U1")


def pieces(text: str, *places: tuple[int, int]) -> list[Segment]:
    return segments(text, [found(start, end) for start, end in places])


def test_overlapping_places_are_one_mark() -> None:
    assert pieces("一二三四五六", (0, 3), (2, 5)) == [Segment("一二三四五", (1, 2)), Segment("六", ())]
    assert pieces("一二三四", (0, 4), (1, 2)) == [Segment("一二三四", (1, 2))]
    assert pieces("一二三四", (2, 3), (0, 2)) == [Segment("一二", (2,)), Segment("三", (1,)), Segment("四", ())]


def test_places_outside_the_text_hide_nothing() -> None:
    assert pieces("一二三", (2, 99), (7, 9)) == [Segment("一二", ()), Segment("三", (1,))]
    assert pieces("", (0, 1)) == []
    assert "".join(segment.text for segment in pieces("一二三", (-5, 2), (1, -1))) == "一二三"


# --- what to do -----------------------------------------------------------------------------------


def test_an_opened_urgent_letter_says_calmly_what_to_do_now(school: SchoolAtWork, browser: Browser) -> None:
    thread_id = arrive(school, "【紧急】")
    page = page_of(browser, thread_id)
    assert CALM in words_of(page)
    notice = page[page.index("grave now") : page.index('class="turns"')]
    for address in ("/desk/alarms/", "/desk/plan/", f"/desk/cases/new/{thread_id}"):
        assert f'href="{address}"' in notice
    with school.office.database.view() as view:
        assert open_alarms(view.session, school.school_id) == []


@pytest.mark.parametrize("words", ["日常", "【尽快】"])
def test_no_other_letter_says_so(school: SchoolAtWork, browser: Browser, words: str) -> None:
    assert "警报" not in words_of(page_of(browser, arrive(school, words)).partition("<main")[2])


def test_a_letter_on_which_triage_failed_counts_as_urgent(school: SchoolAtWork, browser: Browser) -> None:
    office = reading(school.office, Urgency.UNSCREENED, [], cause=Cause.FAILED, sureness="没有读")
    page = words_of(page_of(browser, arrive(school, "一封信", office)))
    assert CALM in page and "按紧急处理" in page
    assert "没有找到要特别留意的话" not in page


def test_every_topic_has_a_word_in_both_languages(school: SchoolAtWork, browser: Browser) -> None:
    thread_id = arrive(school, "一封信", reading(school.office, Urgency.ROUTINE, [], topics=tuple(Topic)))
    shown = words_of(page_of(browser, thread_id))
    assert all(topic.chinese in shown for topic in Topic)
    browser.language = "en"
    assert not any(topic.chinese in page_of(browser, thread_id) for topic in Topic)


# --- what does not open ---------------------------------------------------------------------------


def test_a_damaged_letter_is_said_to_be_damaged(school: SchoolAtWork, browser: Browser) -> None:
    thread_id = arrive(school, "【紧急】")
    with school.office.database.work() as work:
        work.session.execute(sql("UPDATE notes SET box = circumstances"))
        work.commit()
    page = words_of(page_of(browser, thread_id))
    assert "这封信损坏了" in page
    assert "这封信坏了打不开，警报已停。 请现在就与值班领导联系" in page and CALM not in page


def test_a_letter_of_a_week_without_a_key_says_whom_to_ask(
    school: SchoolAtWork, browser: Browser, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    thread_id = arrive(school, "【紧急】早来的信")
    person_id, login_name = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    newcomer = another_browser(browser)
    newcomer.log_in(login_name)
    page = words_of(page_of(newcomer, thread_id))
    assert "这一周的钥匙您还没有" in page and "早来的信" not in page
    assert "警报也许还没有停" in page and CALM not in page
    with school.office.database.view() as view:
        assert len(open_alarms(view.session, school.school_id)) == 1


@pytest.mark.parametrize("thread_id", ["0" * 32, "x", "a" * 33, "%00", "..", "' OR 1=1", "０" * 32])
def test_an_unknown_letter_is_not_there(browser: Browser, thread_id: str) -> None:
    assert browser.get(f"/desk/letters/{thread_id}").status_code == 404


def test_a_letter_closed_to_somebody_is_not_there_for_them(
    school: SchoolAtWork, colleague: Colleague, browser: Browser
) -> None:
    thread_id = arrive(school, "不要给何老师看", not_for=[colleague.person_id])
    assert "不要给何老师看" in page_of(browser, thread_id)
    theirs = another_browser(browser)
    theirs.log_in("he")
    assert theirs.get(f"/desk/letters/{thread_id}").status_code == 404


# --- who is at it ---------------------------------------------------------------------------------


def test_a_letter_is_claimed_and_given_back(school: SchoolAtWork, browser: Browser) -> None:
    thread_id = arrive(school, "一封信")
    address = f"/desk/letters/{thread_id}"
    assert browser.send(address, "/claim").location == address
    assert "我在处理" in page_of(browser, thread_id)
    assert browser.send(address, "/give-back").location == address
    assert "我来处理" in page_of(browser, thread_id)


def test_a_letter_claimed_by_a_colleague_names_them_and_hides_the_reply_form(
    school: SchoolAtWork, colleague: Colleague, browser: Browser
) -> None:
    thread_id = arrive(school, "一封信")
    claim(school.office, colleague, thread_id)
    page = page_of(browser, thread_id)
    assert "何老师正在处理这封信" in page
    assert 'name="reply"' not in page and "/claim" not in page


def test_a_claim_that_came_too_late_says_who_was_faster(
    school: SchoolAtWork, colleague: Colleague, browser: Browser
) -> None:
    thread_id = arrive(school, "一封信")
    page = browser.get(f"/desk/letters/{thread_id}")
    claim(school.office, colleague, thread_id)
    late = browser.send(page, "/claim")
    assert late.status_code == 409
    assert "何老师正在处理这封信" in late.text


def test_typing_renews_the_session_and_the_claim(school: SchoolAtWork, colleague: Colleague, browser: Browser) -> None:
    thread_id = arrive(school, "一封信")
    page = page_of(browser, thread_id)
    address, token = (re.search(rf'{name}="([^"]+)"', page) for name in ("data-still-here", "data-still-here-token"))
    assert address and token
    for _ in range(3):
        school.clock.advance(minutes=10)
        answered = browser.client.post(address[1], base_url="https://localhost", data={"token": token[1]})
        assert answered.status_code == 204
    assert browser.get("/desk/letters/").status_code == 200
    theirs = who(school.office, log_in(school.office, "he", PASSPHRASE))
    assert open_thread(school.office, theirs, thread_id).row.claimed_by == school.counselor.person_id


# --- the conversation -----------------------------------------------------------------------------


def turns(page: str) -> list[tuple[str, str]]:
    return [(kind, words_of(turn)) for kind, turn in TURN.findall(page)]


def replied(school: SchoolAtWork, thread_id: str, text: str, by: Colleague | None = None) -> None:
    reader = by or school.counselor
    open_thread(school.office, reader, thread_id)
    answer(school.office, reader, thread_id, text, release_now=True, form_nonce=os.urandom(16))


def wrote_back(school: SchoolAtWork, thread_id: str, text: str) -> None:
    write_back(school.office, Letter(school.school_id, new_id(), text, os.urandom(16)), thread_id)


def test_letters_replies_and_changed_levels_stand_in_time_order(school: SchoolAtWork, colleague: Colleague) -> None:
    thread_id = arrive(school, "第一封")
    school.clock.advance(days=1)
    correct(school.office, school.counselor, thread_id, Urgency.SOON, "听起来一直难过")
    replied(school, thread_id, "谢谢你的第一封", colleague)
    school.clock.advance(days=1)
    wrote_back(school, thread_id, "第二封")
    shown = turns(page_of(logged_in(school), thread_id))
    assert [kind for kind, _ in shown] == ["note", "changed", "answered", "note"]
    assert "林老师把级别从 日常 改为 尽快 ：听起来一直难过" in shown[1][1]
    assert "何老师的回信" in shown[2][1] and "谢谢你的第一封" in shown[2][1]
    assert shown[3][1].startswith("孩子又写来")


def test_a_letter_that_came_after_a_reply_on_the_same_day_stands_after_it(
    school: SchoolAtWork, browser: Browser
) -> None:
    thread_id = arrive(school, "第一封")
    replied(school, thread_id, "回信")
    wrote_back(school, thread_id, "第二封")
    assert [kind for kind, _ in turns(page_of(browser, thread_id))] == ["note", "answered", "note"]


def test_what_stands_beside_two_letters_is_a_note_and_no_landmark(school: SchoolAtWork, browser: Browser) -> None:
    thread_id = arrive(school, "第一封")
    wrote_back(school, thread_id, "第二封")
    beside = re.findall(r'<aside class="margin"[^>]*>', page_of(browser, thread_id))
    assert [' role="note"' in place for place in beside] == [True, True]


def test_a_level_is_corrected_with_a_reason_and_one_press(school: SchoolAtWork, browser: Browser) -> None:
    thread_id = arrive(school, "日常")
    address = f"/desk/letters/{thread_id}"
    assert browser.send(address, "/level", urgency="urgent", reason="<b>写到").location == address
    page = page_of(browser, thread_id)
    assert "林老师把级别从 日常 改为 紧急 ：<b>写到" in words_of(page)
    assert "<b>写到" not in page


@pytest.mark.parametrize(
    ("urgency", "reason", "said"),
    [
        ("urgent", " ", "请写一句理由"),
        ("urgent", "长" * 401, "请写一句理由"),
        ("worse", "理由甲", "请选择紧急、尽快或日常"),
        ("unscreened", "理由甲", "请选择紧急、尽快或日常"),
    ],
)
def test_a_correction_that_is_refused_keeps_its_reason(
    school: SchoolAtWork, browser: Browser, urgency: str, reason: str, said: str
) -> None:
    refused = browser.send(f"/desk/letters/{arrive(school, '日常')}", "/level", urgency=urgency, reason=reason)
    assert refused.status_code == 400
    assert said in refused.text
    assert f'name="reason" value="{reason}"' in refused.text

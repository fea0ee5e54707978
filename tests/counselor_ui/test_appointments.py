"""Times to meet at the desk: offered with a second look, seen in the thread and on the list, kept in the form."""

from __future__ import annotations

import re
from datetime import date, time

import pytest
from werkzeug.test import TestResponse

from mailbox.care.appointments import meetings, times_that_hold
from mailbox.care.talks import own_talks
from mailbox.letters.desk import open_thread
from mailbox.letters.drafts import keep_draft
from mailbox.letters.meeting_times import in_force
from mailbox.letters.post import post, write_back
from mailbox.letters.reply_words import Choice, MeetingTime
from mailbox.rules.letter_kinds import LetterKind
from tests.conftest import SchoolAtWork
from tests.counselor_ui.at_desk import Browser, arrive, logged_in, words_of
from tests.mailbox.letters.test_journey import letter_of

TUESDAY = MeetingTime(date(2026, 3, 3), time(12, 30), "二楼心屋")
ONE = {"reply": "选一个吧", "on-0": "2026-03-03", "at-0": "12:30", "place-0": "二楼心屋", "when": "now"}


@pytest.fixture
def browser(school: SchoolAtWork) -> Browser:
    return logged_in(school)


@pytest.fixture
def thread_id(school: SchoolAtWork) -> str:
    letter = letter_of(school, "想当面说", kind=LetterKind.MEET, details={"name": "小禾"})
    return post(school.office, letter).thread_id


def offer(browser: Browser, thread_id: str, **more: str) -> TestResponse:
    return browser.send(f"/desk/appointments/{thread_id}", thread_id, **{**ONE, **more})


def chosen(school: SchoolAtWork, thread_id: str, place: int | None = 0) -> None:
    offered = in_force(open_thread(school.office, school.counselor, thread_id).replies)
    assert offered
    write_back(school.office, letter_of(school, "", choice=Choice(offered.id, place)), thread_id)


def test_times_are_sent_from_the_letter_and_shown_in_it(school: SchoolAtWork, browser: Browser, thread_id: str) -> None:
    assert f"/desk/appointments/{thread_id}" in browser.get(f"/desk/letters/{thread_id}").text
    assert offer(browser, thread_id).status_code == 303
    assert times_that_hold(school.office, school.counselor, thread_id) == (TUESDAY,)
    assert "3月3日周二 12:30 二楼心屋" in words_of(browser.get(f"/desk/letters/{thread_id}").text)


def test_what_a_child_chose_stands_in_the_letter_and_on_the_list(
    school: SchoolAtWork, browser: Browser, thread_id: str
) -> None:
    offer(browser, thread_id)
    chosen(school, thread_id)
    assert "孩子选了：3月3日周二 12:30，二楼心屋" in words_of(browser.get(f"/desk/letters/{thread_id}").text)
    said = words_of(browser.get("/desk/appointments/").text)
    assert "3月3日周二 12:30 二楼心屋" in said and "孩子留的名字：小禾" in said
    chosen(school, thread_id, None)
    assert "这些时间都不行" in browser.get(f"/desk/letters/{thread_id}").text
    assert "现在没有约好的时间" in browser.get("/desk/appointments/").text


def test_a_meeting_becomes_a_talk_record_with_one_click(school: SchoolAtWork, browser: Browser, thread_id: str) -> None:
    offer(browser, thread_id)
    chosen(school, thread_id)
    school.clock.advance(days=1, hours=6)
    mine = logged_in(school)
    address = re.search(r'href="(/desk/talks/new\?met=[^"]+)"', mine.get("/desk/appointments/").text)
    assert address
    form = mine.get(address[1])
    assert 'value="2026-03-03"' in form.text and 'value="小禾"' in form.text
    kept = mine.send(form, "/new", on="2026-03-03", who="小禾", words="聊了聊", thread=thread_id)
    assert kept.status_code == 303
    assert [(one.on, one.thread_id) for _, one in own_talks(school.office, school.counselor).talks] == [
        (date(2026, 3, 3), thread_id)
    ]


def test_a_record_of_a_meeting_names_no_letter_of_a_nameless_child(school: SchoolAtWork, browser: Browser) -> None:
    nameless = post(school.office, letter_of(school, "想当面说", kind=LetterKind.MEET)).thread_id
    offer(browser, nameless)
    chosen(school, nameless)
    form = browser.get(f"/desk/talks/new?met={nameless}").text
    assert 'name="thread" value=""' in form and "没有留名字的信" in form


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"on-0": "", "at-0": ""}, "请至少给一个时间"),
        ({"at-0": ""}, "没有写全"),
        ({"at-0": "noon"}, "没有写全"),
        ({"on-0": "2026-03-07"}, "不上学"),
        ({"on-0": "2026-02-27"}, "已经过去"),
        ({"place-0": ""}, "请写在哪里见"),
        ({"when": "held"}, "开箱以前"),
        ({"reply": ""}, "回信要 1 到 4000 个字"),
    ],
)
def test_what_is_refused_stays_in_the_form(
    school: SchoolAtWork, browser: Browser, thread_id: str, more: dict[str, str], said: str
) -> None:
    refused = offer(browser, thread_id, **{"place-1": "石凳", "on-1": "", "at-1": "", **more})
    assert refused.status_code == 400 and said in refused.text
    kept = {**ONE, **more}
    assert (
        all(f'value="{kept[name]}"' in refused.text for name in ("on-0", "at-0", "place-0")) and "石凳" in refused.text
    )
    assert times_that_hold(school.office, school.counselor, thread_id) == ()


def test_words_that_want_a_second_look_are_shown_before_they_go(
    school: SchoolAtWork, browser: Browser, thread_id: str
) -> None:
    asked = offer(browser, thread_id, reply="想开点，我们见一面")
    assert asked.status_code == 200 and "还没有送出" in asked.text and 'value="12:30"' in asked.text
    seen = re.findall(r'name="seen" value="([^"]+)"', asked.text)
    sent = browser.send(asked, thread_id, **{**ONE, "reply": "想开点，我们见一面", "anyway": "1", "seen": seen[0]})
    assert sent.status_code == 303


def test_times_are_called_off_at_once_and_kindly(school: SchoolAtWork, browser: Browser, thread_id: str) -> None:
    offer(browser, thread_id)
    chosen(school, thread_id)
    form = browser.get(f"/desk/appointments/{thread_id}/call-off")
    assert "二楼心屋" in form.text and "已经在路上" in form.text
    assert "回信要 1 到 4000 个字" in browser.send(form, "/call-off", reply=" ").text
    assert browser.send(form, "/call-off", reply="今天我病了，真对不起").status_code == 303
    assert meetings(school.office, school.counselor).coming == []
    said = words_of(browser.get(f"/desk/letters/{thread_id}").text)
    assert "以前给的时间不作数了" in said and "这个时间您已经换掉了" in said


def test_a_letter_with_my_draft_says_so_to_me_alone(school: SchoolAtWork, browser: Browser) -> None:
    plain, begun = arrive(school, "一"), arrive(school, "二")
    keep_draft(school.office, school.counselor, begun, "写了一半", "")
    rows = re.findall(r'href="/desk/letters/(\w{32})">.*?</li>', browser.get("/desk/letters/").text, re.S)
    page = browser.get("/desk/letters/").text
    tagged = {id_: "有我的草稿" in page.split(id_, 1)[1].split("</li>")[0] for id_ in rows}
    assert tagged == {plain: False, begun: True}

"""A child chooses one of the times that a reply offers, without scripts: chosen once, kindly refused, never lost."""

from __future__ import annotations

import os
import re
from datetime import date, time

import pytest
from werkzeug.test import TestResponse

from mailbox.care.appointments import meetings, offer_times
from mailbox.letters.answer import answer
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.reply_words import MeetingTime
from tests.mailbox.kiosk.tablet import Tablet, code_of, field_of
from tests.mailbox.kiosk.test_writing import a_store_without_notes
from tests.support.page_words import everything_in, words_of_page

# The clock stands on Monday, the second of March 2026, at 8:00.
TUESDAY = MeetingTime(date(2026, 3, 3), time(12, 30), "二楼心屋")
WEDNESDAY = MeetingTime(date(2026, 3, 4), time(16, 0), "图书角")


def offer(tablet: Tablet, *times: MeetingTime, release_now: bool = True) -> None:
    office, counselor = tablet.school.office, tablet.school.counselor
    thread_id = (queue(office, counselor) + queue(office, counselor, answered=True))[0].id
    open_thread(office, counselor, thread_id)
    offer_times(office, counselor, thread_id, "见一面吧", times, release_now=release_now, form_nonce=os.urandom(16))


@pytest.fixture
def code(tablet: Tablet) -> str:
    """The code of a letter that was answered with two times."""
    code = "".join(code_of(tablet.send("想和老师当面说", kind="meet")))
    offer(tablet, TUESDAY, WEDNESDAY)
    return code


def choose(tablet: Tablet, page: TestResponse, place: str = "", words: str = "") -> TestResponse:
    form = next(form for form in re.findall(r"<form.*?</form>", page.text, re.S) if "/choose-time" in form)
    fields = dict(re.findall(r'type="hidden" name="(token|offered)" value="([^"]+)"', form))
    return tablet.post("/choose-time", {**fields, **({"time": place} if place else {})}, words=words)


def agreed(tablet: Tablet) -> list[MeetingTime]:
    return [one.time for one in meetings(tablet.school.office, tablet.school.counselor).coming]


def test_the_times_stand_below_their_reply_as_children_say_them(tablet: Tablet, code: str) -> None:
    said = words_of_page(tablet.open_typed(code).text)
    assert "哪个时间可以？" in said
    assert "3月3日周二 中午12:30 二楼心屋" in said and "3月4日周三 下午4:00 图书角" in said and "都不行" in said


def test_one_tap_and_a_sentence_arrive_as_a_letter_written_back(tablet: Tablet, code: str) -> None:
    said = words_of_page(choose(tablet, tablet.open_typed(code), "1", "我会带上小本子").text)
    assert "送到了" in said and "会在那个时间等你" in said
    assert (agreed(tablet), tablet.letters()) == ([WEDNESDAY], ["想和老师当面说", "我会带上小本子"])


def test_none_of_them_is_answered_as_kindly(tablet: Tablet, code: str) -> None:
    assert "会再找别的时间" in words_of_page(choose(tablet, tablet.open_typed(code), "none").text)
    assert agreed(tablet) == []


def test_a_second_tap_is_one_letter(tablet: Tablet, code: str) -> None:
    page = tablet.open_typed(code)
    for _ in range(2):
        assert choose(tablet, page, "0").status_code == 200
    assert tablet.letters() == ["想和老师当面说", ""]


def test_nothing_chosen_comes_back_with_the_sentence_and_the_times(tablet: Tablet, code: str) -> None:
    for place in ("", "7", "-1", "x"):
        again = choose(tablet, tablet.open_typed(code), place, "我有空")
        said = words_of_page(again.text)
        assert (again.status_code, "还没有选" in said, "二楼心屋" in said) == (400, True, True)
        assert 'value="我有空"' in again.text
    assert choose(tablet, again, "0", "我有空").status_code == 200
    assert agreed(tablet) == [TUESDAY]


def test_what_could_not_be_kept_stays_chosen(tablet: Tablet, code: str) -> None:
    page = tablet.open_typed(code)
    with a_store_without_notes(tablet.school):
        again = choose(tablet, page, "1", "我有空")
    assert (again.status_code, "还没有存好" in words_of_page(again.text)) == (503, True)
    assert re.search(r'value="1" required checked', again.text) and 'value="我有空"' in again.text
    assert choose(tablet, again, "1", "我有空").status_code == 200


def test_a_time_that_goes_by_is_said_and_cannot_be_chosen(tablet: Tablet, code: str) -> None:
    page = tablet.open_typed(code)
    tablet.school.clock.advance(days=1, hours=4, minutes=10)
    shown = tablet.open_typed(code)
    assert "中午12:30 过去了" in words_of_page(shown.text) and 'name="time" value="0"' not in shown.text
    tablet.school.clock.advance(days=1, hours=4)
    said = words_of_page(tablet.open_typed(code).text)
    assert "这些时间都过去了" in said and "告诉老师" not in said.partition("还想说什么")[0]
    tired = words_of_page(choose(tablet, page, "0").text)
    assert "这一页放得太久了" in tired and "再选时间" in tired


def test_a_time_that_went_by_while_the_page_stood_open_is_refused(tablet: Tablet, code: str) -> None:
    tablet.school.clock.advance(days=1, hours=3, minutes=50)
    page = tablet.open_typed(code)
    tablet.school.clock.advance(minutes=20)
    again = choose(tablet, page, "0")
    assert (again.status_code, "刚刚过去了" in words_of_page(again.text)) == (400, True)


def test_times_that_were_changed_are_not_to_be_chosen_any_more(tablet: Tablet, code: str) -> None:
    offer(tablet, MeetingTime(date(2026, 3, 5), time(9, 5), "操场"))
    said = words_of_page(tablet.open_typed(code).text)
    assert "这里的时间换掉了" in said and "上午9:05 操场" in said and "二楼心屋" not in said


def test_a_choice_on_a_page_older_than_the_teachers_newest_reply_is_not_kept_and_says_so(
    tablet: Tablet, code: str
) -> None:
    page = tablet.open_typed(code)
    offer(tablet, MeetingTime(date(2026, 3, 5), time(9, 5), "操场"))
    refused = choose(tablet, page, "0", "我会带上小本子")
    said = words_of_page(refused.text)
    assert refused.status_code == 400
    assert "老师又写了一封回信" in said and "会在那个时间等你" not in said and "二楼心屋" not in said
    # What the child wrote is still there, and nothing was kept that the teacher would wait for.
    assert "我会带上小本子" in refused.text and tablet.letters() == []
    shown = tablet.open_typed(code)
    assert "上午9:05 操场" in words_of_page(shown.text)
    assert choose(tablet, shown, "0").status_code == 200
    assert agreed(tablet) == [MeetingTime(date(2026, 3, 5), time(9, 5), "操场")]


def test_a_second_tap_after_the_times_were_changed_does_not_promise_the_old_one(tablet: Tablet, code: str) -> None:
    page = tablet.open_typed(code)
    assert choose(tablet, page, "0").status_code == 200
    offer(tablet)
    again = choose(tablet, page, "0")
    assert (again.status_code, "会在那个时间等你" in words_of_page(again.text)) == (400, False)
    assert agreed(tablet) == []


def test_a_reply_that_waits_for_the_opening_changes_no_times_yet(tablet: Tablet, code: str) -> None:
    page = tablet.open_typed(code)
    offer(tablet, MeetingTime(date(2026, 3, 9), time(9, 5), "操场"), release_now=False)
    assert choose(tablet, page, "0").status_code == 200
    assert agreed(tablet) == [TUESDAY]


def test_times_still_hold_below_a_later_answer_without_any(tablet: Tablet, code: str) -> None:
    office, counselor = tablet.school.office, tablet.school.counselor
    thread_id = queue(office, counselor, answered=True)[0].id
    answer(office, counselor, thread_id, "别紧张", release_now=True, form_nonce=os.urandom(16))
    assert choose(tablet, tablet.open_typed(code), "1").status_code == 200
    assert agreed(tablet) == [WEDNESDAY]


def test_a_form_of_another_tablet_chooses_nothing(tablet: Tablet, code: str) -> None:
    other = tablet.another("四年级教室")
    page = tablet.open_typed(code)
    refused = choose(other, page, "0")
    assert (refused.status_code, "二楼心屋" in everything_in(refused.text)) == (400, False)
    token = field_of(page, "token")
    assert tablet.post("/choose-time", token=token, offered="forged", time="0").status_code == 400
    assert agreed(tablet) == []


def test_the_next_child_sees_nothing_of_a_choice_that_was_refused(tablet: Tablet, code: str) -> None:
    page = tablet.open_typed(code)
    tablet.school.clock.advance(seconds=5)
    tablet.get("/clear")
    again = everything_in(choose(tablet, page, "", "秘密").text)
    assert "秘密" not in again and "二楼心屋" not in again

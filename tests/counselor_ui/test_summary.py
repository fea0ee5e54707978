"""The weekly summary: numbers with their meaning, never a word of a letter, and only for readers."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

from mailbox.letters.answer import answer, correct
from mailbox.letters.desk import open_thread
from mailbox.openings.opening import open_what_is_due
from tests.conftest import SchoolAtWork
from tests.counselor_ui.at_desk import Browser, arrive, logged_in, words_of
from tests.mailbox.openings.at_opening import bring_lead
from triage.protocol import Urgency

LINE = re.compile(r'<tr[^>]*><th scope="row">(.*?)</th>(.*?)</tr>', re.S)


def table(browser: Browser) -> dict[str, list[int]]:
    """Return each line's name with its numbers, the running week first."""
    page = browser.get("/desk/summary/").text
    return {
        words_of(name.partition('<span class="hint">')[0]): [int(number) for number in words_of(numbers).split()]
        for name, numbers in LINE.findall(page)
    }


def test_the_running_week_is_counted(school: SchoolAtWork) -> None:
    for words in ("【紧急】", "【尽快】", "日常", "我把秘密埋在橘子树下"):
        thread_id = arrive(school, words)
    open_thread(school.office, school.counselor, thread_id)
    correct(school.office, school.counselor, thread_id, Urgency.SOON, "听起来难过")
    answer(school.office, school.counselor, thread_id, "谢谢你", release_now=False, form_nonce=os.urandom(16))
    assert table(logged_in(school)) == {
        "收到": [4],
        "紧急": [1],
        "请人看": [0],
        "尽快": [1],
        "日常": [2],
        "看过": [1],
        "已回信": [1],
        "还在等": [3],
        "恶作剧": [0],
        "写出的回信": [1],
        "取走的回信": [0],
        "先说一声": [0],
        "老师调高": [1],
        "老师调低": [0],
        "其中从紧急调低": [0],
    }


def test_what_is_closed_to_a_reader_is_in_no_number_of_theirs(school: SchoolAtWork) -> None:
    lead_id = bring_lead(school)
    thread_id = arrive(school, "【紧急】", not_for=[lead_id])
    open_thread(school.office, school.counselor, thread_id)
    correct(school.office, school.counselor, thread_id, Urgency.SOON, "已经和家里说好，今天没有急事")
    answer(school.office, school.counselor, thread_id, "谢谢你", release_now=False, form_nonce=os.urandom(16))
    theirs = table(logged_in(school, "an"))
    assert len(theirs) == 15 and not any(number for numbers in theirs.values() for number in numbers)
    ours = table(logged_in(school))
    assert (ours["收到"], ours["已回信"], ours["写出的回信"], ours["其中从紧急调低"]) == ([1], [1], [1], [1])


def test_no_word_of_a_letter_a_reply_or_a_name_of_a_reader_stands_in_it(school: SchoolAtWork) -> None:
    thread_id = arrive(school, "我把秘密埋在橘子树下")
    answer(school.office, school.counselor, thread_id, "蒲公英都开了", release_now=True, form_nonce=os.urandom(16))
    page = logged_in(school).get("/desk/summary/").text.partition("<main")[2]
    assert not any(word in page for word in ("橘子", "蒲公英", "林老师", thread_id))


def test_the_last_four_weeks_stand_beside_it(school: SchoolAtWork) -> None:
    for _ in range(6):
        arrive(school, "一封信")
        school.clock.advance(days=7)
        open_what_is_due(school.office)
    browser = logged_in(school)
    assert table(browser)["收到"] == [0, 1, 1, 1, 1]
    page = words_of(browser.get("/desk/summary/").text)
    assert "本周 到4月17日周五 4月10日周五 已开箱" in page


def test_every_number_is_explained(school: SchoolAtWork) -> None:
    page = logged_in(school).get("/desk/summary/").text
    assert len(LINE.findall(page)) == 15
    assert all('<span class="hint">' in name and words_of(name) for name, _ in LINE.findall(page))


def test_a_technician_does_not_see_the_numbers(school: SchoolAtWork) -> None:
    browser = logged_in(school, "jishu")
    assert browser.get("/desk/summary/").status_code == 403
    assert "/desk/summary/" not in browser.get("/desk/devices/").text


def test_who_still_waits_for_approval_does_not_see_them_either(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    second_counselor()
    assert logged_in(school, "he").get("/desk/summary/").status_code == 403


def test_the_summary_speaks_english_to_an_english_browser(school: SchoolAtWork) -> None:
    browser = logged_in(school)
    browser.language = "en"
    assert {"Received", "urgent", "Waiting", "Replies collected"} <= table(browser).keys()

"""The opening on the desk: what goes out, what waits with one click to each, a kind word first, then the summary."""

from __future__ import annotations

import os

import pytest

from app import look_once
from mailbox.alarms.channels import add_channel, channel_lines
from mailbox.letters.answer import answer
from mailbox.letters.desk import open_thread
from mailbox.openings.opening import open_what_is_due
from mailbox.openings.week_reports import freeze_ended_weeks, reports
from tests.conftest import SchoolAtWork
from tests.counselor_ui.at_desk import Browser, another_browser, arrive, logged_in, words_of
from tests.mailbox.openings.at_opening import bring_lead, go_to, turn_holding

OPENING, REPLIES, CUSTOMS = "/desk/opening/", "/desk/opening/replies", "/desk/opening/customs/"


def reply_to(school: SchoolAtWork, thread_id: str, words: str) -> None:
    answer(school.office, school.counselor, thread_id, words, release_now=False, form_nonce=os.urandom(16))


def read(school: SchoolAtWork, words: str) -> str:
    thread_id = arrive(school, words)
    open_thread(school.office, school.counselor, thread_id)
    return thread_id


def shown(browser: Browser, path: str = OPENING) -> str:
    return words_of(browser.get(path).text.partition("<main")[2])


@pytest.fixture
def lead_id(school: SchoolAtWork) -> str:
    lead_id = bring_lead(school)
    turn_holding(school, lead_id)
    return lead_id


def test_before_the_opening_it_says_when_what_goes_out_and_what_waits(school: SchoolAtWork) -> None:
    reply_to(school, arrive(school, "我写了一首诗"), "念给我听听")
    urgent, calm = arrive(school, "【紧急】有人跟着我"), arrive(school, "食堂的汤太咸了")
    browser = logged_in(school)
    page = browser.get(OPENING).text
    assert "3月6日周五 15 点开箱，还有 4 天" in words_of(page)
    assert "1 封回信会到孩子手里" in words_of(page) and "林老师 · 1 封回信" in words_of(page)
    assert all(f'href="/desk/letters/{thread_id}"' in page for thread_id in (urgent, calm))
    assert "念给我听听" not in page and "汤" not in page


def test_the_list_of_letters_leads_to_it(school: SchoolAtWork) -> None:
    assert f'href="{OPENING}"' in logged_in(school).get("/desk/letters/").text


def test_replies_are_read_before_they_go_out_with_a_way_to_their_letter(school: SchoolAtWork) -> None:
    thread_id = arrive(school, "我写了一首诗")
    reply_to(school, thread_id, "念给我听听")
    page = logged_in(school).get(REPLIES).text
    assert "念给我听听" in page and f'href="/desk/letters/{thread_id}"' in page and "诗" not in words_of(page)


def test_a_letter_that_is_closed_to_a_reader_is_in_no_part_of_it(school: SchoolAtWork, lead_id: str) -> None:
    thread_id = arrive(school, "不给安老师看", not_for=[lead_id])
    open_thread(school.office, school.counselor, thread_id)
    reply_to(school, thread_id, "我一个人知道")
    lead = logged_in(school, "an")
    assert "现在没有等着开箱的回信" in shown(lead) and "没有等着的信" in shown(lead)
    assert "我一个人知道" not in lead.get(REPLIES).text
    go_to(school, "2026-03-06 15:00")
    open_what_is_due(school.office)
    assert "那一天没有回信出去" in shown(logged_in(school, "an"))
    assert "1 封回信到了孩子手里" in shown(logged_in(school))


def test_a_kind_word_goes_to_those_that_are_ticked(school: SchoolAtWork, lead_id: str) -> None:
    first, second = read(school, "我想养一只蚕"), read(school, "食堂的汤太咸了")
    unread, urgent = arrive(school, "还没有人看"), read(school, "【紧急】有人跟着我")
    browser = logged_in(school)
    page = browser.get(OPENING).text
    assert "最晚3月13日星期五，你会看到回信" in page and "on Friday 13 March at the latest" in page
    assert all(f'value="{one}"' in page for one in (first, second))
    assert not any(f'value="{one}"' in page for one in (unread, urgent))
    answered = browser.send(OPENING, "/hold", letter=first, which="chosen", language="chinese", **seen(page))
    assert "给 1 封信先说了一声" in shown(browser, answered.location)
    page = browser.get(OPENING).text
    assert "说好最晚3月13日周五回" in page and f'name="letter" value="{first}"' not in page
    assert "1 封先说一声" in words_of(page)
    assert "先说一声：说好最晚3月13日周五回" in words_of(browser.get(f"/desk/letters/{first}").text)


def seen(page: str) -> dict[str, str]:
    return {"version": page.partition('name="version" value="')[2].partition('"')[0]}


def test_or_to_all_that_are_listed_and_pressing_twice_is_told_kindly(school: SchoolAtWork, lead_id: str) -> None:
    listed = [read(school, words) for words in ("我想养一只蚕", "食堂的汤太咸了")]
    browser = logged_in(school)
    page = browser.get(OPENING)
    data = {"which": "all", "language": "english", **seen(page.text)}
    told = []
    for _ in range(2):
        token = page.text.partition('action="/desk/opening/hold"')[2].partition('name="token" value="')[2]
        answered = browser.client.post(
            f"{OPENING}hold",
            base_url="https://localhost",
            data={"token": token.partition('"')[0], "listed": listed, **data},
            headers={"Accept-Language": "zh-CN"},
        )
        told.append(shown(browser, answered.location))
    assert "给 2 封信先说了一声" in told[0]
    assert "没有写新的。 有 2 封没有写" in told[1]


def test_pressing_without_a_tick_says_so_and_ticks_are_kept(school: SchoolAtWork, lead_id: str) -> None:
    first = read(school, "我想养一只蚕")
    browser = logged_in(school)
    page = browser.get(OPENING)
    refused = browser.send(page, "/hold", which="chosen", language="chinese", **seen(page.text))
    assert refused.status_code == 400 and "请先勾上" in words_of(refused.text)
    turn_holding(school, lead_id, chinese="〔那一天〕见")
    refused = browser.send(page, "/hold", letter=first, which="chosen", language="chinese", **seen(page.text))
    assert refused.status_code == 400 and f'value="{first}" checked' in refused.text


def test_until_the_school_wants_it_nothing_of_it_is_there(school: SchoolAtWork) -> None:
    read(school, "我想养一只蚕")
    assert "先说一声" not in shown(logged_in(school)).replace("先说一声的话", "")


def test_on_the_day_it_may_be_opened_early_and_the_second_press_is_told_kindly(school: SchoolAtWork) -> None:
    reply_to(school, arrive(school, "我写了一首诗"), "念给我听听")
    assert "今天要早一点开箱" not in shown(logged_in(school))
    go_to(school, "2026-03-06 11:00")
    browser = logged_in(school)
    page = browser.get(OPENING)
    opened = browser.send(page, "/now")
    assert "信箱开了" in shown(browser, opened.location)
    again = browser.send(page, "/now")
    assert again.status_code == 409 and "别人比您快了一步" in words_of(again.text)
    assert "3月6日周五提前开的。 那一天有 1 封回信到了孩子手里" in shown(browser)


def test_a_missed_opening_says_so_and_is_made_good(school: SchoolAtWork) -> None:
    go_to(school, "2026-03-09 08:00")
    browser = logged_in(school)
    assert "3月6日周五的开箱还没有开成" in shown(browser)
    browser.send(OPENING, "/now")
    assert "本来是3月6日周五，3月9日周一补开的" in shown(browser)


def test_then_comes_the_summary_whose_topics_a_reader_counts(school: SchoolAtWork) -> None:
    arrive(school, "食堂的汤太咸了")
    browser = logged_in(school)
    assert "第一周结束以后，这里就有小结" in shown(browser)
    go_to(school, "2026-03-14 09:00")
    freeze_ended_weeks(school.office)
    browser = logged_in(school)
    assert "只差话题" in shown(browser)
    assert "到3月6日周五的那一周起，话题还没有数" in shown(browser, "/desk/paper/")
    closed = browser.send(OPENING, "/close")
    assert "话题数好了" in shown(browser, closed.location)
    assert all(report.week.topics is not None for report in reports(school.office, school.school_id))
    assert "话题还没有数" not in shown(browser, "/desk/paper/")


def test_the_lead_writes_the_words_and_a_refused_form_loses_none(school: SchoolAtWork, lead_id: str) -> None:
    browser = logged_in(school, "an")
    page = browser.get(CUSTOMS)
    typed = {"holds": "on", "chinese": "我们会回你的", "english": "Soon", **seen(page.text)}
    refused = browser.send(page, "/words", **typed)
    assert refused.status_code == 400 and "我们会回你的" in refused.text and "Soon" in refused.text
    kept = browser.send(page, "/words", **typed | {"chinese": "〔那一天〕见", "english": ""})
    assert kept.status_code == 303 and "〔那一天〕见" in browser.get(CUSTOMS).text
    old = browser.send(page, "/words", **typed | {"chinese": "最晚〔那一天〕", "english": ""})
    assert old.status_code == 409 and "最晚〔那一天〕" in old.text


def test_in_a_school_without_a_lead_a_counselor_finds_the_forms(school: SchoolAtWork) -> None:
    browser = logged_in(school)
    assert "看看先说一声的话" not in shown(browser)
    page = browser.get(CUSTOMS)
    assert "这里由负责人来改" not in page.text
    typed = {"chinese": "〔那一天〕见", "english": "", **seen(page.text)}
    assert browser.send(page, "/words", **typed).status_code == 303


def test_the_lead_chooses_who_gets_the_summary_and_the_address_is_not_shown_again(
    school: SchoolAtWork, lead_id: str
) -> None:
    address = "mailto://127.0.0.1:9/?mode=insecure&from=a@school.invalid&to=b@school.invalid"
    browser = logged_in(school, "an")
    assert "还没有能寄邮件的帐号" in shown(browser, CUSTOMS)
    add_channel(school.office, school.school_id, school.technician_id, "学校邮箱", address)
    channel_id = channel_lines(school.office, school.school_id)[0].id
    assert browser.send(CUSTOMS, "/channel", channel=channel_id).status_code == 303
    refused = browser.send(CUSTOMS, "/recipients", name="教务处", address="jiaowu")
    assert refused.status_code == 400 and 'value="jiaowu"' in refused.text
    browser.send(CUSTOMS, "/recipients", name="教务处", address="jiaowu@school.invalid")
    page = browser.get(CUSTOMS).text
    assert "教务处" in page and "jiaowu@school.invalid" not in page and "school.invalid" not in page
    seen_by_others = shown(logged_in(school), CUSTOMS)
    assert "现在：每周寄" in seen_by_others and "教务处" in seen_by_others and "邮箱地址" not in seen_by_others
    browser.send(CUSTOMS, "/remove")
    assert "名单还是空的" in shown(browser, CUSTOMS)


def test_a_mail_that_does_not_arrive_is_told_on_the_opening(school: SchoolAtWork, lead_id: str) -> None:
    address = "mailto://127.0.0.1:9/?mode=insecure&from=a@school.invalid&to=b@school.invalid"
    add_channel(school.office, school.school_id, school.technician_id, "学校邮箱", address)
    browser = logged_in(school, "an")
    browser.send(CUSTOMS, "/channel", channel=channel_lines(school.office, school.school_id)[0].id)
    browser.send(CUSTOMS, "/recipients", name="教务处", address="jiaowu@school.invalid")
    go_to(school, "2026-03-06 18:00")
    look_once(school.office)
    assert "小结还没有寄到教务处" in shown(logged_in(school))


def test_it_speaks_english_to_an_english_browser(school: SchoolAtWork, lead_id: str) -> None:
    reply_to(school, arrive(school, "一"), "二")
    read(school, "三")
    browser = another_browser(logged_in(school), "en")
    browser.log_in("lin")
    page = browser.get(OPENING).text.partition("<main")[2]
    assert "At the opening 1 reply will reach its child." in words_of(page)
    assert "Write to the 1 listed" in words_of(page)

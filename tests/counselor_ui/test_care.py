"""Cases, visits, reports and talks as a reader's browser without scripts meets them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

import pytest

from mailbox.care.cases import open_case
from mailbox.letters.desk import queue
from mailbox.letters.post import Letter, post
from mailbox.people.arrivals import accept_invitation, approve, invite, leave
from mailbox.rules.letter_kinds import LetterKind
from mailbox.store.tables import Case, Thread, new_id
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.counselor_ui.at_desk import (
    HTTPS,
    Browser,
    another_browser,
    arrive,
    form_of,
    logged_in,
    reading,
    words_of,
)
from triage.protocol import Urgency

WORDS = "橘子树下有人等着欺负我"
REPORT = {
    "situation": "9",
    "to": "police",
    "at": "2026-03-02T09:40",
    "by": "林老师",
    "officer": "王警官",
    "number": "A-17",
}


def case_of(school: SchoolAtWork, browser: Browser, thread_id: str, *situations: str) -> str:
    """Open a case as a person does; return its address."""
    form = {"situation": situations[0] if situations else "bullying", "why": "要先找到孩子"}
    sent = browser.send(f"/desk/cases/new/{thread_id}", f"/new/{thread_id}", **form)
    assert sent.status_code == 303, sent.text
    return sent.location


def test_a_letter_leads_to_its_case_and_back(school: SchoolAtWork) -> None:
    browser, thread_id = logged_in(school), arrive(school, WORDS)
    assert f"/desk/cases/new/{thread_id}" in browser.get(f"/desk/letters/{thread_id}").text
    case = case_of(school, browser, thread_id)
    page = words_of(browser.get(case).text)
    assert WORDS in page and "要先找到孩子" in page and "24 小时回访" in page
    assert case in browser.get(f"/desk/letters/{thread_id}").text
    assert case in browser.get("/desk/cases/").text
    assert f"/desk/letters/{thread_id}" in browser.get(case).text


def test_what_triage_found_is_ticked_before(school: SchoolAtWork) -> None:
    found = reading(school.office, Urgency.URGENT, [("说到了死", 0, 2)])
    thread_id = arrive(school, WORDS, office=found)
    page = logged_in(school).get(f"/desk/cases/new/{thread_id}").text
    assert re.findall(r'value="(\w+)" checked', page) == ["self_harm"]


def test_a_case_without_a_situation_is_refused_and_keeps_the_words(school: SchoolAtWork) -> None:
    browser, thread_id = logged_in(school), arrive(school, WORDS)
    refused = browser.send(f"/desk/cases/new/{thread_id}", f"/new/{thread_id}", why="要先找到孩子")
    assert refused.status_code == 400
    assert "请至少选一类事。" in refused.text and "要先找到孩子" in refused.text


def test_steps_are_ticked_with_the_name_and_the_half_day(school: SchoolAtWork) -> None:
    browser = logged_in(school)
    case = case_of(school, browser, arrive(school, WORDS))
    assert browser.send(case, "/steps", step="bullying-stop", done="1").status_code == 303
    page = words_of(browser.get(case).text)
    assert "林老师，3月2日周一上午" in page and "还没做，撤回" in page
    browser.send(case, "/steps", step="bullying-stop", done="0")
    assert "还没做，撤回" not in words_of(browser.get(case).text)
    assert browser.send(case, "/steps", step="nothing", done="1").status_code == 400


def test_a_remark_that_is_too_long_stays_in_its_form(school: SchoolAtWork) -> None:
    browser = logged_in(school)
    case = case_of(school, browser, arrive(school, WORDS))
    refused = browser.send(case, "/remarks", remark="记" * 2_001)
    assert refused.status_code == 400 and "记" * 2_001 in refused.text
    assert browser.send(case, "/remarks", remark="<b>约好</b>明天").status_code == 303
    assert "&lt;b&gt;约好&lt;/b&gt;明天" in browser.get(case).text


def test_a_form_that_is_not_ours_does_nothing(school: SchoolAtWork) -> None:
    browser = logged_in(school)
    case = case_of(school, browser, arrive(school, WORDS))
    refused = browser.client.post(
        f"{case}/remarks", base_url="https://localhost", data={"remark": "假的", "token": "x"}
    )
    assert refused.status_code == 400 and "假的" in refused.text
    assert "假的" not in words_of(browser.get(case).text)


def test_visits_stand_on_the_queue_when_they_are_due_and_go_when_done(school: SchoolAtWork) -> None:
    browser = logged_in(school)
    case = case_of(school, browser, arrive(school, WORDS))
    assert "今天要回访" not in browser.get("/desk/letters/").text
    school.clock.advance(days=2)
    browser = logged_in(school)
    page = words_of(browser.get("/desk/letters/").text)
    assert "今天要回访" in page and "昨天就该回访" in page
    visit = re.search(r"visits/(\w+)", browser.get(case).text)
    assert visit
    assert browser.send(case, visit[0], visit="").status_code == 400
    assert browser.send(case, visit[0], visit="在操场上笑了").status_code == 303
    assert "今天要回访" not in browser.get("/desk/letters/").text
    assert "在操场上笑了" in words_of(browser.get(case).text)


def test_a_report_is_recorded_printed_and_added_to(school: SchoolAtWork) -> None:
    browser = logged_in(school)
    case = case_of(school, browser, arrive(school, WORDS), "sexual")
    assert "这一类事，疑似就要报告。" in words_of(browser.get(case).text)
    form = words_of(browser.get(f"{case}/report").text)
    assert "不是法律意见" in form and WORDS in form
    refused = browser.send(f"{case}/report", "/report", **{**REPORT, "at": "昨天"})
    assert refused.status_code == 400 and "王警官" in refused.text
    sent = browser.send(f"{case}/report", "/report", **REPORT)
    assert sent.status_code == 303
    paper = words_of(browser.get(sent.location).text)
    assert all(words in paper for words in (WORDS, "王警官", "A-17", "2026-03-02 09:40", "公安机关", "青山小学"))
    assert browser.send(sent.location, "/more", addition="编号改成 A-18").status_code == 303
    paper = words_of(browser.get(sent.location).text)
    assert "编号改成 A-18" in paper and "A-17" in paper
    assert sent.location in browser.get(case).text


def test_a_case_is_closed_and_opened_again(school: SchoolAtWork) -> None:
    browser = logged_in(school)
    case = case_of(school, browser, arrive(school, WORDS))
    assert browser.send(case, "/close", closing="还没选").status_code == 400
    assert browser.send(case, "/close", outcome="referral", closing="去了区医院").status_code == 303
    page = words_of(browser.get(case).text)
    assert "已结案：转介" in page and "去了区医院" in page
    assert "已结案：转介" in words_of(browser.get("/desk/cases/").text)
    assert browser.send(case, "/reopen").status_code == 303
    assert "结案：转介" in words_of(browser.get(case).text)


def test_what_the_case_is_about_can_be_changed(school: SchoolAtWork) -> None:
    browser = logged_in(school)
    case = case_of(school, browser, arrive(school, WORDS))
    assert browser.send(case, "/situations", situation="self_harm").status_code == 303
    assert 'id="s-self_harm-found"' in browser.get(case).text


def test_the_technician_and_the_head_find_no_case(school: SchoolAtWork) -> None:
    lin = logged_in(school)
    thread_id = arrive(school, WORDS)
    case = case_of(school, lin, thread_id)
    token = invite(school.office, school.school_id, school.counselor.person_id, "head", "校长")
    accept_invitation(school.office, token, "xiaozhang", PASSPHRASE)
    for login_name in ("jishu", "xiaozhang"):
        browser = another_browser(lin)
        assert browser.log_in(login_name).status_code == 303
        for address in (
            "/desk/cases/",
            case,
            f"{case}/report",
            f"/desk/cases/new/{thread_id}",
            "/desk/talks/",
            f"{case}/reports/{new_id()}",
            f"{case}/parts/{new_id()}",
        ):
            answered = browser.get(address)
            assert answered.status_code in (403, 404) and WORDS not in answered.text, address


def test_the_case_of_a_closed_letter_does_not_exist_for_who_was_named(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    he_id, login_name = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, he_id)
    lin = logged_in(school)
    thread_id = arrive(school, WORDS, not_for=[he_id])
    case = case_of(school, lin, thread_id)
    school.clock.advance(days=1)
    he = logged_in(school, login_name)
    assert he.get(case).status_code == 404 and he.get(f"/desk/cases/new/{thread_id}").status_code == 404
    assert case not in he.get("/desk/cases/").text and "今天要回访" not in he.get("/desk/letters/").text
    assert "今天要回访" in logged_in(school).get("/desk/letters/").text


def test_who_left_finds_the_door_and_nothing_behind_it(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    he_id, login_name = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, he_id)
    he = logged_in(school, login_name)
    case = case_of(school, logged_in(school), arrive(school, WORDS))
    assert he.get(case).status_code == 200
    leave(school.office, school.school_id, school.counselor.person_id, he_id)
    assert he.get(case).status_code == 303


def test_a_talk_is_recorded_listed_and_printed_by_month(school: SchoolAtWork) -> None:
    browser = logged_in(school)
    refused = browser.send("/desk/talks/new", "/talks/new", on="2026-03-09", who="小禾", words="聊了聊")
    assert refused.status_code == 400 and "聊了聊" in refused.text
    assert browser.send("/desk/talks/new", "/talks/new", on="2026-03-02", who="小禾", words="聊了聊").status_code == 303
    assert "小禾 聊了聊" in words_of(browser.get("/desk/talks/").text)
    assert "小禾 聊了聊" in words_of(browser.get("/desk/talks/2026-03").text)
    assert browser.get("/desk/talks/2026-04").status_code == 404


def test_a_form_on_a_case_that_is_gone_gives_the_words_back(school: SchoolAtWork) -> None:
    browser, thread_id = logged_in(school), arrive(school, WORDS)
    case = case_of(school, browser, thread_id)
    browser.send(f"{case}/report", "/report", **REPORT)
    kept = re.search(rf"{case}/reports/\w+", browser.get(case).text)
    assert kept
    asked = case.replace("/cases/", "/decisions/case-file/")
    visit = re.search(rf"{case}(/visits/\w+)", browser.get(case).text)
    assert visit
    steps = [(case, "/remarks", "remark"), (case, visit[1], "visit"), (case, "/close", "closing")]
    steps += [(f"{case}/report", "/report", "words"), (kept[0], "/more", "addition"), (asked, asked, "reason")]
    forms = [(*form_of(browser.get(page).text, step), field) for page, step, field in steps]
    with school.office.database.work() as work:
        work.session.delete(work.session.get_one(Case, case.rpartition("/")[2]))
        work.commit()
    for address, token, field in forms:
        typed = "我写了很久的一段话"
        gone = browser.client.post(address, base_url=HTTPS, data=REPORT | {"token": token, field: typed})
        assert (gone.status_code, "这个个案不在了" in gone.text, typed in gone.text) == (404, True, True), address


def test_a_case_for_a_letter_that_is_gone_gives_the_words_back(school: SchoolAtWork) -> None:
    browser, thread_id = logged_in(school), arrive(school, WORDS)
    pages = (f"/desk/cases/new/{thread_id}", f"/desk/decisions/reveal/{thread_id}")
    forms = [form_of(browser.get(page).text, page) for page in pages]
    with school.office.database.work() as work:
        work.session.delete(work.session.get_one(Thread, thread_id))
        work.commit()
    for (address, token), field in zip(forms, ("why", "reason"), strict=True):
        data = {"token": token, "situation": "bullying", "rule": "U1", field: "要先找到孩子"}
        gone = browser.client.post(address, base_url=HTTPS, data=data)
        assert (gone.status_code, "这封信不在了" in gone.text, "要先找到孩子" in gone.text) == (404, True, True)


def test_a_talk_about_a_letter_that_is_gone_is_kept_without_it(school: SchoolAtWork) -> None:
    browser = logged_in(school)
    letter = Letter(school.school_id, "kiosk", "想见您", os.urandom(16), kind=LetterKind.MEET, details={"name": "小禾"})
    post(school.office, letter)
    thread_id = queue(school.office, school.counselor)[0].id
    address, token = form_of(browser.get(f"/desk/talks/new?thread={thread_id}").text, "/new")
    with school.office.database.work() as work:
        work.session.delete(work.session.get_one(Thread, thread_id))
        work.commit()
    typed = {"on": "2026-03-02", "who": "小禾", "words": "聊了聊座位", "thread": thread_id}
    gone = browser.client.post(address, base_url=HTTPS, data={"token": token, **typed})
    assert gone.status_code == 404 and "谈心还可以存下来" in gone.text and "聊了聊座位" in gone.text
    assert browser.send(gone, "/new", **{**typed, "thread": ""}).status_code == 303
    assert "聊了聊座位" in browser.get("/desk/talks/").text


def test_only_a_letter_with_a_name_offers_a_talk(school: SchoolAtWork) -> None:
    browser, nameless = logged_in(school), arrive(school, WORDS)
    named = meet(school, "小禾")
    assert "记一次谈心" not in browser.get(f"/desk/letters/{nameless}").text
    assert browser.get(f"/desk/talks/new?thread={nameless}").status_code == 404
    assert f"/desk/talks/new?thread={named}" in browser.get(f"/desk/letters/{named}").text
    page = browser.get(f"/desk/talks/new?thread={named}").text
    assert 'value="小禾"' in page
    sent = browser.send(
        f"/desk/talks/new?thread={named}", "/talks/new", on="2026-03-02", who="小禾", words="聊了聊", thread=named
    )
    assert sent.status_code == 303 and named in browser.get("/desk/talks/").text


def meet(school: SchoolAtWork, name: str) -> str:
    known = {row.id for row in queue(school.office, school.counselor)}
    about = {"kind": LetterKind.MEET, "details": {"name": name}}
    post(school.office, Letter(school.school_id, new_id(), "想见您", os.urandom(16), **about))  # type: ignore[arg-type]
    return next(row.id for row in queue(school.office, school.counselor) if row.id not in known)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_page_is_shown_in_both_languages(school: SchoolAtWork, language: str) -> None:
    thread_id = arrive(school, WORDS)
    case_id = open_case(school.office, school.counselor, thread_id, ["danger"], "")
    browser = another_browser(logged_in(school), language)
    browser.log_in("lin")
    for address in (
        "/desk/cases/",
        f"/desk/cases/{case_id}",
        f"/desk/cases/{case_id}/report",
        "/desk/talks/",
        "/desk/talks/new",
        f"/desk/letters/{thread_id}",
    ):
        assert browser.get(address).status_code == 200, address


def test_the_bar_of_every_page_counts_the_visits_that_are_due(school: SchoolAtWork) -> None:
    browser = logged_in(school)
    case_of(school, browser, arrive(school, WORDS))
    assert "个案与回访 1" not in words_of(browser.get("/desk/account/").text)
    school.clock.advance(days=1)
    assert "个案与回访 1" in words_of(logged_in(school).get("/desk/account/").text)
    assert "个案与回访" not in words_of(logged_in(school, "jishu").get("/desk/account/").text)

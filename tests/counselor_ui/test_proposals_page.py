"""Proposals on the desk: beside each page that the lead changes, counted in the lead's bar, answered with a word."""

from __future__ import annotations

import pytest

from mailbox.people.arrivals import accept_invitation, approve, invite
from mailbox.rules.roles import LEAD
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.counselor_ui.at_desk import Browser, logged_in, words_of

PAGES = {
    "help": "/desk/help/",
    "duty": "/desk/duty/",
    "channels": "/desk/devices/",
    "plan": "/desk/plan/",
    "beginnings": "/desk/beginnings/",
    "calendar": "/desk/calendar/",
}


@pytest.fixture
def lead(school: SchoolAtWork) -> Browser:
    token = invite(school.office, school.school_id, school.counselor.person_id, LEAD, "安老师")
    person_id = accept_invitation(school.office, token, "an", PASSPHRASE).person_id
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    return logged_in(school, "an")


@pytest.mark.parametrize("page", PAGES)
def test_a_wish_is_written_beside_its_page(school: SchoolAtWork, lead: Browser, page: str) -> None:
    counselor = logged_in(school)
    sent = counselor.send(PAGES[page], f"/to/{page}", words="这里请改一改")
    assert sent.location == f"{PAGES[page]}#proposals"
    shown = words_of(lead.get(PAGES[page]).text)
    assert "这里请改一改" in shown and "等负责人看" in shown and "建议 1" in shown


def test_the_lead_answers_and_the_counselor_reads_it(school: SchoolAtWork, lead: Browser) -> None:
    counselor = logged_in(school)
    counselor.send("/desk/calendar/", "/to/calendar", words="春游那天不上课")
    assert lead.send("/desk/proposals/", "/answer", answer="记下了", accepts="yes").status_code == 303
    shown = words_of(counselor.get("/desk/calendar/").text)
    assert "会改" in shown and "记下了" in shown
    assert "建议 1" not in words_of(lead.get("/desk/people/").text)


def test_what_is_refused_stays_in_its_form(school: SchoolAtWork, lead: Browser) -> None:
    counselor = logged_in(school)
    long = "啊" * 601
    refused = counselor.send("/desk/plan/", "/to/plan", words=long)
    assert refused.status_code == 400 and "建议要 1 到 600 个字" in refused.text and long in refused.text
    counselor.send("/desk/plan/", "/to/plan", words="请写上新电话")
    refused = lead.send("/desk/proposals/", "/answer", answer=long, accepts="yes")
    assert refused.status_code == 400 and "回话最多 300 个字" in refused.text and long in refused.text


def test_a_second_answer_is_told_kindly(school: SchoolAtWork, lead: Browser) -> None:
    logged_in(school).send("/desk/plan/", "/to/plan", words="请写上新电话")
    page = lead.get("/desk/proposals/")
    assert lead.send(page, "/answer", answer="", accepts="no").status_code == 303
    late = lead.send(page, "/answer", answer="", accepts="yes")
    assert late.status_code == 409 and "刚才被别人改过了" in late.text


def test_without_a_lead_nobody_is_asked_to_propose(school: SchoolAtWork) -> None:
    counselor = logged_in(school)
    for page in PAGES.values():
        assert "提一个建议" not in counselor.get(page).text

"""文书: the drafts in docs/papers with the school's own names in them, for everybody at school."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from counselor_ui.document_facts import facts_of
from counselor_ui.document_text import Paper, laid_out, papers
from mailbox.people.arrivals import accept_invitation, approve, invite
from mailbox.people.help_page import Help, Helper, save_help
from mailbox.rules.roles import HEAD, LEAD
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.counselor_ui.at_desk import another_browser, logged_in, words_of

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "papers"
PUPILS = next(paper for paper in papers() if paper.name == "notice-to-pupils")
# What the design asks for, and nothing that is not listed for its readers.
NAMES = {
    "notice-to-pupils",
    "notice-to-parents",
    "notice-to-staff",
    "impact-assessment",
    "yearly-audit",
    "breach",
    "where-the-tablet-stands",
}


def test_every_paper_of_the_folder_is_shown() -> None:
    assert {paper.name for paper in papers()} == NAMES
    assert {file.stem for file in FOLDER.glob("*.md")} == NAMES | {"README"}


def test_a_school_finds_its_own_names_and_days_in_the_notice(school: SchoolAtWork) -> None:
    helpers = (Helper("林老师", "二楼心理室"),)
    save_help(school.office, school.school_id, school.counselor.person_id, Help(helpers), seen_version="")
    browser = logged_in(school, "jishu")
    listed = browser.get("/desk/documents/")
    assert "告学生书" in listed.text and "请学校自己的法律顾问看过" in words_of(listed.text)
    page = words_of(browser.get("/desk/documents/notice-to-pupils").text)
    assert "草稿，请学校自己的法律顾问看过" in page
    assert "青山小学有一个悄悄话信箱" in page and "每周五 15 点" in page and "林老师（在二楼心理室）" in page
    assert "1095 天" in words_of(browser.get("/desk/documents/notice-to-parents").text)


def test_what_nobody_has_set_is_a_line_to_write_on(school: SchoolAtWork) -> None:
    page = words_of(logged_in(school).get("/desk/documents/notice-to-parents").text)
    assert "〔启用日期〕＿＿＿＿" in page and "〔负责人的电话〕＿＿＿＿" in page


@pytest.mark.parametrize("paper", papers(), ids=lambda paper: paper.name)
def test_no_bracket_and_no_markup_is_left_on_a_sheet(school: SchoolAtWork, paper: Paper) -> None:
    text = str(laid_out(paper, facts_of(school.office, school.school_id)))
    words = words_of(text)
    assert not re.search(r"\[|\]|\*\*|\||^#", words)
    assert "草稿" in words and text.startswith("<h1>")


def test_a_name_is_text_whatever_signs_it_holds() -> None:
    name = "**某校**<script>|[甲](http://乙)_丙_ & `丁`"
    assert name in words_of(str(laid_out(PUPILS, {"学校名": name})))
    assert "<script" not in laid_out(PUPILS, {"学校名": name})


def test_the_text_of_the_folder_holds_no_html() -> None:
    assert [file.name for file in FOLDER.glob("*.md") if re.search(r"<[a-z/!]", file.read_text("utf-8"))] == []


def test_everybody_at_school_sees_the_papers(school: SchoolAtWork) -> None:
    office, school_id, lin = school.office, school.school_id, school.counselor.person_id
    counselor = logged_in(school)
    for role in (LEAD, HEAD):
        person_id = accept_invitation(office, invite(office, school_id, lin, role, role), role, PASSPHRASE).person_id
        if role == LEAD:
            approve(office, school_id, lin, person_id)
    for address in ("/desk/documents/", "/desk/documents/breach"):
        assert counselor.get(address).status_code == 200
        for login_name in (LEAD, HEAD, "jishu"):
            browser = another_browser(counselor)
            browser.log_in(login_name)
            assert browser.get(address).status_code == 200, (login_name, address)
    assert "/desk/documents/" in counselor.get("/desk/account/").text
    browser = another_browser(counselor, "en")
    browser.log_in("jishu")
    assert "The papers are in Chinese only." in browser.get("/desk/documents/").text
    assert browser.get("/desk/documents/README").status_code == 404

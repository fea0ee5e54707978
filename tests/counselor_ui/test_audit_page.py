"""The page of acts: the lead sees all of them, a counselor their own, the head of school counts; never content."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import update

from counselor_ui.audit_words import act_in_words
from mailbox.letters.answer import claim
from mailbox.letters.desk import open_thread
from mailbox.people.arrivals import approve
from mailbox.people.audit import audit_head, record
from mailbox.people.audit_looks import ROWS_A_PAGE
from mailbox.people.login import Colleague, log_in, who
from mailbox.store.marked import set_mark
from mailbox.store.tables import AuditRow, Person
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.counselor_ui.at_desk import Browser, another_browser, arrive, logged_in, words_of

HOUSE = Path(__file__).resolve().parents[2]
# An act as the code names it: record(…, "thread.read", …), or the beginning of one, f"invite.{role}".
NAMED = re.compile(r'\brecord\([^()]*(?:\([^()]*\)[^()]*)*?f?"([a-z_]+(?:\.[a-z_]+)*)', re.S)


@pytest.fixture
def browser(school: SchoolAtWork) -> Browser:
    return logged_in(school)


@pytest.fixture
def colleague(school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]) -> Colleague:
    person_id, login_name = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    return who(school.office, log_in(school.office, login_name, PASSPHRASE))


def become(school: SchoolAtWork, person_id: str, role: str) -> None:
    with school.office.database.work() as work:
        person = work.session.get_one(Person, person_id)
        person.role = role
        set_mark(person, school.office.marks.mac)
        work.commit()


def said(browser: Browser, address: str = "/desk/audit/") -> str:
    return words_of(browser.get(address).text)


def test_a_counselor_sees_their_own_acts_only(school: SchoolAtWork, colleague: Colleague, browser: Browser) -> None:
    claim(school.office, school.counselor, arrive(school, "一封信"))
    open_thread(school.office, colleague, arrive(school, "又一封"))
    mine = said(browser)
    assert "接过一封信" in mine and "打开了一封信" not in mine and "何老师" not in mine


def test_the_lead_sees_who_did_what_by_day_with_a_link_to_the_letter(
    school: SchoolAtWork, colleague: Colleague, browser: Browser
) -> None:
    thread_id = arrive(school, "橘子树下的秘密")
    claim(school.office, colleague, thread_id)
    become(school, school.counselor.person_id, "lead")
    page = browser.get("/desk/audit/").text
    assert "何老师 接过一封信" in words_of(page) and "3月2日周一" in page
    assert f'href="/desk/letters/{thread_id}"' in page and "橘子" not in page


def test_acts_on_a_letter_closed_to_the_lead_are_not_there(
    school: SchoolAtWork, colleague: Colleague, browser: Browser
) -> None:
    become(school, colleague.person_id, "lead")
    lead = another_browser(browser)
    lead.log_in("he")
    before = lead.get("/desk/audit/").text.count('<li><span class="time">')
    thread_id = arrive(school, "不要给何老师看", not_for=[colleague.person_id])
    claim(school.office, school.counselor, thread_id)
    page = lead.get("/desk/audit/").text
    assert page.count('<li><span class="time">') == before and thread_id not in page
    assert "接过一封信" in said(browser)


def test_the_head_of_school_sees_counts_without_names_and_letters(
    school: SchoolAtWork, colleague: Colleague, browser: Browser
) -> None:
    open_thread(school.office, school.counselor, arrive(school, "一封信"))
    become(school, colleague.person_id, "head")
    head = another_browser(browser)
    head.log_in("he")
    page = head.get("/desk/audit/").text
    assert "打开了一封信 1" in words_of(page)
    assert "林老师" not in page and "/desk/letters/" not in page.split("<main", 1)[1]


def test_a_technician_and_who_waits_to_be_let_in_see_nothing(
    browser: Browser, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    second_counselor()
    for login_name in ("he", "jishu"):
        other = another_browser(browser)
        other.log_in(login_name)
        assert other.get("/desk/audit/").status_code == 403


def test_the_head_of_the_chain_stands_there_and_on_the_weekly_paper(school: SchoolAtWork, browser: Browser) -> None:
    assert audit_head(school.office, school.school_id) in said(browser)


def test_a_row_that_was_changed_is_not_believed(school: SchoolAtWork, browser: Browser) -> None:
    claim(school.office, school.counselor, arrive(school, "一封信"))
    with school.office.database.work() as work:
        work.session.execute(update(AuditRow).where(AuditRow.act == "thread.claim").values(act="thread.read"))
        work.commit()
    page = said(browser)
    assert "这一行被人改过，不能相信。" in page and "打开了一封信" not in page


def test_older_acts_are_on_further_pages(school: SchoolAtWork, browser: Browser) -> None:
    with school.office.database.work() as work:
        for _ in range(ROWS_A_PAGE):
            record(school.office, work.session, school.school_id, school.counselor.person_id, "help.check")
        work.commit()
    first = browser.get("/desk/audit/").text
    assert first.count("核对了求助的电话和人") == ROWS_A_PAGE and "旧一些的" in first
    second = said(browser, "/desk/audit/?page=2")
    assert "登录" in second and "新一些的" in second and "旧一些的" not in second
    for odd in ("0", "-1", "x", "99999", "²"):
        assert browser.get(f"/desk/audit/?page={odd}").status_code == 200


def test_every_act_that_the_code_records_has_words() -> None:
    sources = [path.read_text("utf-8") for path in (HOUSE / "mailbox").rglob("*.py")]
    acts = {act for source in sources for act in NAMED.findall(source)}
    assert {"login", "thread.read", "channel.add"} <= acts
    assert [act for act in sorted(acts) if act_in_words(act) == "做了别的事"] == []

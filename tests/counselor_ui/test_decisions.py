"""What needs a second person, as browsers without scripts meet it: asked, decided, used, and out of reach of others."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass

import pytest

from mailbox.care.approvals import ASKED_SECONDS
from mailbox.care.cases import open_case
from mailbox.people.listing import people_lines
from mailbox.rules.roles import COUNSELOR, HEAD, LEAD
from mailbox.sealing.case_file import open_file
from mailbox.store.tables import new_id
from tests.conftest import SchoolAtWork
from tests.counselor_ui.at_desk import Browser, another_browser, logged_in, words_of
from tests.mailbox.care.second_persons import WHY, arrive_at, join, kiosk_of

PAGE = "/desk/decisions/"
LETTER = "【紧急】橘子树下有人等着欺负我"


@dataclass
class Desk:
    """林老师 and others at one served school, and an urgent letter from the tablet in the corridor."""

    school: SchoolAtWork
    lin: Browser
    thread_id: str

    def at(self, role: str, login_name: str) -> Browser:
        join(self.school, role, login_name)
        browser = another_browser(self.lin)
        assert browser.log_in(login_name).status_code == 303
        return browser

    def ask_reveal(self, **fields: str) -> str:
        """Ask as a person does; return the request's id."""
        address = f"/desk/decisions/reveal/{self.thread_id}"
        sent = self.lin.send(address, address, rule="U6", reason=WHY, **{"how": "ask", **fields})
        assert sent.status_code == 303, sent.text
        return request_in(self.lin.get(PAGE).text)


def request_in(page: str) -> str:
    found = re.search(r"/desk/decisions/([0-9a-f]{32})/", page)
    assert found
    return found[1]


def decide(browser: Browser, request_id: str, agrees: str = "yes") -> int:
    return browser.send(PAGE, f"{request_id}/decide", agrees=agrees).status_code


@pytest.fixture
def desk(school: SchoolAtWork) -> Desk:
    return Desk(school, logged_in(school), arrive_at(school, kiosk_of(school), LETTER))


def test_a_colleague_agrees_and_minute_and_place_are_shown_on_no_address(desk: Desk) -> None:
    he = desk.at(COUNSELOR, "he")
    assert f"/desk/decisions/reveal/{desk.thread_id}" in desk.lin.get(f"/desk/letters/{desk.thread_id}").text
    request_id = desk.ask_reveal()
    page = words_of(he.get(PAGE).text)
    assert "林老师想看一封信的时间和平板" in page and WHY in page and "U6 人身安全" in page
    assert "等您决定 1" in words_of(he.get("/desk/letters/").text)
    assert decide(he, request_id) == 303
    assert "等您决定 1" not in words_of(he.get("/desk/letters/").text)
    shown = desk.lin.send(PAGE, f"{request_id}/reveal")
    page = words_of(shown.text)
    assert "10:00 · 走廊的平板（教学楼三楼）" in page and "he同意的" in page
    assert shown.headers["Cache-Control"] == "no-store" and "Set-Cookie" not in shown.headers
    assert "走廊的平板" not in desk.lin.get(PAGE).text
    assert "走廊的平板" not in desk.lin.get(f"/desk/letters/{desk.thread_id}").text


def test_what_is_refused_stays_in_its_form(desk: Desk) -> None:
    desk.at(COUNSELOR, "he")
    address = f"/desk/decisions/reveal/{desk.thread_id}"
    for fields in ({"reason": "只写了为什么"}, {"rule": "U2", "reason": "长" * 401}):
        refused = desk.lin.send(address, address, how="ask", **fields)
        assert refused.status_code == 400 and fields["reason"] in refused.text
    assert 'value="U2" required checked' in refused.text


def test_the_requester_finds_no_way_to_agree_to_their_own(desk: Desk) -> None:
    he = desk.at(COUNSELOR, "he")
    request_id = desk.ask_reveal()
    assert f"{request_id}/decide" not in desk.lin.get(PAGE).text
    token = re.search(r'decide"><input type="hidden" name="token" value="([^"]+)"', he.get(PAGE).text)
    assert token
    address = f"{PAGE}{request_id}/decide"
    for browser in (desk.lin, another_browser(he)):
        forged = browser.client.post(address, base_url="https://localhost", data={"token": token[1], "agrees": "yes"})
        assert forged.status_code in (400, 303)
    assert "等人决定" in words_of(desk.lin.get(PAGE).text)
    assert desk.lin.client.get(address, base_url="https://localhost").status_code in (404, 405)


def test_a_second_click_and_a_second_person_get_one_kind_sentence(desk: Desk) -> None:
    he, an = desk.at(COUNSELOR, "he"), desk.at(LEAD, "an")
    request_id = desk.ask_reveal()
    he_page, an_page = he.get(PAGE), an.get(PAGE)
    assert he.send(he_page, f"{request_id}/decide", agrees="no").status_code == 303
    assert he.send(he_page, f"{request_id}/decide", agrees="no").status_code == 303
    late = an.send(an_page, f"{request_id}/decide", agrees="yes")
    assert late.status_code == 409 and "这件事已经有人决定了" in late.text
    assert "没有同意" in words_of(desk.lin.get(PAGE).text)


def test_an_old_request_is_told_to_be_over(desk: Desk) -> None:
    desk.at(COUNSELOR, "he")
    request_id = desk.ask_reveal()
    desk.school.clock.advance(seconds=ASKED_SECONDS + 1)
    lin, he = logged_in(desk.school), logged_in(desk.school, "he")
    assert f"{request_id}/decide" not in he.get(PAGE).text
    assert "过期了" in words_of(lin.get(PAGE).text)


def test_danger_now_shows_it_at_once_and_the_lead_and_the_head_are_told(desk: Desk) -> None:
    an, head = desk.at(LEAD, "an"), desk.at(HEAD, "fang")
    address = f"/desk/decisions/reveal/{desk.thread_id}"
    shown = desk.lin.send(address, address, rule="U6", reason=WHY, how="alone")
    assert shown.status_code == 200 and "走廊的平板" in shown.text
    assert "现在就有危险，自己先看了" in words_of(desk.lin.get(f"/desk/letters/{desk.thread_id}").text)
    page = words_of(an.get(PAGE).text)
    assert "林老师自己先看了一封信的时间和平板" in page and WHY in page and "谁看过孩子在哪里写的信" in page
    told = head.get(PAGE).text
    assert "林老师自己先看了一封信的时间和平板" in words_of(told)
    assert WHY not in told and desk.thread_id not in told and "人身安全" not in told
    for browser in (an, head):
        assert "等您决定 1" in words_of(browser.get(PAGE).text)
        assert browser.send(PAGE, "/seen").status_code == 303
        assert "等您决定 1" not in words_of(browser.get(PAGE).text)
    assert "走廊的平板" not in told + an.get(PAGE).text


def test_a_head_agrees_and_opens_no_letter_reason_or_place_by_any_address(desk: Desk) -> None:
    head = desk.at(HEAD, "fang")
    request_id = desk.ask_reveal()
    page = head.get(PAGE).text
    assert "U6 人身安全" in page
    assert WHY not in page and desk.thread_id not in page and "橘子" not in page
    for address in (
        f"/desk/letters/{desk.thread_id}",
        f"/desk/decisions/reveal/{desk.thread_id}",
        f"/desk/decisions/case-file/{desk.thread_id}",
        f"/desk/cases/{desk.thread_id}",
    ):
        answered = head.get(address)
        assert answered.status_code in (403, 404) and "橘子" not in answered.text, address
    assert decide(head, request_id) == 303
    token = re.search(r'show-revealed|name="token" value="([^"]+)"', head.get(PAGE).text)
    assert token
    for name in ("reveal", "key", "file", "withdraw"):
        stolen = head.client.post(
            f"{PAGE}{request_id}/{name}", base_url="https://localhost", data={"token": token[1] or ""}
        )
        assert stolen.status_code in (400, 403, 404) and "走廊的平板" not in stolen.text


def test_who_is_closed_out_finds_neither_count_nor_line_nor_address(desk: Desk) -> None:
    he, an = desk.at(COUNSELOR, "he"), desk.at(LEAD, "an")
    an_id = next(line.id for line in people_lines(desk.school.office, desk.school.school_id) if line.role == LEAD)
    desk.thread_id = arrive_at(desk.school, new_id(), LETTER, frozenset({an_id}))
    request_id = desk.ask_reveal()
    page = words_of(an.get(PAGE).text)
    assert "现在没有等您决定的事" in page and "等您决定 1" not in page
    assert an.get(f"/desk/decisions/reveal/{desk.thread_id}").status_code == 404
    assert "等您决定 1" in words_of(he.get(PAGE).text)
    assert decide(he, request_id) == 303
    desk.lin.send(PAGE, f"{request_id}/reveal")
    assert desk.thread_id not in an.get(PAGE).text and desk.thread_id not in an.get("/desk/audit/").text


def test_lowering_from_urgent_asks_for_a_person_or_a_sentence(desk: Desk) -> None:
    he, letter = desk.at(COUNSELOR, "he"), f"/desk/letters/{desk.thread_id}"
    refused = desk.lin.send(letter, "/level", urgency="soon", reason="是玩笑")
    assert refused.status_code == 400 and "至少八个字" in refused.text and "是玩笑" in refused.text
    assert desk.lin.send(letter, "/level", urgency="soon", reason="", ask="1").status_code == 303
    assert "等人决定" in words_of(desk.lin.get(letter).text)
    again = he.send(letter, "/level", urgency="soon", reason="", ask="1")
    assert again.status_code == 400 and "已经有同事为这件事请人决定了" in again.text
    page = he.get(PAGE).text
    assert "想改成：尽快" in words_of(page)
    assert decide(he, request_in(page)) == 303
    assert "林老师把级别从 紧急 改为 尽快 ，he同意" in words_of(desk.lin.get(letter).text)


def test_a_case_file_is_asked_for_agreed_to_and_taken_with_a_passphrase_shown_once(desk: Desk) -> None:
    he = desk.at(COUNSELOR, "he")
    case_id = open_case(desk.school.office, desk.school.counselor, desk.thread_id, ["bullying"], "先找到孩子")
    form = f"/desk/decisions/case-file/{case_id}"
    assert form in desk.lin.get(f"/desk/cases/{case_id}").text
    assert desk.lin.send(form, form, reason=" ").status_code == 400
    assert desk.lin.send(form, form, reason="派出所要信的原文").status_code == 303
    request_id = request_in(he.get(PAGE).text)
    assert decide(he, request_id) == 303
    key_page = desk.lin.send(PAGE, f"{request_id}/key")
    passphrase = re.search(r'translate="no">([0-9a-z-]{24})<', key_page.text)
    seed = re.search(r'name="seed" value="([0-9a-f]{32})"', key_page.text)
    assert passphrase and seed
    for _ in range(2):
        taken = desk.lin.send(key_page, f"{request_id}/file", seed=seed[1])
        assert taken.status_code == 200
    assert taken.headers["Content-Disposition"] == 'attachment; filename="case-file.qqh"'
    assert taken.headers["Cache-Control"] == "no-store"
    folder = zipfile.ZipFile(io.BytesIO(open_file(passphrase[1], taken.data)))
    assert folder.read("letters/1.txt").decode() == LETTER
    read = words_of(folder.read("case.html").decode())
    assert LETTER in read and "先找到孩子" in read and "24 小时回访" in read
    assert desk.lin.send(key_page, f"{request_id}/file", seed="1234").status_code == 400
    assert "case-file" not in he.send(PAGE, "/logout").text


def test_the_technician_finds_no_such_page_and_no_count(desk: Desk) -> None:
    desk.at(COUNSELOR, "he")
    desk.ask_reveal()
    technician = another_browser(desk.lin)
    technician.log_in("jishu")
    assert technician.get(PAGE).status_code == 403
    assert "等您决定" not in technician.get("/desk/devices/").text


def test_the_audit_tells_the_lead_the_rule_and_never_the_reason(desk: Desk) -> None:
    an = desk.at(LEAD, "an")
    request_id = desk.ask_reveal()
    assert decide(an, request_id) == 303
    desk.lin.send(PAGE, f"{request_id}/reveal")
    page = an.get("/desk/audit/").text
    told = words_of(page)
    assert "林老师 看了一封信的时间和平板 · U6 人身安全" in told and "an 同意了同事请的事" in told
    assert WHY not in page


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_page_is_shown_in_both_languages(desk: Desk, language: str) -> None:
    desk.at(LEAD, "an")
    case_id = open_case(desk.school.office, desk.school.counselor, desk.thread_id, ["bullying"], "")
    desk.ask_reveal()
    browser = another_browser(desk.lin, language)
    for name in ("lin", "an"):
        browser.log_in(name)
        for address in (
            PAGE,
            f"/desk/decisions/reveal/{desk.thread_id}",
            f"/desk/decisions/case-file/{case_id}",
            f"/desk/letters/{desk.thread_id}",
            f"/desk/cases/{case_id}",
        ):
            assert browser.get(address).status_code == 200, address

"""The people page: who may do what, links shown once, approval, earlier weeks, and going."""

from __future__ import annotations

import re
from collections.abc import Callable

from werkzeug.test import TestResponse

from mailbox.letters.desk import open_thread
from mailbox.people.arrivals import accept_invitation, approve, found_school, invitation
from mailbox.people.listing import PersonLine, people_lines
from mailbox.people.login import log_in, who
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.counselor_ui.at_desk import HTTPS, Browser, arrive, browser_at, logged_in, words_of

PEOPLE = "/desk/people/"


def person(school: SchoolAtWork, name: str) -> PersonLine:
    return next(line for line in people_lines(school.office, school.school_id) if line.display_name == name)


def names(school: SchoolAtWork) -> set[str]:
    return {line.display_name for line in people_lines(school.office, school.school_id)}


def invite(browser: Browser, name: str, role: str = "counselor") -> TestResponse:
    return browser.send(PEOPLE, "/desk/people/invite", display_name=name, role=role)


def link_in(page: str) -> str:
    found = re.search(r"/invitation/([\w-]+)", page)
    assert found
    return found[1]


def test_a_counselor_invites_and_the_link_is_shown_once_and_nowhere_else(school: SchoolAtWork) -> None:
    browser = logged_in(school)
    shown = invite(browser, "何老师")
    token = link_in(shown.text)
    assert invitation(school.office, token).display_name == "何老师"
    assert token not in shown.request.url and "Location" not in shown.headers
    assert token not in browser.get(PEOPLE).text


def test_the_same_person_is_not_invited_twice(school: SchoolAtWork) -> None:
    browser = logged_in(school)
    invite(browser, "何老师")
    again = invite(browser, "何老师")
    assert (again.status_code, "已经在名单里" in again.text) == (400, True)
    assert len([line for line in people_lines(school.office, school.school_id) if line.state == "invited"]) == 1


def test_a_lost_link_is_replaced_and_the_lost_one_opens_nothing(school: SchoolAtWork) -> None:
    browser = logged_in(school)
    lost = link_in(invite(browser, "何老师").text)
    fresh = link_in(browser.send(PEOPLE, f"/{person(school, '何老师').id}/link").text)
    assert browser_at(school.office).get(f"/invitation/{lost}").status_code == 404
    assert invitation(school.office, fresh).display_name == "何老师"


def test_approving_a_counselor_and_sharing_earlier_letters_is_two_taps(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    thread_id = arrive(school, "操场的风很大")
    person_id, login = second_counselor()
    browser = logged_in(school)
    assert "等待批准" in words_of(browser.get(PEOPLE).text)
    browser.send(PEOPLE, f"/{person_id}/approve")
    assert "少 1 批" in words_of(browser.get(PEOPLE).text)
    browser.send(PEOPLE, f"/{person_id}/share")
    assert "批。" not in words_of(browser.get(PEOPLE).text)
    he = who(school.office, log_in(school.office, login, PASSPHRASE))
    assert open_thread(school.office, he, thread_id).notes[0].content


def test_who_cannot_open_earlier_letters_either_is_told_whom_to_ask(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    arrive(school, "操场的风很大")
    person_id, login = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    token = link_in(invite(logged_in(school), "周老师").text)
    zhou = accept_invitation(school.office, token, "zhou", PASSPHRASE).person_id
    approve(school.office, school.school_id, person_id, zhou)
    he = logged_in(school, login)
    he.send(PEOPLE, f"/{zhou}/share")
    assert "少 1 批" in words_of(he.get(PEOPLE).text)
    assert "请更早来的同事来分" in he.send(PEOPLE, f"/{zhou}/share").text


def test_a_waiting_counselor_sees_the_list_without_acts(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    person_id, login = second_counselor()
    browser = logged_in(school, login)
    assert browser.get("/desk/").location == PEOPLE
    shown = browser.get(PEOPLE).text
    assert "您还在等批准" in shown
    assert f"/{person_id}/approve" not in shown and "/people/invite" not in shown
    assert f"/{school.counselor.person_id}/out" not in shown


def test_a_technician_sees_the_list_and_changes_no_counselor(school: SchoolAtWork) -> None:
    browser = logged_in(school, "jishu")
    shown = browser.get(PEOPLE).text
    assert "林老师" in shown
    assert f"/{school.counselor.person_id}/out" not in shown
    assert browser.get(f"{PEOPLE}{school.counselor.person_id}/out").status_code == 403
    refused = invite(browser, "何老师", "counselor")
    assert refused.status_code == 403
    assert "何老师" not in names(school)


def test_putting_somebody_out_asks_first_and_then_does_it(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    person_id, login = second_counselor()
    he, browser = logged_in(school, login), logged_in(school)
    asked = browser.get(f"{PEOPLE}{person_id}/out")
    assert "不能撤回" in asked.text and "何老师" in names(school)
    browser.send(asked, f"/{person_id}/out")
    assert "何老师" not in names(school)
    assert he.get(PEOPLE).location.startswith("/desk/login")


def test_the_last_reader_is_told_why_they_cannot_go(school: SchoolAtWork) -> None:
    browser = logged_in(school)
    shown = browser.get(f"{PEOPLE}{school.counselor.person_id}/out").text
    assert "现在还不能离开" in shown and 'name="token"' not in shown.split("<main", 1)[1]


def test_who_goes_is_thanked_and_logged_out(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    person_id, login = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    he = logged_in(school, login)
    assert "谢谢您" in he.send(f"{PEOPLE}{person_id}/out", f"/{person_id}/out").text
    assert he.get(PEOPLE).status_code == 303
    assert he.log_in(login).status_code == 400


def test_people_of_another_school_are_not_there(school: SchoolAtWork) -> None:
    other_id, _ = found_school(school.office, "白云小学", 4, 15)
    stranger = people_lines(school.office, other_id)[0].id
    browser = logged_in(school)
    assert browser.get(f"{PEOPLE}{stranger}/out").status_code == 404


def test_a_form_that_is_not_ours_does_nothing(school: SchoolAtWork) -> None:
    browser = logged_in(school)
    for path in ("invite", "x/approve", "x/share", "x/link", "x/out"):
        assert browser.client.post(f"{PEOPLE}{path}", base_url=HTTPS, data={"token": "x"}).status_code == 400

"""How a school begins: the one-time link, the technician, invitations, and the recovery slips that are shown once."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from app import create_app
from counselor_ui.arrival import EXAMPLE, setup_path
from mailbox.office import Office
from mailbox.people.arrivals import invite
from mailbox.people.listing import people_lines
from mailbox.people.setup import no_school_yet
from mailbox.sealing.recovery import RecoveryKey
from mailbox.store.people import all_schools
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.counselor_ui.at_desk import HTTPS, Browser, another_browser, browser_at, form_of, logged_in, words_of

SCHOOL = {"school_name": "青山小学", "opening_weekday": "4", "opening_hour": "15"}
LOGIN = {"login_name": "jishu", "passphrase": PASSPHRASE, "again": PASSPHRASE}


def link_of(browser: Browser) -> str:
    return setup_path(browser.client.application)


def set_up(browser: Browser, **other: str) -> TestResponse:
    return browser.send(link_of(browser), link_of(browser), **{**SCHOOL, **LOGIN, **other})


def accept(browser: Browser, token: str, login_name: str, passphrase: str = PASSPHRASE) -> TestResponse:
    path = f"/invitation/{token}"
    return browser.send(path, path, login_name=login_name, passphrase=passphrase, again=passphrase)


def first_counselor(browser: Browser) -> TestResponse:
    """Let the technician, at work in ``browser``, invite 林老师, who makes the keys in a browser of her own."""
    shown = browser.send("/desk/devices/", "/desk/people/invite", display_name="林老师", role="counselor")
    token = re.search(r"/invitation/([\w-]+)", shown.text)
    assert token
    return accept(another_browser(browser), token[1], "lin")


def slips_of(page: str) -> list[list[str]]:
    return [re.findall(r"<li><span>(.)</span></li>", slip) for slip in re.findall(r"<ol.*?</ol>", page, re.S)]


# --- the link -------------------------------------------------------------------------------------


def test_the_technician_sets_the_school_up_and_stands_before_the_steps(office: Office) -> None:
    browser = browser_at(office)
    answer = set_up(browser)
    assert (answer.status_code, answer.location) == (303, "/desk/devices/")
    assert "请来第一位心理老师" in words_of(browser.get("/desk/devices/").text)


def test_a_set_up_link_opens_nothing_once_there_is_a_school(office: Office) -> None:
    browser = browser_at(office)
    set_up(browser)
    assert browser.get(link_of(browser)).status_code == 404


def test_a_guessed_set_up_link_opens_nothing(office: Office) -> None:
    assert browser_at(office).get("/setup/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").status_code == 404


def test_every_start_of_the_program_has_a_link_of_its_own(office: Office) -> None:
    # Apps of their own: the tests' browsers share one that is made once.
    old, new = (Browser(create_app(office).test_client()) for _ in range(2))
    assert new.get(link_of(old)).status_code == 404
    assert new.get(link_of(new)).status_code == 200


def test_a_double_click_founds_one_school_and_says_how_to_go_on(office: Office) -> None:
    browser = browser_at(office)
    page = browser.get(link_of(browser))
    # Both clicks leave before the first answer brings its cookie.
    second_click = another_browser(browser)
    browser.send(page, link_of(browser), **SCHOOL, **LOGIN)
    again = second_click.send(page, link_of(browser), **SCHOOL, **LOGIN)
    assert (again.status_code, "请用刚才写的登录名和口令登录" in again.text) == (409, True)
    with office.database.view() as view:
        assert len(all_schools(view.session)) == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"school_name": " "}, "学校名要 1 到 40 个字"),
        ({"opening_hour": "99"}, "请选择每周哪一天"),
        ({"opening_weekday": "soon"}, "请选择每周哪一天"),
        ({"login_name": ""}, "登录名要 1 到 40 个字"),
        ({"passphrase": "duan", "again": "duan"}, "口令太短"),
        ({"again": "bu yiyang de kouling"}, "两次写的口令不一样"),
        ({"passphrase": EXAMPLE, "again": EXAMPLE}, "这是页面上的例子"),
    ],
)
def test_a_field_that_will_not_do_is_explained_and_nothing_is_founded(
    office: Office, wrong: dict[str, str], said: str
) -> None:
    refused = set_up(browser_at(office), **wrong)
    assert (refused.status_code, said in refused.text) == (400, True)
    assert PASSPHRASE not in refused.text
    assert no_school_yet(office)


def test_after_a_mistake_the_set_up_goes_on_at_once(office: Office) -> None:
    browser = browser_at(office)
    set_up(browser, school_name=" ")
    assert set_up(browser).status_code == 303


# --- invitations and slips ------------------------------------------------------------------------


def test_the_first_counselor_sees_two_slips_that_belong_together(office: Office) -> None:
    browser = browser_at(office)
    set_up(browser)
    shown = first_counselor(browser)
    first, second = slips_of(shown.text)
    assert len(first) == len(second) == 24
    RecoveryKey.from_slips(first, second)
    assert shown.headers["Cache-Control"] == "no-store"


def test_the_slips_are_never_shown_again_and_the_page_says_so_kindly(office: Office) -> None:
    browser = browser_at(office)
    set_up(browser)
    shown = first_counselor(browser)
    for path in (shown.request.path, form_of(shown.text, "/invitation/kept")[0]):
        again = another_browser(browser).get(path)
        assert again.status_code == 404
        assert "两张纸条只显示一次" in again.text and not slips_of(again.text)
    sent_again = another_browser(browser).client.post(shown.request.path, base_url=HTTPS, data={"token": "x"})
    assert sent_again.status_code == 404 and not slips_of(sent_again.text)


def test_going_on_needs_both_slips_on_paper(office: Office) -> None:
    browser = browser_at(office)
    set_up(browser)
    shown = browser.send("/desk/devices/", "/desk/people/invite", display_name="林老师", role="counselor")
    token = re.search(r"/invitation/([\w-]+)", shown.text)
    assert token
    lin = another_browser(browser)
    slips = accept(lin, token[1], "lin")
    one = lin.send(slips, "/invitation/kept", first="on")
    assert (one.status_code, "不能再显示" in one.text) == (400, True)
    both = lin.send(one, "/invitation/kept", first="on", second="on")
    assert (both.status_code, both.location) == (303, "/desk/")
    assert lin.get("/desk/people/").status_code == 200


def test_a_later_counselor_is_told_to_wait_for_a_named_colleague(school: SchoolAtWork) -> None:
    token = invite(school.office, school.school_id, school.counselor.person_id, "counselor", "何老师")
    browser = browser_at(school.office)
    assert "何老师，您好" in browser.get(f"/invitation/{token}").text
    answer = accept(browser, token, "he")
    assert "林老师" in answer.text and not slips_of(answer.text)
    assert browser.cookie("__Host-desk") == ""


def test_who_is_logged_in_already_is_warned_and_makes_room(school: SchoolAtWork) -> None:
    token = invite(school.office, school.school_id, school.technician_id, "technician", "吴老师")
    browser = logged_in(school, "jishu")
    assert "这个窗口里登录着另一个人" in browser.get(f"/invitation/{token}").text
    before = browser.cookie("__Host-desk")
    accept(browser, token, "wu")
    assert "吴老师" in browser.get("/desk/devices/").text
    browser.carry("__Host-desk", before)
    assert browser.get("/desk/devices/").status_code == 303


def test_a_used_or_invented_invitation_opens_nothing(school: SchoolAtWork) -> None:
    browser = browser_at(school.office)
    token = invite(school.office, school.school_id, school.technician_id, "technician", "吴老师")
    accept(browser, token, "wu")
    for path in (f"/invitation/{token}", "/invitation/nobody"):
        answer = another_browser(browser).get(path)
        assert (answer.status_code, "这个链接不能用了" in answer.text) == (404, True)


def test_a_login_name_that_is_taken_is_explained_and_the_invitation_still_works(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    second_counselor()
    token = invite(school.office, school.school_id, school.counselor.person_id, "counselor", "周老师")
    browser = browser_at(school.office)
    refused = accept(browser, token, "he")
    assert (refused.status_code, "已经有人用了" in refused.text) == (400, True)
    assert accept(browser, token, "zhou").status_code == 200
    assert "周老师" in {line.display_name for line in people_lines(school.office, school.school_id)}


def test_an_enrolled_tablet_finds_no_invitation(school: SchoolAtWork) -> None:
    token = invite(school.office, school.school_id, school.technician_id, "technician", "吴老师")
    browser = browser_at(school.office)
    browser.carry("__Host-kiosk", "anything")
    assert "吴老师" not in browser.get(f"/invitation/{token}").text


def test_the_technician_is_told_not_to_leave_a_school_nobody_else_can_enter(office: Office) -> None:
    browser = browser_at(office)
    set_up(browser)
    with office.database.view() as view:
        school_id = all_schools(view.session)[0].id
    technician_id = people_lines(office, school_id)[0].id
    shown = browser.get(f"/desk/people/{technician_id}/out").text
    assert "除了您，还没有别人能登录" in shown and "button grave" not in shown

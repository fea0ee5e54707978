"""The two slips on the pages: typed one after the other, never shown again, throttled, and told to everybody."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from click.testing import CliRunner
from werkzeug.test import TestResponse

from mailbox.people.arrivals import accept_invitation, approve, invite
from mailbox.people.commands import recovery_command
from mailbox.people.recovery import come_back
from mailbox.rules.roles import HEAD
from mailbox.sealing.recovery import RecoveryKey
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.counselor_ui.at_desk import Browser, arrive, browser_at, logged_in, words_of

SLIPS = "/desk/slips/"
NEW = "窗台上的仙人掌想学会游泳"
_SEALED = re.compile(r'name="typed" value="([^"]+)"')


@pytest.fixture
def browser(school: SchoolAtWork) -> Browser:
    return browser_at(school.office)


def type_slip(browser: Browser, page: TestResponse, slip: list[str] | str, **more: str) -> TestResponse:
    """Type one slip into the page that asks for it, with what was typed before."""
    sealed = _SEALED.search(page.text)
    words = slip if isinstance(slip, str) else " ".join(slip)
    return browser.send(page, SLIPS, typed=sealed[1] if sealed else "", slip=words, **more)


def both(browser: Browser, first: list[str], second: list[str]) -> TestResponse:
    return type_slip(browser, type_slip(browser, browser.get(SLIPS), first), second)


def come_in(browser: Browser, page: TestResponse, **fields: str) -> TestResponse:
    sealed = _SEALED.search(page.text)
    assert sealed
    return browser.send(page, f"{SLIPS}in", typed=sealed[1], **fields)


def test_from_the_login_page_to_the_letters_with_two_slips(school: SchoolAtWork, browser: Browser) -> None:
    arrive(school, "今天的云像一只鸡")
    assert SLIPS in browser.get("/desk/login").text
    second = type_slip(browser, browser.get(SLIPS), school.slips[0])
    assert "请写第二张纸条" in second.text
    who = type_slip(browser, second, school.slips[1])
    assert "林老师（登录名：lin）" in who.text
    shown = come_in(browser, who, who=school.counselor.person_id, passphrase=NEW, again=NEW)
    assert "登录名还是“lin”" in shown.text and "第二张（共两张）" in shown.text
    assert browser.get("/desk/letters/").status_code == 200
    kept = browser.send(shown, "/invitation/kept", first="on", second="on")
    assert kept.location == "/desk/"
    fresh = browser_at(school.office)
    assert fresh.log_in("lin").status_code == 400
    assert fresh.log_in("lin", NEW).status_code == 303


def test_no_page_shows_a_word_that_was_typed(school: SchoolAtWork, browser: Browser) -> None:
    first, second = school.slips
    wrong = [*first]
    wrong[6] = "龘"
    gap = type_slip(browser, browser.get(SLIPS), wrong)
    whole = type_slip(browser, gap, "", **{"word-7": first[6]})
    who = type_slip(browser, whole, second)
    for page, unseen in ((gap, first), (whole, first), (who, first + second)):
        assert "".join(unseen[:3]) not in page.text and " ".join(unseen[:3]) not in page.text
        assert page.headers["Cache-Control"] == "no-store"
    assert "第 7 个字" in gap.text and "第 8 个字" not in gap.text
    assert "两张都对" in who.text


def test_refusals_say_what_to_do(school: SchoolAtWork, browser: Browser) -> None:
    first, second = school.slips
    empty = browser.get(SLIPS)
    assert "一张纸条正好 24 个字" in type_slip(browser, empty, first[:-1]).text
    once = type_slip(browser, empty, first)
    again = type_slip(browser, once, first)
    assert again.status_code == 400 and "刚才已经写过了" in again.text
    # The slip that was right is not to be typed again.
    assert "两张都对" in type_slip(browser, again, second).text
    strangers = RecoveryKey.generate().slips()
    assert "不是这个信箱的" in both(browser, *strangers).text
    assert "两张纸条不是一对" in both(browser, first, strangers[1]).text


def test_wrong_pairs_must_wait_and_right_ones_are_not_counted(school: SchoolAtWork, browser: Browser) -> None:
    for _ in range(7):
        assert both(browser, *school.slips).status_code == 200
    first, strangers = school.slips[0], RecoveryKey.generate().slips()[1]
    answers = [both(browser, first, strangers).status_code for _ in range(6)]
    assert answers == [400] * 5 + [429]


def test_a_weak_or_differing_passphrase_keeps_what_was_chosen(school: SchoolAtWork, browser: Browser) -> None:
    who = both(browser, *school.slips)
    newcomer = {"who": "newcomer", "display_name": "周老师", "login_name": "zhou"}
    differs = come_in(browser, who, **newcomer, passphrase=NEW, again=NEW + "吗")
    assert differs.status_code == 400 and "两次写的口令不一样" in differs.text and 'value="周老师"' in differs.text
    weak = come_in(browser, differs, **newcomer, passphrase="password1234", again="password1234")
    assert weak.status_code == 400 and "很快就能猜到" in weak.text
    shown = come_in(browser, weak, **newcomer, passphrase=NEW, again=NEW)
    assert "由周老师自己收好" in shown.text


def test_nobody_chosen_is_no_way_in(school: SchoolAtWork, browser: Browser) -> None:
    who = both(browser, *school.slips)
    for chosen in ("", school.technician_id, "0" * 32):
        assert come_in(browser, who, who=chosen, passphrase=NEW, again=NEW).status_code == 400
    assert browser_at(school.office).log_in("lin").status_code == 303


def test_what_was_typed_in_one_browser_is_nothing_in_another(school: SchoolAtWork, browser: Browser) -> None:
    who = both(browser, *school.slips)
    sealed = _SEALED.search(who.text)
    assert sealed
    thief = Browser(browser.client.application.test_client())
    page = thief.get(SLIPS)
    stolen = thief.send(page, SLIPS, typed=sealed[1], slip="")
    assert stolen.status_code == 400 and "放得太久了" in stolen.text


def test_a_browser_that_keeps_no_cookie_is_told(school: SchoolAtWork, browser: Browser) -> None:
    page = browser.get(SLIPS)
    browser.client.delete_cookie("__Host-desk-slips")
    assert "请允许本站的 Cookie" in type_slip(browser, page, school.slips[0]).text


def test_the_head_sees_the_notice_on_every_page_until_it_is_known(school: SchoolAtWork) -> None:
    token = invite(school.office, school.school_id, school.counselor.person_id, HEAD, "校长")
    accept_invitation(school.office, token, "xiaozhang", PASSPHRASE)
    head = logged_in(school, "xiaozhang")
    come_back(school.office, school.slips, school.counselor.person_id, NEW)
    for page in ("/desk/paper/", "/desk/people/"):
        assert "有人用两张恢复纸条给林老师设了新口令" in words_of(head.get(page).text)
    assert head.send("/desk/people/", "/seen").status_code == 303
    assert "恢复纸条" not in words_of(head.get("/desk/people/").text)


# --- new slips at the desk ------------------------------------------------------------------------


def test_new_slips_with_a_colleagues_voice(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    person_id, _ = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    lin, he = logged_in(school), logged_in(school, "he")
    assert lin.send(f"{SLIPS}new", "/new/ask").status_code == 303
    assert "在等第二个人同意" in lin.get(f"{SLIPS}new").text
    assert he.send("/desk/people/", "/agree").status_code == 303
    page = lin.get(f"{SLIPS}new")
    wrong = lin.send(page, "/slips/new", old=NEW)
    assert wrong.status_code == 400 and "现在的口令不对" in wrong.text
    shown = lin.send(page, "/slips/new", old=PASSPHRASE)
    assert "旧的两张已经作废" in shown.text
    assert "做了两张新的恢复纸条" in he.get("/desk/people/").text
    assert he.send("/desk/people/", "/seen").status_code == 303


def test_a_reader_is_made_lead_on_the_page(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    person_id, _ = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    lin, he = logged_in(school), logged_in(school, "he")
    assert "学校还没有负责人" in lin.get("/desk/people/").text
    assert lin.send("/desk/people/", f"/{person_id}/role", role="lead").status_code == 303
    assert lin.send("/desk/people/", f"/{person_id}/role", role="counselor").status_code == 400
    assert he.send("/desk/people/", "/agree").status_code == 303
    assert "负责人，能看信" in he.get("/desk/people/").text
    assert "不再当负责人" in lin.get("/desk/people/").text


# --- the command ----------------------------------------------------------------------------------


def test_the_command_lets_one_reader_in_and_prints_no_word(school: SchoolAtWork) -> None:
    first, second = (" ".join(slip) for slip in school.slips)
    command = recovery_command(lambda: school.office)
    typed = CliRunner().invoke(command, input="\n".join([first, second, "1", NEW, NEW, ""]))
    assert typed.exit_code == 0, typed.output
    assert "lin" in typed.output and first[:9] not in typed.output
    assert browser_at(school.office).log_in("lin", NEW).status_code == 303


def test_the_command_names_a_wrong_word_by_its_place_and_ends_with_a_sentence(school: SchoolAtWork) -> None:
    first, second = ([*slip] for slip in school.slips)
    right, first[6] = first[6], "龘"
    command = recovery_command(lambda: school.office)
    lines = [" ".join(first), right, " ".join(second), "0", "周老师", "zhou", "password1234", "password1234", ""]
    typed = CliRunner().invoke(command, input="\n".join(lines))
    assert typed.exit_code == 1 and "type them again: 7" in typed.output and "too_easy" in typed.output
    short = CliRunner().invoke(command, input="的 一\n")
    assert short.exit_code == 1 and "exactly 24 words" in short.output

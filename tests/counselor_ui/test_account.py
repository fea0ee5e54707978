"""One's own login on the desk: the phone code, spare codes, a new passphrase, other browsers, starting anew."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from mailbox.people.arrivals import accept_invitation, approve, invite
from mailbox.rules.roles import LEAD
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.counselor_ui.at_desk import Browser, Hand, another_browser, browser_at, logged_in, words_of

NEW = "窗台上的仙人掌想学会游泳"
DEVICE = "__Host-desk-device"
ACCOUNT = "/desk/account/"
FACTOR = "/desk/account/second-factor"


@pytest.fixture
def browser(school: SchoolAtWork) -> Browser:
    return logged_in(school)


def code_now(school: SchoolAtWork, secret: bytes, steps: int = 0) -> str:
    return TOTP(secret, 6, SHA1(), 30).generate(int(school.office.clock().timestamp()) + 30 * steps).decode()  # noqa: S303


def turn_on(school: SchoolAtWork, browser: Browser) -> tuple[bytes, list[str]]:
    """Turn the phone code on through the pages; return the secret and the spare codes."""
    page = browser.get(FACTOR)
    assert '<svg class="qr"' in page.text
    letters = re.search(r'<p class="once words"[^>]*>([A-Z2-7 ]+)</p>', page.text)
    offered = re.search(r'name="offer" value="([^"]+)"', page.text)
    assert letters and offered
    secret = base64.b32decode(letters[1].replace(" ", ""))
    shown = browser.send(page, FACTOR, offer=offered[1], code=code_now(school, secret))
    assert shown.status_code == 200
    return secret, re.findall(r"<li>([a-z0-9]{5} [a-z0-9]{5})</li>", shown.text)


def test_the_phone_code_from_the_picture_to_the_next_login(school: SchoolAtWork, browser: Browser) -> None:
    secret, spare = turn_on(school, browser)
    assert len(spare) == 10
    school.clock.advance(minutes=1)
    fresh = another_browser(browser)
    fresh.log_in("lin")
    assert fresh.get("/desk/letters/").location == "/desk/code"
    wrong = fresh.send("/desk/code", "/desk/code", code="000000")
    assert wrong.status_code == 400 and "这个码不对" in wrong.text
    assert fresh.send("/desk/code", "/desk/code", code=code_now(school, secret)).location == "/desk/"
    assert fresh.get("/desk/letters/").status_code == 200
    last = another_browser(browser)
    last.log_in("lin")
    assert last.send("/desk/code", "/desk/code", code=spare[0]).status_code == 303
    assert "备用码还剩 9 个" in words_of(last.get(ACCOUNT).text)


def test_a_slow_clock_is_said_in_words(school: SchoolAtWork, browser: Browser) -> None:
    secret, _ = turn_on(school, browser)
    school.clock.advance(minutes=20)
    fresh = another_browser(browser)
    fresh.log_in("lin")
    answer = fresh.send("/desk/code", "/desk/code", code=code_now(school, secret, -20))
    assert "时间差了大约 10 分钟，手机慢" in words_of(answer.text)


def test_a_computer_three_minutes_fast_is_named_as_a_likely_cause(school: SchoolAtWork, browser: Browser) -> None:
    secret, _ = turn_on(school, browser)
    school.clock.advance(minutes=20)
    fresh = another_browser(browser)
    fresh.log_in("lin")
    answer = fresh.send("/desk/code", "/desk/code", code=code_now(school, secret, -6))
    assert "就是信箱的电脑快了：请技术老师对一对它的时间" in words_of(answer.text)


def test_a_computer_three_minutes_slow_is_named_without_saying_that_the_code_will_fit(
    school: SchoolAtWork, browser: Browser
) -> None:
    secret, _ = turn_on(school, browser)
    school.clock.advance(minutes=20)
    fresh = another_browser(browser)
    fresh.log_in("lin")
    wrong, early = (
        fresh.send("/desk/code", "/desk/code", code=code) for code in ("000000", code_now(school, secret, 6))
    )
    assert "再请技术老师看看信箱的电脑" in words_of(early.text)
    assert words_of(wrong.text) == words_of(early.text)


def test_only_a_whole_login_makes_a_known_computer(school: SchoolAtWork, browser: Browser) -> None:
    secret, _ = turn_on(school, browser)
    school.clock.advance(minutes=20)
    fresh = another_browser(browser)
    fresh.log_in("lin")
    fresh.send("/desk/code", "/desk/code", code="000000")
    assert fresh.cookie(DEVICE) == ""
    fresh.send("/desk/code", "/desk/code", code=code_now(school, secret))
    assert fresh.cookie(DEVICE) != ""


def test_guessing_codes_is_slowed_down(school: SchoolAtWork, browser: Browser) -> None:
    turn_on(school, browser)
    fresh = another_browser(browser)
    fresh.log_in("lin")
    answers = [fresh.send("/desk/code", "/desk/code", code=f"00000{n}").status_code for n in range(6)]
    assert answers == [400] * 5 + [429]


def test_who_has_the_passphrase_guesses_codes_by_the_hour_and_is_told_of_to_whom_it_belongs(
    school: SchoolAtWork, browser: Browser
) -> None:
    secret, _ = turn_on(school, browser)
    hand = Hand.of(browser)
    hers, thief = another_browser(browser), another_browser(browser)
    for somebody in (hers, thief):
        somebody.log_in("lin")
    hers.send("/desk/code", "/desk/code", code=code_now(school, secret, 1))
    given = []
    for _ in range(24):
        hand.now += 60
        given.append(thief.send("/desk/code", "/desk/code", code="000000"))
    assert [answer.status_code for answer in given] == [400] * 20 + [429] * 4
    assert "分钟再试" in given[-1].text
    hand.now += 3_600
    assert [thief.send("/desk/code", "/desk/code", code="000000").status_code for _ in range(2)] == [400, 429]
    # Told once, and at her own computer she is not kept out by it.
    assert hers.get(ACCOUNT).text.count("写错了很多次动态码") == 1
    school.clock.advance(minutes=10)
    assert hers.log_in("lin").status_code == 303
    assert hers.send("/desk/code", "/desk/code", code=code_now(school, secret)).location == "/desk/"


def test_a_wrong_first_code_keeps_the_same_secret(school: SchoolAtWork, browser: Browser) -> None:
    page = browser.get(FACTOR)
    offered = re.search(r'name="offer" value="([^"]+)"', page.text)
    assert offered
    again = browser.send(page, FACTOR, offer=offered[1], code="12")
    assert again.status_code == 400 and offered[1] in again.text
    forged = browser.send(browser.get(FACTOR), FACTOR, offer="bm9uZQ==", code="123456")
    assert forged.status_code == 400


def test_a_new_passphrase_leads_to_the_login(browser: Browser) -> None:
    differs = browser.send(ACCOUNT, "/passphrase", old=PASSPHRASE, passphrase=NEW, again=NEW + "吗")
    assert differs.status_code == 400 and "两次写的口令不一样" in differs.text
    weak = browser.send(ACCOUNT, "/passphrase", old=PASSPHRASE, passphrase="password1234", again="password1234")
    assert weak.status_code == 400 and "很快就能猜到" in weak.text
    done = browser.send(ACCOUNT, "/passphrase", old=PASSPHRASE, passphrase=NEW, again=NEW)
    assert done.location == "/desk/login?changed=1"
    assert "口令换好了" in browser.get(done.location).text
    assert browser.log_in("lin", NEW).status_code == 303


def test_another_browser_is_seen_and_ended(browser: Browser) -> None:
    there = another_browser(browser)
    there.log_in("lin")
    page = browser.get(ACCOUNT)
    assert "另一个浏览器" in page.text and "这个浏览器" in page.text
    assert browser.send(page, "/sessions/end").status_code == 303
    assert there.get(ACCOUNT).location == "/desk/login"
    assert browser.get(ACCOUNT).status_code == 200


def test_who_forgot_the_passphrase_comes_back_through_colleagues(
    school: SchoolAtWork, browser: Browser, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    he_id, _ = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, he_id)
    zhou = accept_invitation(
        school.office, invite(school.office, school.school_id, he_id, LEAD, "周老师"), "zhou", PASSPHRASE
    )
    approve(school.office, school.school_id, school.counselor.person_id, zhou.person_id)
    shown = browser.send("/desk/people/", f"/{he_id}/anew")
    link = re.search(r"/invitation/[\w-]+", shown.text)
    assert link
    he = browser_at(school.office)
    assert "重新设登录名和口令" in he.get(link[0]).text
    done = he.send(link[0], link[0], login_name="he", passphrase=NEW, again=NEW)
    assert "还差一步" in done.text
    # Who made the link finds no button to let them in; the other colleague does.
    assert f"/{he_id}/approve" not in browser.get("/desk/people/").text
    lead = another_browser(browser)
    lead.log_in("zhou")
    assert lead.send("/desk/people/", f"/{he_id}/approve").status_code == 303
    assert he.log_in("he", NEW).status_code == 303
    assert he.get("/desk/letters/").status_code == 200


def test_a_reader_whom_the_lead_asks_for_a_phone_code_sets_it_up_first(school: SchoolAtWork, browser: Browser) -> None:
    token = invite(school.office, school.school_id, school.counselor.person_id, LEAD, "周老师")
    zhou = accept_invitation(school.office, token, "zhou", PASSPHRASE)
    approve(school.office, school.school_id, school.counselor.person_id, zhou.person_id)
    lead = another_browser(browser)
    lead.log_in("zhou")
    first = lead.send("/desk/people/", "/factor-required", wanted="yes")
    assert first.status_code == 400 and "请先在“我的登录”里开启自己的动态码" in first.text
    turn_on(school, lead)
    assert lead.send("/desk/people/", "/factor-required", wanted="yes").status_code == 303
    assert browser.get("/desk/letters/").location == FACTOR
    turn_on(school, browser)
    assert browser.get("/desk/letters/").status_code == 200
    assert lead.send("/desk/people/", f"/{school.counselor.person_id}/factor-off").status_code == 303
    assert browser.get("/desk/letters/").location == "/desk/login"

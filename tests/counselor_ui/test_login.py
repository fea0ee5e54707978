"""The staff door: who comes in, what a stranger learns, and that nobody can be locked out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete
from werkzeug.test import TestResponse

from app import create_app
from mailbox.people.arrivals import approve, leave
from mailbox.sealing import passphrase
from mailbox.sealing.key_file import KeyFile
from mailbox.sealing.passphrase import Argon2Cost
from mailbox.store.tables import DeskSession
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.counselor_ui.at_desk import HTTPS, Browser, Hand, another_browser, browser_at, form_of, logged_in, words_of

WRONG = "这不是口令这不是口令"
SESSION, DEVICE, KIOSK = "__Host-desk", "__Host-desk-device", "__Host-kiosk"


@pytest.fixture
def hand(browser: Browser) -> Hand:
    return Hand.of(browser)


@pytest.fixture
def browser(school: SchoolAtWork) -> Browser:
    return browser_at(school.office)


def guess(browser: Browser, login_name: str, times: int) -> TestResponse:
    """Try a wrong passphrase some times; return the last answer."""
    for _ in range(times):
        answer = browser.log_in(login_name, WRONG)
    return answer


def set_cookies(answer: TestResponse) -> dict[str, str]:
    return {line.partition("=")[0]: line for line in answer.headers.getlist("Set-Cookie")}


# --- coming in and going out ----------------------------------------------------------------------


def test_a_counselor_comes_to_the_letters(browser: Browser) -> None:
    assert browser.log_in("lin").location == "/desk/"
    assert browser.get("/desk/").location == "/desk/letters/"
    assert "林老师" in browser.get("/desk/letters/").text


def test_a_technician_comes_to_the_devices_and_finds_no_way_to_the_letters(browser: Browser) -> None:
    browser.log_in("jishu")
    assert browser.get("/desk/").location == "/desk/devices/"
    assert "/desk/letters/" not in browser.get("/desk/devices/").text
    assert browser.get("/desk/letters/").status_code == 403


def test_spaces_around_the_login_name_do_not_matter(browser: Browser) -> None:
    assert browser.log_in(" lin ").status_code == 303


def test_the_session_ends_with_the_browser_and_no_script_can_read_it(browser: Browser) -> None:
    session = set_cookies(browser.log_in("lin"))[SESSION]
    for part in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert part in session
    assert "Max-Age" not in session and "Expires" not in session and "Domain" not in session


def test_after_logging_out_the_old_cookie_leads_to_the_login(browser: Browser) -> None:
    browser.log_in("lin")
    kept = browser.cookie(SESSION)
    assert browser.send("/desk/letters/", "/desk/logout").location == "/desk/login"
    assert browser.cookie(SESSION) == ""
    browser.carry(SESSION, kept)
    assert browser.get("/desk/letters/").location == "/desk/login"


@pytest.mark.parametrize("cookie", ["", "x", "A" * 43, "沙", "A" * 4_000])
def test_a_malformed_session_leads_to_the_login(browser: Browser, cookie: str) -> None:
    browser = Browser(browser.client.application.test_client(use_cookies=False))
    browser.client.environ_base["HTTP_COOKIE"] = f"{SESSION}={cookie}".encode().decode("latin-1")
    assert browser.get("/desk/letters/").location == "/desk/login"
    assert browser.get("/desk/login").status_code == 200


def test_a_session_that_this_installation_never_knew_leads_to_the_login(school: SchoolAtWork, browser: Browser) -> None:
    browser.log_in("lin")
    with school.office.database.work() as work:
        work.session.execute(delete(DeskSession))
        work.commit()
    assert browser.get("/desk/letters/").location == "/desk/login"


def test_a_letter_form_sent_after_the_session_ended_leads_to_the_login(school: SchoolAtWork, browser: Browser) -> None:
    browser.log_in("lin")
    page = browser.get("/desk/letters/")
    school.clock.advance(minutes=16)
    assert browser.send(page, "/desk/logout").status_code == 303
    assert browser.get("/desk/").location == "/desk/login"


# --- what a stranger learns -----------------------------------------------------------------------


def without_what_differs(answer: TestResponse, login_name: str) -> str:
    return re.sub(r'name="token" value="[^"]+"', "", answer.text).replace(f'value="{login_name}"', "")


def test_an_unknown_name_and_a_wrong_passphrase_get_the_same_page(browser: Browser) -> None:
    known, unknown = browser.log_in("lin", WRONG), browser.log_in("nobody", WRONG)
    assert (known.status_code, unknown.status_code) == (400, 400)
    assert without_what_differs(known, "lin") == without_what_differs(unknown, "nobody")
    assert "登录名或口令不对" in known.text
    assert set_cookies(known) == set_cookies(unknown) == {}


class Derivations:
    """What was derived from a passphrase, by its cost; each takes as long as the next of the same cost."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.costs: list[Argon2Cost] = []
        derive = passphrase.passphrase_key

        def counted(typed: str, salt: bytes, cost: Argon2Cost) -> bytes:
            self.costs.append(cost)
            return derive(typed, salt, cost)

        monkeypatch.setattr(passphrase, "passphrase_key", counted)


@pytest.fixture
def left(school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]) -> str:
    """The login name of somebody who worked here once."""
    person_id, login_name = second_counselor()
    leave(school.office, school.school_id, school.counselor.person_id, person_id)
    return login_name


def test_a_stranger_learns_no_name_by_answers_headers_or_work(
    browser: Browser, hand: Hand, left: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who works here, who left, who never was and what is no name: the same answer for one derivation of one cost."""
    derived = Derivations(monkeypatch)

    def shown(name: str) -> tuple[object, ...]:
        hand.now += 3_600
        derived.costs.clear()
        answer = browser.log_in(name, WRONG)
        # The name itself is shown again, and counts among the letters of the page.
        headers = {name: value for name, value in answer.headers if name != "Content-Length"}
        return answer.status_code, headers, without_what_differs(answer, name.strip()), derived.costs[:]

    at_work = shown("lin")
    assert (at_work[0], len(derived.costs)) == (400, 1)
    for name in ("nil", left, "l\0n", " li", "LIN", "字" * 40):
        assert shown(name) == at_work, name


@pytest.mark.parametrize("name", ["lin", "nil", "left"])
def test_while_a_name_rests_nothing_is_derived_for_it_whoever_it_is(
    browser: Browser, hand: Hand, left: str, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    name = left if name == "left" else name
    guess(browser, name, 5)
    derived = Derivations(monkeypatch)
    late = browser.log_in(name, PASSPHRASE)
    assert (late.status_code, late.headers["Retry-After"], derived.costs) == (429, "60", [])
    assert "请等 60 秒再试" in late.text and set_cookies(late) == {}


def test_a_passphrase_is_never_shown_again(browser: Browser) -> None:
    for answer in (browser.log_in("lin", WRONG), browser.log_in("nobody", WRONG), guess(browser, "lin", 9)):
        assert WRONG not in answer.text


@pytest.mark.parametrize("login_name", ["lin\0", "\0", "l" * 5_000, "<b>lin", "", "𝓁in", "' OR 1=1 --"])
def test_strange_names_are_refused_like_any_other(browser: Browser, login_name: str) -> None:
    answer = browser.log_in(login_name, WRONG)
    assert answer.status_code == 400
    assert "<b>lin" not in answer.text


# --- how often ------------------------------------------------------------------------------------


def test_guessing_must_wait_and_is_told_how_long(browser: Browser, hand: Hand) -> None:
    assert guess(browser, "lin", 5).status_code == 400
    late = browser.log_in("lin")
    assert late.status_code == 429
    assert int(late.headers["Retry-After"]) == 60
    assert "请等 60 秒再试" in late.text
    assert SESSION not in set_cookies(late)
    hand.now += 61
    assert browser.log_in("lin").status_code == 303


def test_an_unknown_name_must_wait_just_as_long(browser: Browser, hand: Hand) -> None:
    assert [guess(browser, name, 6).status_code for name in ("lin", "nobody")] == [429, 429]


def test_a_stranger_who_guesses_cannot_lock_out_the_counselor_at_her_own_computer(browser: Browser, hand: Hand) -> None:
    hers = another_browser(browser)
    hers.log_in("lin")
    hers.send("/desk/letters/", "/desk/logout")
    stranger = another_browser(browser)
    assert guess(stranger, "lin", 30).status_code == 429
    assert guess(stranger, "everybody", 30).status_code == 429
    assert hers.log_in("lin").status_code == 303


def test_her_own_computer_is_counted_too(browser: Browser, hand: Hand) -> None:
    browser.log_in("lin")
    assert guess(browser, "lin", 10).status_code == 400
    assert browser.log_in("lin").status_code == 429
    hand.now += 31
    assert browser.log_in("lin").status_code == 303


def test_a_known_computer_is_a_stranger_for_every_other_name(browser: Browser, hand: Hand) -> None:
    browser.log_in("lin")
    assert guess(browser, "jishu", 6).status_code == 429


def test_a_stranger_with_many_names_must_wait_in_all(browser: Browser, hand: Hand) -> None:
    tried = [browser.log_in(f"name-{number}", WRONG).status_code for number in range(21)]
    assert tried == [400] * 20 + [429]


def test_right_tries_are_not_counted(browser: Browser, hand: Hand) -> None:
    assert [another_browser(browser).log_in("lin").status_code for _ in range(8)] == [303] * 8


def test_a_forged_pass_makes_no_known_computer(browser: Browser, hand: Hand) -> None:
    hers = another_browser(browser)
    hers.log_in("lin")
    pass_of_lin = hers.cookie(DEVICE)
    for forged in ("x", "." * 50, pass_of_lin[:-2] + "AA", pass_of_lin.swapcase(), "沙" * 9):
        stranger = Browser(browser.client.application.test_client(use_cookies=False))
        stranger.client.environ_base["HTTP_COOKIE"] = f"{DEVICE}={forged}".encode().decode("latin-1")
        hand.now += 100_000
        assert guess(stranger, "lin", 6).status_code == 429


def test_a_pass_lasts_400_days_and_no_longer(school: SchoolAtWork, browser: Browser, hand: Hand) -> None:
    device = set_cookies(browser.log_in("lin"))[DEVICE]
    for part in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=34560000"):
        assert part in device
    school.clock.advance(days=401)
    assert guess(browser, "lin", 6).status_code == 429


def test_two_colleagues_may_share_a_computer(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]], browser: Browser, hand: Hand
) -> None:
    person_id, _ = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    for login_name in ("lin", "he", "jishu"):
        browser.log_in(login_name)
    stranger = another_browser(browser)
    for login_name in ("lin", "he", "jishu"):
        guess(stranger, login_name, 6)
        assert browser.log_in(login_name).status_code == 303


# --- the form -------------------------------------------------------------------------------------


def test_a_login_page_that_lay_open_too_long_is_shown_again(school: SchoolAtWork, browser: Browser) -> None:
    page = browser.get("/desk/login")
    school.clock.advance(hours=3)
    answer = browser.send(page, "/desk/login", login_name="lin", passphrase=PASSPHRASE)
    assert answer.status_code == 400
    assert "放得太久" in answer.text
    assert form_of(answer.text, "/desk/login")


def test_a_login_from_another_site_is_refused(browser: Browser) -> None:
    answer = browser.client.post("/desk/login", base_url=HTTPS, data={"login_name": "lin", "passphrase": PASSPHRASE})
    assert answer.status_code == 400
    assert set_cookies(answer) == {}


def test_a_body_that_is_no_plain_form_is_not_parsed(browser: Browser) -> None:
    _, token = form_of(browser.get("/desk/login").text, "/desk/login")
    data = {"token": token, "login_name": "lin", "passphrase": PASSPHRASE}
    answer = browser.client.post("/desk/login", base_url=HTTPS, data=data, content_type="multipart/form-data")
    assert answer.status_code == 400
    assert set_cookies(answer) == {}


# --- the idle end ---------------------------------------------------------------------------------


def test_a_page_goes_back_to_the_login_by_itself_a_little_after_the_session_ended(browser: Browser) -> None:
    browser.log_in("lin")
    assert browser.get("/desk/letters/").headers["Refresh"] == "930; url=/desk/login?away=1"
    assert "Refresh" not in browser.get("/desk/login").headers
    assert "Refresh" not in browser.get("/desk/").headers


def test_going_back_to_the_login_does_not_keep_the_session_alive(school: SchoolAtWork, browser: Browser) -> None:
    browser.log_in("lin")
    browser.get("/desk/letters/")
    school.clock.advance(minutes=10)
    assert "您在别的窗口还登录着" in browser.get("/desk/login?away=1").text
    school.clock.advance(minutes=6)
    away = browser.get("/desk/login?away=1").text
    assert "信已经收好了" in away and "还登录着" not in away
    assert browser.get("/desk/letters/").location == "/desk/login"


def renewal(page: str) -> tuple[str, str]:
    """Return the address and the token by which a page's script says that somebody types."""
    found = re.search(r'data-renew="([^"]+)" data-renew-token="([^"]+)"', page)
    assert found
    return found[1], found[2]


def test_typing_in_any_form_keeps_the_session_until_it_is_sent(school: SchoolAtWork) -> None:
    browser = logged_in(school)
    page = browser.get("/desk/talks/new").text
    address, token = renewal(page)
    for _ in range(2):
        school.clock.advance(minutes=14)
        assert browser.client.post(address, base_url=HTTPS, data={"token": token}).status_code == 204
    school.clock.advance(minutes=14)
    sent_to, talk = form_of(page, "/talks/new")
    typed = {"token": talk, "on": "2026-03-02", "who": "小云", "words": "", "agreed": "写了很久的约定"}
    refused = browser.client.post(sent_to, base_url=HTTPS, data=typed)
    assert (refused.status_code, "写了很久的约定" in refused.text) == (400, True)


def test_a_renewal_that_is_no_form_of_ours_renews_nothing(school: SchoolAtWork) -> None:
    browser = logged_in(school)
    address, _ = renewal(browser.get("/desk/letters/").text)
    school.clock.advance(minutes=14)
    for data in ({}, {"token": "x"}, {"token": form_of(browser.get("/desk/login").text, "/desk/login")[1]}):
        assert browser.client.post(address, base_url=HTTPS, data=data).status_code == 400
    school.clock.advance(minutes=2)
    assert browser.get("/desk/letters/").location == "/desk/login"


def test_nobody_types_on_the_login_page(browser: Browser) -> None:
    assert "data-renew" not in browser.get("/desk/login").text


# --- kiosks ---------------------------------------------------------------------------------------


def desk_addresses(school: SchoolAtWork) -> Iterator[str]:
    for rule in create_app(school.office).url_map.iter_rules():
        if rule.rule.startswith("/desk"):
            yield re.sub(r"<[^>]+>", "0" * 32, rule.rule)
    yield from ("/desk", "//desk/", "/desk//letters/", "/desk/letters", "/desk/static/desk.css", "/desk/nothing")


def ask(browser: Browser, method: str, path: str) -> TestResponse:
    # Given as it is: the test client would take //desk for another machine's name.
    return browser.client.open("/", base_url=HTTPS, method=method, environ_overrides={"PATH_INFO": path})


def test_a_kiosk_finds_no_desk_at_any_address_by_any_method(school: SchoolAtWork) -> None:
    kiosk = logged_in(school)
    kiosk.carry(KIOSK, "forged")
    addresses = list(desk_addresses(school))
    assert len(addresses) > 15
    for address in addresses:
        for method in ("GET", "HEAD", "POST", "PUT", "OPTIONS"):
            answer, nowhere = (ask(kiosk, method, path) for path in (address, "/nothing"))
            assert answer.status_code == 404, (method, address)
            assert "Allow" not in answer.headers and "Location" not in answer.headers
            # The children's page after a POST says where it was sent to; nothing else may differ.
            said, said_nowhere = (re.sub(r' data-forget="[^"]*"', "", page.text) for page in (answer, nowhere))
            assert said == said_nowhere
            assert set_cookies(answer) == {}


def test_the_door_is_there_for_every_other_browser(browser: Browser) -> None:
    assert browser.get("/desk/login").status_code == 200
    assert "老师值班台" in words_of(browser.get("/desk/login").text)


def test_another_key_file_knows_no_session(school: SchoolAtWork, browser: Browser, tmp_path: Path) -> None:
    """The database moved to a machine with other keys: rows are not ours there, and nobody is logged in."""
    browser.log_in("lin")
    elsewhere = browser_at(replace(school.office, keys=KeyFile.create(tmp_path / "other.key")))
    elsewhere.carry(SESSION, browser.cookie(SESSION))
    assert elsewhere.get("/desk/letters/").location == "/desk/login"

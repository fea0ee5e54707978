"""How a tablet becomes a kiosk, what a device sees that is none, and how staff get their computer back."""

from __future__ import annotations

import pytest

from mailbox.people.stations import SIREN, withdraw
from tests.conftest import SchoolAtWork
from tests.mailbox.kiosk.tablet import COOKIE, HTTPS, Tablet, help_in
from tests.support.page_words import words_of_page
from tests.support.pages import pages_of

DESK = "/desk/login"


@pytest.fixture
def stranger(tablet: Tablet) -> Tablet:
    """A browser that nobody enrolled, at the same program."""
    return Tablet(tablet.client.application.test_client(), tablet.school)


def withdraw_it(tablet: Tablet) -> None:
    school = tablet.school
    withdraw(school.office, school.school_id, school.counselor.person_id, tablet.id)


def test_enrolment_asks_once_and_says_what_will_happen(stranger: Tablet) -> None:
    link = stranger.enrolment_link("图书角")
    asked = stranger.get(link)
    assert "打不开老师的页面" in words_of_page(asked.text)
    assert stranger.get("/").status_code == 404
    enrolled = stranger.post(link)
    cookie = enrolled.headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert all(part in cookie for part in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/", "Max-Age="))
    assert stranger.get("/").status_code == 200


def test_a_link_that_a_messenger_or_a_scanner_looked_at_still_enrols(stranger: Tablet) -> None:
    link = stranger.enrolment_link("图书角")
    for _ in range(3):
        assert stranger.get(link).status_code == 200
        assert stranger.client.head(link, base_url=HTTPS).status_code == 200
        assert stranger.client.options(link, base_url=HTTPS).status_code < 500
        assert stranger.get("/").status_code == 404
    assert stranger.post(link).status_code == 200


def test_links_are_not_guessed_and_a_wrong_one_says_what_a_used_one_says(stranger: Tablet) -> None:
    link = stranger.enrolment_link("图书角")
    # 24 random bytes.
    assert len(link.removeprefix("/enroll/")) == 32
    stranger.post(link)
    used = stranger.get(link)
    for guess in (link[:-1] + ("A" if link[-1] != "A" else "B"), link + "A", "/enroll/-", "/enroll/" + "x" * 5_000):
        wrong = stranger.get(guess)
        assert (wrong.status_code, wrong.text) == (used.status_code, used.text)


def test_a_link_that_was_used_says_so_and_enrols_nobody(tablet: Tablet, stranger: Tablet) -> None:
    link = stranger.enrolment_link("图书角")
    tablet.post(link)
    for page in (stranger.get(link), stranger.post(link), stranger.get("/enroll/forged")):
        assert (page.status_code, "只能用一次" in words_of_page(page.text)) == (404, True)
        assert "Set-Cookie" not in page.headers
    assert stranger.get("/").status_code == 404


def test_a_link_for_the_siren_page_is_not_used_up_here(stranger: Tablet) -> None:
    link = stranger.enrolment_link("值班室", SIREN)
    assert stranger.get(link).status_code == stranger.post(link).status_code == 404
    assert stranger.post(f"/siren{link}").status_code == 303


def test_staff_who_open_the_link_at_their_own_computer_are_warned(stranger: Tablet) -> None:
    link = stranger.enrolment_link("图书角")
    assert "值班台在这里就打不开了" not in words_of_page(stranger.get(link).text)
    stranger.client.set_cookie("__Host-desk-device", "x", secure=True)
    assert "值班台在这里就打不开了" in words_of_page(stranger.get(link).text)


def test_a_device_that_is_no_kiosk_gets_no_form_but_help_and_a_way_for_staff(stranger: Tablet) -> None:
    for path in ("/", "/write", "/read", "/help"):
        page = stranger.get(path)
        assert page.status_code == 404
        assert f'href="{DESK}"' in page.text
        assert "12356" in help_in(page)
    assert stranger.get(DESK).status_code == 200


def test_a_kiosk_finds_no_desk_and_no_link_to_it(tablet: Tablet) -> None:
    for path in ("/", "/write", "/read", "/help", "/nowhere"):
        assert "/desk" not in tablet.get(path).text
    for path in (DESK, "/desk/", "/desk", "/desk/nowhere"):
        page = tablet.get(path)
        assert (page.status_code, page.text) == (404, tablet.get("/nowhere").text)


def test_a_withdrawn_tablet_shows_the_same_as_a_strange_one_and_lets_staff_have_it_back(tablet: Tablet) -> None:
    withdraw_it(tablet)
    page = tablet.get("/")
    assert (page.status_code, "这台机器现在不是信箱" in words_of_page(page.text)) == (404, True)
    assert tablet.get(DESK).status_code == 404
    freed = tablet.post("/no-kiosk")
    assert (freed.status_code, freed.headers["Location"]) == (303, DESK)
    assert tablet.get(DESK).status_code == 200


def test_an_enrolled_tablet_cannot_be_freed_by_a_child(tablet: Tablet) -> None:
    freed = tablet.post("/no-kiosk")
    assert (freed.headers["Location"], "Set-Cookie" in freed.headers) == ("/", False)
    assert tablet.get("/").status_code == 200
    assert tablet.get(DESK).status_code == 404


def test_a_box_without_an_answered_test_alarm_is_kindly_closed(school: SchoolAtWork) -> None:
    tablet = Tablet(pages_of(school.office).test_client(), school)
    tablet.post(tablet.enrolment_link("图书角"))
    page = tablet.get("/")
    assert (page.status_code, "信箱现在没有开" in words_of_page(page.text)) == (503, True)
    assert "open" in help_in(page).split(">")[0]

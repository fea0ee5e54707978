"""The siren page: its own cookie and nothing else, what it tells, and when it is still."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest

import counselor_ui
from mailbox.alarms.siren import ring_test, ringing
from mailbox.letters.desk import open_thread
from mailbox.people.listing import station_lines
from mailbox.people.setup import steps
from mailbox.people.stations import KIOSK, SIREN, invite_station, kind_of_invitation, withdraw
from tests.conftest import SchoolAtWork
from tests.counselor_ui.at_desk import HTTPS, Browser, another_browser, arrive, browser_at, words_of

STATIC = Path(counselor_ui.__file__).parent / "static"


@pytest.fixture
def siren(school: SchoolAtWork) -> Browser:
    token = invite_station(school.office, school.school_id, school.technician_id, SIREN, "值班室")
    browser = browser_at(school.office)
    path = f"/siren/enroll/{token}"
    assert browser.client.post(path, base_url=HTTPS).location == "/siren"
    return browser


def test_the_page_tells_what_rings_and_not_a_word_of_the_letter(school: SchoolAtWork, siren: Browser) -> None:
    assert siren.get("/siren/state").json == {"alarms": [], "token": ""}
    arrive(school, "【紧急】操场边的大树下")
    look = siren.get("/siren/state")
    assert [alarm["kind"] for alarm in look.json["alarms"]] == ["urgent"]
    assert set(look.json["alarms"][0]) == {"id", "kind"} and "大树" not in look.text
    assert look.headers["Cache-Control"] == "no-store"


def test_an_urgent_alarm_ends_by_opening_the_letter_and_not_at_the_siren(school: SchoolAtWork, siren: Browser) -> None:
    thread_id = arrive(school, "【紧急】快来")
    ring_test(school.office, school.school_id, school.technician_id)
    siren.send("/siren", "/siren/heard")
    assert [alarm.kind for alarm in ringing(school.office, school.school_id)] == ["urgent"]
    open_thread(school.office, school.counselor, thread_id)
    assert siren.get("/siren/state").json["alarms"] == []


def test_pressing_heard_answers_the_test_alarm_and_opens_the_kiosks(school: SchoolAtWork, siren: Browser) -> None:
    ring_test(school.office, school.school_id, school.technician_id)
    assert siren.send("/siren", "/siren/heard").location == "/siren"
    assert steps(school.office, school.school_id).test_heard
    assert ringing(school.office, school.school_id) == []


def test_a_page_left_open_for_hours_still_answers(school: SchoolAtWork, siren: Browser) -> None:
    siren.get("/siren")
    school.clock.advance(hours=9)
    ring_test(school.office, school.school_id, school.technician_id)
    token = siren.get("/siren/state").json["token"]
    assert siren.client.post("/siren/heard", base_url=HTTPS, data={"token": token}).status_code == 303
    assert ringing(school.office, school.school_id) == []


def test_another_sirens_token_answers_nothing(school: SchoolAtWork, siren: Browser) -> None:
    ring_test(school.office, school.school_id, school.technician_id)
    token = siren.get("/siren/state").json["token"]
    other = another_browser(siren)
    invited = invite_station(school.office, school.school_id, school.technician_id, SIREN, "门卫室")
    other.client.post(f"/siren/enroll/{invited}", base_url=HTTPS)
    assert other.client.post("/siren/heard", base_url=HTTPS, data={"token": token}).status_code == 400
    assert ringing(school.office, school.school_id)


def test_the_page_without_scripts_looks_by_itself_and_admits_that_it_is_silent(siren: Browser) -> None:
    shown = siren.get("/siren").text
    assert '<noscript><meta http-equiv="refresh" content="20"></noscript>' in shown
    assert "这里不会出声" in shown
    # Only a script that runs says that somebody is on watch.
    assert '<section class="calm" data-shows="watching" hidden>' in shown


def test_a_withdrawn_siren_says_that_nobody_is_on_watch(school: SchoolAtWork, siren: Browser) -> None:
    station = station_lines(school.office, school.school_id)[0]
    withdraw(school.office, school.school_id, school.technician_id, station.id)
    shown = siren.get("/siren")
    assert (shown.status_code, "这里没有在守着" in shown.text) == (404, True)
    assert siren.get("/siren/state").status_code == 404


def test_the_sirens_cookie_opens_nothing_else(school: SchoolAtWork, siren: Browser) -> None:
    cookie = siren.cookie("__Host-siren")
    assert siren.get("/desk/devices/").location.startswith("/desk/login")
    assert siren.get("/write").status_code == 404
    for name in ("__Host-desk", "__Host-kiosk"):
        stranger = another_browser(siren)
        stranger.carry(name, cookie)
        for path in ("/write", "/desk/letters/", "/desk/people/"):
            assert stranger.get(path).status_code in {303, 404}


def test_the_cookie_is_for_this_browser_and_this_site_only(school: SchoolAtWork) -> None:
    token = invite_station(school.office, school.school_id, school.technician_id, SIREN, "值班室")
    answer = browser_at(school.office).client.post(f"/siren/enroll/{token}", base_url=HTTPS)
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-siren=")
    assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"))


def test_a_used_enrolment_link_is_explained(school: SchoolAtWork, siren: Browser) -> None:
    again = another_browser(siren).client.post("/siren/enroll/used", base_url=HTTPS)
    assert (again.status_code, "这个链接不能用了" in words_of(again.text)) == (404, True)


def test_a_kiosks_link_makes_no_siren(school: SchoolAtWork) -> None:
    token = invite_station(school.office, school.school_id, school.technician_id, KIOSK, "三楼走廊")
    answer = browser_at(school.office).client.post(f"/siren/enroll/{token}", base_url=HTTPS)
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (404, False)
    assert kind_of_invitation(school.office, token) == KIOSK


@pytest.mark.parametrize("name", ["siren.wav", "siren-lost.wav"])
def test_the_sounds_are_short_plain_and_loud_enough(name: str) -> None:
    with wave.open(str(STATIC / name)) as sound:
        seconds = sound.getnframes() / sound.getframerate()
        loudest = max(abs(value) for value in memoryview(sound.readframes(sound.getnframes())).cast("h"))
        assert (sound.getnchannels(), sound.getsampwidth()) == (1, 2)
    assert 1 < seconds < 3
    assert loudest > 10_000

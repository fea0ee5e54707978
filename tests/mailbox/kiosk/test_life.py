"""A tablet's life as a mailbox: its sign of life says nothing of use, its enrolment renews itself, and it installs."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from mailbox.people.stations import withdraw
from mailbox.store.tables import StationSign
from tests.mailbox.kiosk.tablet import COOKIE, HTTPS, Tablet
from tests.support.page_words import words_of_page

STATIC = Path(__file__).resolve().parents[3] / "mailbox" / "web" / "static"


def tell(tablet: Tablet, **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return tablet.client.post("/still-there", base_url=HTTPS, headers=named)


def signs(tablet: Tablet) -> list[int]:
    with tablet.school.office.database.view() as view:
        return [sign.heard_at for sign in view.session.query(StationSign)]


def test_a_sign_of_life_is_kept_and_renews_the_enrolment(tablet: Tablet) -> None:
    tablet.school.clock.advance(minutes=12)
    told = tell(tablet, Origin="https://localhost", Sec_Fetch_Site="same-origin")
    assert (told.status_code, told.data) == (204, b"")
    assert signs(tablet) == [int(tablet.school.clock().timestamp()) - 12 * 60]
    cookie = told.headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}=") and "Max-Age=34560000" in cookie
    assert all(part in cookie for part in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"))
    assert len(told.headers.getlist("Set-Cookie")) == 1


def test_using_the_tablet_leaves_no_sign(tablet: Tablet) -> None:
    for path in ("/", "/write", "/read", "/help"):
        tablet.get(path)
    tablet.send("我想说话")
    assert signs(tablet) == []


def test_the_start_page_renews_the_enrolment_of_a_tablet_without_scripts(tablet: Tablet) -> None:
    assert "Max-Age=34560000" in tablet.get("/").headers["Set-Cookie"]
    assert "Set-Cookie" not in tablet.get("/write").headers


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://elsewhere.example"}, {"Sec_Fetch_Site": "cross-site"}, {"Origin": "null"}]
)
def test_another_site_cannot_tell_it_for_a_tablet(tablet: Tablet, headers: dict[str, str]) -> None:
    assert tell(tablet, **headers).status_code == 403
    assert signs(tablet) == []


def test_a_withdrawn_tablet_is_told_so_and_keeps_no_sign(tablet: Tablet) -> None:
    school = tablet.school
    withdraw(school.office, school.school_id, school.counselor.person_id, tablet.id)
    told = tell(tablet)
    assert (told.status_code, "Set-Cookie" in told.headers) == (404, False)
    assert "登记已经取消" in words_of_page(tablet.get("/").text)


def test_an_installed_page_without_an_address_bar_takes_a_pasted_link(tablet: Tablet) -> None:
    stranger = Tablet(tablet.client.application.test_client(), tablet.school)
    assert 'action="/enroll"' in stranger.get("/").text
    link = stranger.enrolment_link("图书角")
    for pasted in (f"https://xinxiang.school.cn:8443{link}", f" {link}/ ", link.rpartition("/")[2]):
        assert stranger.post("/enroll", link=pasted).headers["Location"] == link
    for nonsense in ("", "///", "https://xinxiang.school.cn/", "<b>"):
        led = stranger.post("/enroll", link=nonsense)
        assert (led.status_code, stranger.get(led.headers["Location"]).status_code) == (303, 404)


def test_the_installed_page_fills_the_screen_under_a_name_that_says_nothing_more(tablet: Tablet) -> None:
    answer = tablet.get("/manifest.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    manifest = json.loads(answer.data)
    assert (manifest["name"], manifest["short_name"]) == ("悄悄话信箱", "悄悄话信箱")
    assert (manifest["display"], manifest["start_url"], manifest["scope"]) == ("fullscreen", "/", "/")
    page = tablet.get("/").text
    assert 'rel="manifest" href="/manifest.webmanifest"' in page and 'rel="apple-touch-icon"' in page
    assert "manifest-src 'self'" in answer.headers["Content-Security-Policy"]


def test_in_english_it_has_an_english_name(tablet: Tablet) -> None:
    answer = tablet.client.get("/manifest.webmanifest", base_url=HTTPS, headers={"Accept-Language": "en"})
    manifest = json.loads(answer.data)
    assert (manifest["short_name"], manifest["lang"]) == ("Whisper Box", "en")


def test_every_icon_is_there_in_the_size_it_claims(tablet: Tablet) -> None:
    icons = json.loads(tablet.get("/manifest.webmanifest").data)["icons"]
    assert {(icon["sizes"], icon["purpose"]) for icon in icons} == {
        (size, purpose) for size in ("192x192", "512x512") for purpose in ("any", "maskable")
    }
    for icon in icons:
        drawn = tablet.get(icon["src"]).data
        assert drawn.startswith(b"\x89PNG")
        assert "{}x{}".format(*struct.unpack(">II", drawn[16:24])) == icon["sizes"]
    touch = (STATIC / "icons" / "apple-touch-icon.png").read_bytes()
    assert struct.unpack(">II", touch[16:24]) == (180, 180)

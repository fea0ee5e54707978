"""Whom the installation serves, what plain HTTP of the network may see, and which address other devices are told."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app import create_app
from mailbox.config import Settings
from mailbox.errors import SettingsRefused
from mailbox.office import Office
from mailbox.people.listing import station_lines
from mailbox.rules.qr import qr_lines, qr_picture
from mailbox.upkeep.tls.keeping import Folder
from mailbox.web.network import (
    Reach,
    address_for_tablets,
    address_here,
    address_of_root_page,
    addresses_in_words,
    reach_of,
    require_free,
)
from mailbox.web.secure import is_this_pc
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.counselor_ui.at_desk import Browser, form_of, words_of
from tests.support.ports import free_port
from tests.support.tls import made

EVERYWHERE = "0.0.0.0"  # noqa: S104 - a setting under test.
TABLET = {"REMOTE_ADDR": "192.168.1.77"}
NETWORK = "http://192.168.1.20:8000"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path, "sqlite://", tmp_path, tmp_path, listen_host=EVERYWHERE)


@pytest.fixture
def https(school: SchoolAtWork) -> Office:
    """The school's office, serving the network with certificates for 192.168.1.20 and a name of the school's DNS."""
    made(school.office.settings.data_dir, "192.168.1.20", names=("box.school.cn",))
    return replace(school.office, settings=replace(school.office.settings, listen_host=EVERYWHERE))


@pytest.fixture
def plain(school: SchoolAtWork) -> Office:
    told = replace(school.office.settings, listen_host=EVERYWHERE, plain_http_on_network=True)
    return replace(school.office, settings=told)


def client_of(office: Office) -> FlaskClient:
    return create_app(office).test_client()


def refusal(settings: Settings) -> str:
    with pytest.raises(SettingsRefused) as refused:
        reach_of(settings)
    return str(refused.value)


# --- whom the settings serve ------------------------------------------------------------------------


def test_this_pc_alone_needs_no_certificate(settings: Settings) -> None:
    for host in ("127.0.0.1", "localhost", "::1"):
        assert reach_of(replace(settings, listen_host=host)) is Reach.THIS_PC


def test_the_network_without_certificates_is_refused_with_what_to_run(settings: Settings) -> None:
    assert "listen_host" in refusal(settings) and "flask tls init" in refusal(settings)


def test_the_network_with_certificates_is_served_by_https(settings: Settings) -> None:
    made(settings.data_dir, "192.168.1.20")
    assert reach_of(settings) is Reach.HTTPS
    assert address_for_tablets(settings) == "https://192.168.1.20:8000"
    assert address_here(settings) == "http://127.0.0.1:8000"
    assert address_of_root_page(settings) == "http://192.168.1.20:8000/certificate"
    closed = replace(settings, root_over_plain_http=False)
    assert address_of_root_page(closed) == "https://192.168.1.20:8000/certificate"


def test_one_address_alone_leaves_no_plain_way_on_this_pc_either(settings: Settings) -> None:
    made(settings.data_dir, "192.168.1.20")
    assert address_here(replace(settings, listen_host="192.168.1.20")) == "https://192.168.1.20:8000"


def test_an_address_of_version_six_is_written_in_brackets(settings: Settings) -> None:
    made(settings.data_dir, "fd00::20")
    assert address_for_tablets(settings) == "https://[fd00::20]:8000"
    assert address_here(replace(settings, listen_host="::1")) == "http://[::1]:8000"


def test_plain_http_on_the_network_is_served_only_when_said_and_warns_at_the_start(settings: Settings) -> None:
    plain = replace(settings, plain_http_on_network=True)
    assert reach_of(plain) is Reach.PLAIN
    assert any("in the clear" in line for line in addresses_in_words(plain))


def test_plain_http_beside_certificates_is_a_contradiction(settings: Settings) -> None:
    made(settings.data_dir, "192.168.1.20")
    assert "plain_http_on_network" in refusal(replace(settings, plain_http_on_network=True))


def test_damaged_certificates_are_named_at_the_start(settings: Settings) -> None:
    made(settings.data_dir, "192.168.1.20")
    Folder.of(settings.data_dir).server.write_bytes(b"x")
    with pytest.raises(SettingsRefused, match="damaged"):
        addresses_in_words(settings)


@contextmanager
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def test_a_taken_port_and_a_foreign_address_are_named_before_anything_is_served(settings: Settings) -> None:
    with taken_port() as port, pytest.raises(SettingsRefused, match=r"listen_port.*taken"):
        require_free(replace(settings, listen_host="127.0.0.1", listen_port=port))
    with pytest.raises(SettingsRefused, match=r"listen_host.*no address of this PC"):
        require_free(replace(settings, listen_host="203.0.113.77", listen_port=free_port()))
    require_free(replace(settings, listen_host="127.0.0.1", listen_port=free_port()))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
def test_this_pc_is_known_by_every_loopback_address(host: str) -> None:
    assert is_this_pc(host)


@pytest.mark.parametrize("host", ["192.168.1.20", "::ffff:192.168.1.20", "fd00::1", "", None, "localhost.evil.cn"])
def test_others_are_never_taken_for_this_pc(host: str | None) -> None:
    assert not is_this_pc(host)


# --- HTTPS: what the plain way shows ----------------------------------------------------------------


def test_plain_http_of_the_network_shows_the_root_page_whatever_was_asked(https: Office) -> None:
    client = client_of(https)
    for path in ("/", "/write", "/desk/login", "/enroll/token-that-nobody-may-see", "/nowhere"):
        for ask in (client.get, client.post):
            answer = ask(path, base_url=NETWORK, environ_base=TABLET)
            assert (answer.status_code, answer.headers["Location"]) == (303, "/certificate")
            assert "Set-Cookie" not in answer.headers
    page = client.get("/certificate", base_url=NETWORK, environ_base=TABLET)
    assert page.status_code == 200
    assert "https://box.school.cn:8000/" in page.text and "证书信任设置" in page.text
    assert "不要只看这一页" in page.text and "<svg class" not in page.text
    assert client.get("/desk/static/desk.css", base_url=NETWORK, environ_base=TABLET).status_code == 200


def test_the_root_is_given_as_what_tablets_install(https: Office) -> None:
    answer = client_of(https).get("/certificate/school-root.crt", base_url=NETWORK, environ_base=TABLET)
    assert answer.mimetype == "application/x-x509-ca-cert"
    assert answer.data == Folder.of(https.settings.data_dir).root.read_bytes()
    # iPad installs what is no attachment.
    assert "Content-Disposition" not in answer.headers


def test_https_and_this_pc_get_every_page_and_no_answer_pins_https(https: Office) -> None:
    client = client_of(https)
    answers = [
        client.get("/desk/login", base_url="https://box.school.cn:8000", environ_base=TABLET),
        client.get("/desk/login", base_url="http://127.0.0.1:8000"),
        client.get("/certificate", base_url=NETWORK, environ_base=TABLET),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    # With a root of our own a pinned HTTPS could shut a school out of its letters: docs/decisions/0011.
    assert not any("Strict-Transport-Security" in answer.headers for answer in answers)


def test_without_https_there_is_no_root_page(school: SchoolAtWork, plain: Office) -> None:
    for office in (school.office, plain):
        client = client_of(office)
        for path in ("/certificate", "/certificate/school-root.crt"):
            assert client.get(path).status_code == 404


def test_the_desk_shows_until_when_the_fingerprint_and_the_code(https: Office) -> None:
    browser = Browser(client_of(https))
    browser.log_in("jishu")
    shown = browser.get("/desk/devices/").text
    kept = made(https.settings.data_dir, "192.168.1.20", names=("box.school.cn",))
    assert kept.authority.fingerprint in re.sub("<[^>]+>", "", shown)
    assert f"证书到 {kept.server.ends.astimezone(https.settings.zone).date()}" in words_of(shown)
    assert qr_picture("http://box.school.cn:8000/certificate").path in shown
    assert "没有加密" not in shown


def test_the_desk_says_when_the_certificates_cannot_be_read_and_goes_on(https: Office) -> None:
    browser = Browser(client_of(https))
    browser.log_in("jishu")
    Folder.of(https.settings.data_dir).server.write_bytes(b"x")
    assert "flask tls status" in browser.get("/desk/devices/").text
    assert browser.send("/desk/devices/", "/enroll/kiosk", name="三楼走廊").status_code == 200
    assert browser.get("/certificate").status_code == 404


def test_a_link_made_at_this_pc_leads_tablets_to_the_network_and_is_a_code_too(https: Office) -> None:
    browser = Browser(client_of(https))
    at_pc = {"base_url": "http://127.0.0.1:8000"}
    # The session is of HTTPS in the test's browser; the request names the host of this PC all the same.
    browser.log_in("jishu")
    action, token = form_of(browser.get("/desk/devices/").text, "/enroll/kiosk")
    at_pc["base_url"] = "https://localhost:8000"
    shown = browser.client.post(action, data={"token": token, "name": "三楼走廊"}, **at_pc).text
    link = next(word for word in words_of(shown).split() if "/enroll/" in word)
    assert link.startswith("https://box.school.cn:8000/enroll/")
    assert qr_picture(link).path in shown
    assert len(station_lines(https, browser_school(https))) == 1


def browser_school(office: Office) -> str:
    from mailbox.store.people import all_schools

    with office.database.view() as view:
        return all_schools(view.session)[0].id


def test_a_link_that_only_this_pc_opens_is_no_code_and_says_so(school: SchoolAtWork) -> None:
    browser = Browser(client_of(school.office))
    browser.log_in("jishu")
    shown = browser.send("/desk/devices/", "/enroll/kiosk", name="三楼走廊").text
    assert "<svg class" not in shown and "只在这台电脑上打得开" in shown


# --- plain HTTP on the network ----------------------------------------------------------------------


def test_plain_http_warns_on_every_desk_page(plain: Office) -> None:
    client = client_of(plain)
    for path in ("/desk/login", "/setup/x"):
        assert "没有加密" in client.get(path, base_url=NETWORK, environ_base=TABLET).text
    browser = Browser(client)
    browser.log_in("lin")
    for path in ("/desk/devices/", "/desk/people/", "/desk/summary/"):
        assert "没有加密" in browser.get(path).text


def test_without_it_no_page_warns(school: SchoolAtWork) -> None:
    assert "没有加密" not in client_of(school.office).get("/desk/login").text


def test_plain_http_gives_cookies_that_browsers_take_there_and_reads_them_back(plain: Office) -> None:
    client = client_of(plain)
    page = client.get("/desk/login", base_url=NETWORK, environ_base=TABLET)
    action, token = form_of(page.text, "/desk/login")
    form = {"token": token, "login_name": "lin", "passphrase": PASSPHRASE}
    answer = client.post(action, base_url=NETWORK, environ_base=TABLET, data=form)
    cookies = answer.headers.getlist("Set-Cookie")
    assert cookies and not any("__Host-" in cookie or "Secure" in cookie for cookie in cookies)
    assert all("HttpOnly" in cookie and "SameSite=Strict" in cookie for cookie in cookies)
    carried = "; ".join(cookie.partition(";")[0] for cookie in cookies)
    shown = client.get("/desk/devices/", base_url=NETWORK, environ_base=TABLET, headers={"Cookie": carried})
    assert shown.status_code == 200
    # On this PC itself everything is as it was.
    here = client.post(action, base_url="http://127.0.0.1:8000", data=form)
    assert all("__Host-" in cookie for cookie in here.headers.getlist("Set-Cookie"))


# --- the code ---------------------------------------------------------------------------------------


def test_the_drawing_and_the_lines_of_a_code_hold_the_same_squares() -> None:
    text = "https://192.168.1.20:8000/enroll/abcdefghijklmnopqrstuvwxyz012345"
    picture, lines = qr_picture(text), qr_lines(text)
    drawn = {(int(left) + step, int(top)) for left, top, wide in _moves(picture.path) for step in range(int(wide))}
    upper, lower = {"▀", "█"}, {"▄", "█"}
    printed = {
        (left, 2 * row + half)
        for row, line in enumerate(lines)
        for left, sign in enumerate(line)
        for half, signs in enumerate((upper, lower))
        if sign in signs
    }
    assert drawn == printed
    # The three corners by which a camera finds a code, behind four squares of white.
    for left, top in ((4, 4), (picture.size - 11, 4), (4, picture.size - 11)):
        assert {(left + step, top) for step in range(7)} <= drawn
    assert min(left for left, _ in drawn) == 4


def _moves(path: str) -> list[tuple[str, str, str]]:
    return re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", path)


def test_a_siren_at_the_mailboxs_own_computer_gets_an_address_that_needs_no_certificate(https: Office) -> None:
    browser = Browser(client_of(https))
    browser.log_in("jishu")
    shown = browser.send("/desk/devices/", "/enroll/siren", name="值班室").text
    assert "http://127.0.0.1:8000/siren/enroll/" in shown and "<svg class" not in shown

"""A page elsewhere can neither speak with the mailbox under its own name nor send it a form; no tablet pays for it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from mailbox.config import Settings
from mailbox.office import Office
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.counselor_ui.at_desk import HTTPS, Browser, browser_at, form_of
from tests.fuzzing.answers import faults_of
from tests.support.tls import made

FOREIGN = ["evil.com", "box.school.cn.evil.com", "127.0.0.1.nip.io", "localhost.evil.cn:8000", "evil.com."]


def client_of(office: Office, **wishes: object) -> FlaskClient:
    settings: Settings = replace(office.settings, **wishes)  # type: ignore[arg-type]
    return create_app(replace(office, settings=settings)).test_client()


def answer_under(client: FlaskClient, host: str, path: str = "/") -> int:
    return client.get(path, headers={"Host": host}).status_code


@pytest.mark.parametrize("host", FOREIGN)
def test_under_a_foreign_name_nothing_answers_but_a_sentence_for_the_technician(
    school: SchoolAtWork, host: str
) -> None:
    client = client_of(school.office)
    for path in ("/", "/desk/login", "/static/paper.css", "/nowhere"):
        answer = client.get(path, headers={"Host": host})
        assert answer.status_code == 421 and faults_of(answer) == []
        assert "other_names" in answer.text and "evil" not in answer.text and not answer.headers.getlist("Set-Cookie")


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "127.0.0.1:8000", "192.168.1.20:8000", "10.0.0.7", "[::1]:8000", "[fd00::20]"),
        *("xinxiang", "XINXIANG:8000", "mailbox:8000", "xinxiang.local", "xinxiang.local.", "pc.home.arpa", "pc.lan"),
    ],
)
def test_every_address_and_every_name_that_no_public_dns_holds_is_good(school: SchoolAtWork, host: str) -> None:
    assert answer_under(client_of(school.office), host, "/desk/login") == 200


def test_a_name_of_the_certificate_is_good_and_also_one_that_it_gets_while_we_serve(school: SchoolAtWork) -> None:
    client = client_of(school.office)
    assert answer_under(client, "box.school.cn", "/desk/login") == 421
    made(school.office.settings.data_dir, "192.168.1.20", names=("box.school.cn",))
    assert answer_under(client, "Box.School.cn:8000", "/desk/login") == 200
    assert answer_under(client, "school.cn", "/desk/login") == 421


def test_a_name_of_the_settings_is_good_for_who_stands_behind_a_proxy(school: SchoolAtWork) -> None:
    client = client_of(school.office, other_names="xinxiang.qu.edu.cn  box.qu.edu.cn")
    assert answer_under(client, "box.qu.edu.cn", "/desk/login") == 200
    assert answer_under(client, "qu.edu.cn", "/desk/login") == 421


def log_in_from(browser: Browser, site: str | None) -> TestResponse:
    """Send the login's form, which is the same for everybody who is not logged in, as a page of ``site`` would."""
    address, token = form_of(browser.get("/desk/login").text, "/desk/login")
    data = {"token": token, "login_name": "lin", "passphrase": PASSPHRASE}
    said = {"Sec-Fetch-Site": site} if site else {}
    return browser.client.post(address, base_url=HTTPS, data=data, headers=said)


def test_no_other_site_logs_a_colleague_in_under_an_insiders_name(school: SchoolAtWork) -> None:
    browser = browser_at(school.office)
    refused = log_in_from(browser, "cross-site")
    assert refused.status_code == 403 and faults_of(refused) == [] and not refused.headers.getlist("Set-Cookie")
    assert "别的网站" in refused.text and browser.get("/desk/account/").location == "/desk/login"


@pytest.mark.parametrize("site", ["same-origin", "same-site", "none", None])
def test_the_own_page_logs_in_also_in_a_browser_too_old_to_say_where_it_is(
    school: SchoolAtWork, site: str | None
) -> None:
    assert log_in_from(browser_at(school.office), site).status_code == 303


def test_a_link_elsewhere_leads_here(school: SchoolAtWork) -> None:
    page = client_of(school.office).get("/desk/login", headers={"Sec-Fetch-Site": "cross-site"})
    assert page.status_code == 200

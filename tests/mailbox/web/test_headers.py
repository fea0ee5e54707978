"""The headers of every answer, whichever page or error it is."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from app import create_app
from mailbox.office import Office

ALWAYS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.fixture
def client(office: Office) -> FlaskClient:
    return create_app(office).test_client()


def test_pages_and_errors_are_kept_by_nobody_and_framed_by_nobody(client: FlaskClient) -> None:
    for path in ("/", "/help", "/desk/login", "/siren", "/nowhere", "/static/nothing.css", "/setup/forged"):
        answer = client.get(path)
        assert answer.headers["Cache-Control"] == "no-store", path
        assert ALWAYS.items() <= dict(answer.headers).items()
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy


def test_only_styles_pictures_scripts_and_fonts_may_be_kept(client: FlaskClient) -> None:
    for name in ("paper.css", "mailbox.svg", "pictures/000.svg", "fonts/kai.woff2"):
        answer = client.get(f"/static/{name}")
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "public, max-age=86400")
    for name in ("main.js", "page.js"):
        answer = client.get(f"/page/{name}")
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "public, max-age=86400")


def test_what_is_said_about_a_file_instead_of_the_file_is_not_kept(client: FlaskClient) -> None:
    answer = client.options("/static/paper.css")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")


def test_no_answer_says_which_program_serves(client: FlaskClient) -> None:
    assert "Server" not in client.get("/").headers


def test_only_the_pages_of_children_may_record_a_voice_and_nobody_may_use_the_camera(client: FlaskClient) -> None:
    for path in ("/", "/write", "/read", "/help", "/desk/login", "/siren", "/nowhere", "/static/mailbox.svg"):
        headers = client.get(path, base_url="https://localhost").headers
        is_for_children = path in ("/", "/write", "/read", "/help")
        assert ("microphone=(self)" in headers["Permissions-Policy"]) == is_for_children, path
        assert ("microphone=()" in headers["Permissions-Policy"]) != is_for_children, path
        assert ("media-src blob:" in headers["Content-Security-Policy"]) == is_for_children, path
        assert "camera=()" in headers["Permissions-Policy"]

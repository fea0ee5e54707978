"""The parts that the tests stand on do what the tests believe of them."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg
import pytest
from apprise import Apprise

from tests.support.browser import PHONE, Visitors
from tests.support.smtp import SmtpServer, text_of
from tests.support.web_hook import WebHook


def send(channel: str) -> bool:
    sender = Apprise()
    assert sender.add(channel)
    return bool(sender.notify(title="有一封信在等", body="请到信箱里看"))


def test_a_mail_sent_by_apprise_arrives_readable(smtp_server: SmtpServer) -> None:
    assert send(smtp_server.apprise_url)
    (message,) = smtp_server.wait_for(1)
    assert "有一封信在等" in text_of(message)
    assert "请到信箱里看" in text_of(message)


def test_a_mail_server_told_to_refuse_refuses_once(smtp_server: SmtpServer) -> None:
    smtp_server.refusals = 1
    assert not send(smtp_server.apprise_url)
    assert send(smtp_server.apprise_url)
    assert len(smtp_server.messages) == 1


def test_a_web_hook_keeps_what_apprise_posts(web_hook: WebHook) -> None:
    web_hook.refusals = 1
    assert not send(web_hook.apprise_url)
    assert send(web_hook.apprise_url)
    assert web_hook.wait_for(1)[0]["message"] == "请到信箱里看"


def test_each_postgresql_test_has_a_database_of_its_own(postgres_address: str, empty_database_url: str) -> None:
    with psycopg.connect(empty_database_url.replace("+psycopg", "")) as empty:
        assert empty.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)
    with psycopg.connect(f"{postgres_address.replace('+psycopg', '')}/template_mailbox") as template:
        assert template.execute("SHOW server_encoding").fetchone() == ("UTF8",)


@pytest.mark.parametrize(
    ("page", "wrong"),
    [
        ("<img src='http://cdn.invalid/a.png'>", "loads from outside: http://cdn.invalid/a.png"),
        ("<script>throw new Error('broken')</script>", "script failed"),
        ("<meta http-equiv='Content-Security-Policy' content=\"script-src 'self'\"><script>1</script>", "script-src"),
    ],
)
def test_a_page_that_does_what_it_should_not_is_noticed(visitors: Visitors, page: str, wrong: str) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = f"<!doctype html>{page}<p>您好</p>".encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body if self.path == "/" else b"")

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        tablet = visitors.visit(PHONE)
        tablet.goto(f"http://127.0.0.1:{server.server_address[1]}/", wait_until="load")
        assert tablet.get_by_text("您好").is_visible()
        server.shutdown()
    (found,) = visitors.wrongs
    assert wrong in found
    # Noticed is what was asked for, so this test itself has nothing left to report.
    visitors.wrongs.clear()

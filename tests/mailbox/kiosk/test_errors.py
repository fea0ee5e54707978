"""What has no page still gets a kind one, without traces; the log names the class of an error and nothing else."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import text

from tests.mailbox.kiosk.tablet import COOKIE, Tablet, help_in, words_in
from tests.support.page_words import words_of_page
from tests.support.pages import pages_of


def test_an_unknown_address_leads_back_to_the_start(tablet: Tablet) -> None:
    for page in (tablet.get("/nowhere"), tablet.get("/write-back"), tablet.post("/"), tablet.get("/static/none.css")):
        assert page.status_code in (404, 405)
        assert ("这里没有东西" in words_of_page(page.text), 'href="/"' in page.text) == (True, True)
        assert "12356" in help_in(page)


def test_an_error_inside_is_nobodys_fault_and_its_words_are_not_in_the_log(
    tablet: Tablet, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    def broken_clock() -> datetime:
        raise RuntimeError("橘子树")

    cookie = tablet.client.get_cookie(COOKIE, domain="localhost")
    assert cookie is not None
    broken = Tablet(pages_of(replace(tablet.school.office, clock=broken_clock)).test_client(), tablet.school)
    broken.client.set_cookie(COOKIE, cookie.value, secure=True)
    with caplog.at_level(logging.DEBUG):
        read, sent = broken.get("/"), broken.post("/write", token="x", words="我写了很久")
    for page in (read, sent):
        assert (page.status_code, "不是你的错" in words_of_page(page.text)) == (500, True)
        assert not any(trace in page.text for trace in ("橘子树", "RuntimeError", "Traceback", ".py"))
    assert words_in(sent) == "我写了很久"
    printed = caplog.text + "".join(capfd.readouterr())
    assert "RuntimeError" in caplog.text
    assert not any(trace in printed for trace in ("橘子树", "Traceback", "我写了很久", "/write"))


def test_a_store_that_is_gone_is_said_kindly(tablet: Tablet) -> None:
    token = tablet.token("/write")
    with tablet.school.office.database.engine.begin() as connection:
        connection.execute(text("ALTER TABLE stations RENAME TO stations_away"))
    sent = tablet.post("/write", token=token, words="我写了很久")
    assert (sent.status_code, words_in(sent)) == (503, "我写了很久")
    assert "等一会儿再试" in words_of_page(tablet.get("/read").text)

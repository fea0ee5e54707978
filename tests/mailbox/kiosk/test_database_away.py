"""PostgreSQL stops and comes back: kind words meanwhile, nothing acknowledged is lost, and everybody goes on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg import sql

from app import look_once
from mailbox.errors import NotKept
from mailbox.letters.answer import answer
from mailbox.letters.desk import queue
from tests.mailbox.kiosk.tablet import Tablet, code_of, words_in
from tests.support.page_words import words_of_page

FIRST, SECOND = "第一封信到了", "我写了很久，库却不在"


@pytest.fixture
def database_kind() -> str:
    return "postgresql"


@contextmanager
def away(address: str) -> Iterator[None]:
    """Let the database at ``address`` take nobody and keep nobody, as one that was stopped."""
    cluster, _, name = address.replace("+psycopg", "").rpartition("/")
    allow = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
    with psycopg.connect(f"{cluster}/postgres", autocommit=True) as admin:
        admin.execute(allow.format(sql.Identifier(name), sql.SQL("false")))
        admin.execute("SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity WHERE datname = %s", [name])
        try:
            yield
        finally:
            admin.execute(allow.format(sql.Identifier(name), sql.SQL("true")))


def test_while_the_database_is_away_pages_are_kind_words_stay_and_afterwards_all_goes_on(
    tablet: Tablet, database_url: str
) -> None:
    office, counselor = tablet.school.office, tablet.school.counselor
    assert len(code_of(tablet.send(FIRST))) == 6
    token = tablet.token("/write")
    (waiting,) = queue(office, counselor)
    nonce = os.urandom(16)
    with away(database_url):
        sent = tablet.post("/write", token=token, words=SECOND)
        assert (sent.status_code, words_in(sent), code_of(sent)) == (503, SECOND, [])
        assert "等一会儿再试" in words_of_page(tablet.get("/read").text)
        with pytest.raises(NotKept):
            answer(office, counselor, waiting.id, "我在", release_now=True, form_nonce=nonce)
        with pytest.raises(NotKept):
            look_once(office)
    # The same form, the same reply and the same worker, once it is back.
    assert len(code_of(tablet.post("/write", token=token, words=SECOND))) == 6
    answer(office, counselor, waiting.id, "我在", release_now=True, form_nonce=nonce)
    look_once(office)
    assert sorted(tablet.letters()) == sorted([FIRST, SECOND])

"""What the database cannot take leaves nothing behind and says so; the same form is then kept with a code."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, text

from mailbox.alarms.siren import ringing
from mailbox.errors import NotKept
from mailbox.letters.answer import answer
from mailbox.letters.collect import collect
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.post import Letter, post, write_back
from tests.conftest import NONCE, SchoolAtWork

TABLES = ("threads", "notes", "replies", "alarms", "deliveries", "reader_copies", "corrections", "audit")


def letter(school: SchoolAtWork, words: str = "【紧急】一封信") -> Letter:
    return Letter(school.school_id, "kiosk", words, os.urandom(16))


def rows(school: SchoolAtWork) -> list[int]:
    with school.office.database.view() as view:
        return [view.session.scalar(text(f"SELECT count(*) FROM {table}")) or 0 for table in TABLES]  # noqa: S608


@contextmanager
def locked(school: SchoolAtWork) -> Iterator[None]:
    """Hold what every letter must change, and make the waiting short."""
    engine = school.office.database.engine
    is_sqlite = engine.dialect.name == "sqlite"
    with school.office.database.work() as somebody:
        # On SQLite a unit of work holds the write lock from its first statement.
        somebody.session.execute(text("SELECT 1" if is_sqlite else "LOCK TABLE threads, replies IN EXCLUSIVE MODE"))
        hurry = "PRAGMA busy_timeout = 50" if is_sqlite else "SET lock_timeout = 50"
        with every_connection(school, hurry):
            yield


@contextmanager
def full_disk(school: SchoolAtWork) -> Iterator[None]:
    """Let the database file grow no further: SQLite then says SQLITE_FULL, as on a full disk."""
    with every_connection(school, "PRAGMA max_page_count = 1"):
        yield
    with school.office.database.view() as view:
        view.session.execute(text("PRAGMA max_page_count = 1000000"))


@contextmanager
def every_connection(school: SchoolAtWork, statement: str) -> Iterator[None]:
    def prepare(connection: object, _record: object, _proxy: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute(statement)
        cursor.close()

    engine = school.office.database.engine
    event.listen(engine, "checkout", prepare)
    yield
    event.remove(engine, "checkout", prepare)


def first_refused(school: SchoolAtWork) -> tuple[Letter, list[int]]:
    """Send long letters until one is refused: free pages take a few before the disk is really full."""
    for number in range(200):
        sent, before = letter(school, f"【紧急】第{number}封" + "很长的一封信" * 600), rows(school)
        try:
            post(school.office, sent)
        except NotKept:
            return sent, before
    raise AssertionError("the disk was never full")


def test_a_letter_that_comes_while_the_database_is_locked_is_not_kept_and_says_so(school: SchoolAtWork) -> None:
    sent, before = letter(school), rows(school)
    with locked(school), pytest.raises(NotKept):
        post(school.office, sent)
    assert rows(school) == before
    code = post(school.office, sent).code
    assert len(queue(school.office, school.counselor)) == 1
    assert collect(school.office, school.school_id, code).replies == []


def test_a_letter_that_finds_the_disk_full_is_not_kept_and_says_so(school: SchoolAtWork) -> None:
    if school.office.database.engine.dialect.name != "sqlite":
        return
    with full_disk(school):
        sent, before = first_refused(school)
        assert rows(school) == before
    rung = len(ringing(school.office, school.school_id))
    post(school.office, sent)
    assert len(ringing(school.office, school.school_id)) == rung + 1


def test_a_letter_written_back_while_the_database_is_locked_is_not_kept(school: SchoolAtWork) -> None:
    code = post(school.office, letter(school)).code
    thread_id, before = collect(school.office, school.school_id, code).thread_id, rows(school)
    with locked(school), pytest.raises(NotKept):
        write_back(school.office, letter(school, "还有一件事"), thread_id)
    assert rows(school) == before


def test_an_answer_given_while_the_database_is_locked_is_not_kept_and_can_be_given_again(school: SchoolAtWork) -> None:
    code = post(school.office, letter(school)).code
    thread_id = queue(school.office, school.counselor)[0].id
    open_thread(school.office, school.counselor, thread_id)
    before = rows(school)
    with locked(school), pytest.raises(NotKept):
        answer(school.office, school.counselor, thread_id, "我在", release_now=True, form_nonce=NONCE)
    assert rows(school) == before
    answer(school.office, school.counselor, thread_id, "我在", release_now=True, form_nonce=NONCE)
    assert [reply.text for reply in collect(school.office, school.school_id, code).replies] == ["我在"]


def test_a_child_reads_its_answer_though_nothing_can_be_written(
    school: SchoolAtWork, caplog: pytest.LogCaptureFixture
) -> None:
    code = post(school.office, letter(school)).code
    thread_id = queue(school.office, school.counselor)[0].id
    answer(school.office, school.counselor, thread_id, "我在", release_now=True, form_nonce=NONCE)
    with locked(school):
        collected = collect(school.office, school.school_id, code)
    assert [reply.text for reply in collected.replies] == ["我在"]
    assert "could not be counted" in caplog.text
    assert "我在" not in caplog.text

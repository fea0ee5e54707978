"""How rows lie on the disk must not tell which letter came first."""

from __future__ import annotations

import os

import pytest
from sqlalchemy import text

from mailbox.letters.answer import answer
from mailbox.letters.collect import collect
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.post import Letter, post
from mailbox.openings.opening import open_box_of
from mailbox.sealing.receipt import ReceiptCode
from tests.conftest import SchoolAtWork

LETTERS = 12


def tell(school: SchoolAtWork) -> list[ReceiptCode]:
    """Let twelve children write and be answered, each after the other."""
    codes = []
    for number in range(LETTERS):
        codes.append(
            post(school.office, Letter(school.school_id, "kiosk", f"【紧急】第{number}封信", os.urandom(16))).code
        )
        thread_id = collect(school.office, school.school_id, codes[-1]).thread_id
        open_thread(school.office, school.counselor, thread_id)
        answer(school.office, school.counselor, thread_id, f"第{number}封", release_now=True, form_nonce=os.urandom(16))
    return codes


def open_now(school: SchoolAtWork) -> None:
    assert open_box_of(school.office, school.school_id, school.office.local_now().date(), by_hand=True)


def column(school: SchoolAtWork, query: str) -> list[str]:
    with school.office.database.view() as view:
        return list(view.session.scalars(text(query)))


def on_postgresql(school: SchoolAtWork) -> bool:
    return school.office.database.engine.dialect.name == "postgresql"


@pytest.mark.parametrize("table", ["threads", "notes", "replies", "alarms"])
def test_after_an_opening_rows_lie_in_the_order_of_their_random_ids(school: SchoolAtWork, table: str) -> None:
    tell(school)
    open_now(school)
    # SQLite keeps these tables as trees by id; a PostgreSQL heap has places.
    place = "ctid" if on_postgresql(school) else "id"
    order = column(school, f"SELECT id FROM {table} ORDER BY {place}")  # noqa: S608
    assert len(order) == LETTERS
    assert order == sorted(order)


@pytest.mark.parametrize("table", ["threads", "notes", "replies", "alarms"])
def test_after_an_opening_no_transaction_number_tells_what_came_first(school: SchoolAtWork, table: str) -> None:
    tell(school)
    if not on_postgresql(school):
        return
    assert len(column(school, f"SELECT DISTINCT xmin::text FROM {table}")) > 1  # noqa: S608
    open_now(school)
    assert len(column(school, f"SELECT DISTINCT xmin::text FROM {table}")) == 1  # noqa: S608


def test_after_an_opening_every_letter_and_answer_still_opens(school: SchoolAtWork) -> None:
    codes = tell(school)
    open_now(school)
    for number, code in enumerate(codes):
        collected = collect(school.office, school.school_id, code)
        assert [reply.text for reply in collected.replies] == [f"第{number}封"]
        content = open_thread(school.office, school.counselor, collected.thread_id).notes[0].content
        assert content and content.text == f"【紧急】第{number}封信"


def test_a_busy_table_delays_the_new_order_and_never_the_opening(
    school: SchoolAtWork, caplog: pytest.LogCaptureFixture
) -> None:
    tell(school)
    if not on_postgresql(school):
        return
    with school.office.database.work() as somebody:
        somebody.session.execute(text("LOCK TABLE notes IN SHARE MODE"))
        open_now(school)
    assert "could not be laid in a new order" in caplog.text
    assert queue(school.office, school.counselor) == []
    open_now(school)
    order = column(school, "SELECT id FROM notes ORDER BY ctid")
    assert order == sorted(order)

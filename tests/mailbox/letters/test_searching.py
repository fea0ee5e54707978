"""What one search costs the database: as many statements for many letters as for one, whatever kind they are of."""

from __future__ import annotations

import os
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from mailbox.care.legal_hold import keep_up_hold, place_hold
from mailbox.letters.answer import answer
from mailbox.letters.desk import queue
from mailbox.letters.post import Letter, post
from mailbox.letters.searching import Search, search
from mailbox.openings.opening import open_what_is_due
from mailbox.people.audit import verify
from mailbox.store.people import audit_rows
from mailbox.upkeep.old_letters import remove_old_letters
from tests.conftest import SchoolAtWork
from tests.mailbox.care.second_persons import join
from tests.support.sql_work import kept_statements

WORD = "橘子"


def arrive(school: SchoolAtWork, number: int, not_for: frozenset[str] = frozenset()) -> list[str]:
    before = {row.id for row in queue(school.office, school.counselor)}
    for _ in range(number):
        post(school.office, Letter(school.school_id, "kiosk", f"{WORD}熟了", os.urandom(16), not_for))
    return [row.id for row in queue(school.office, school.counselor) if row.id not in before]


def look(school: SchoolAtWork) -> Search:
    day = school.office.local_now().date()
    return search(school.office, school.counselor, (WORD,), date(2026, 3, 2), day - timedelta(days=day.weekday()))


def test_a_search_asks_the_database_as_often_for_many_threads_as_for_one(school: SchoolAtWork) -> None:
    arrive(school, 1)
    with kept_statements(school.office.database.engine) as for_one:
        assert look(school).matching == 1
    arrive(school, 11)
    with kept_statements(school.office.database.engine) as for_many:
        assert look(school).matching == 12
    assert len(for_many) == len(for_one)
    # What was seen stands in the audit, row for row, and is written at once.
    assert len([asked for asked, _ in for_many if asked.startswith("INSERT INTO audit")]) == 1
    with school.office.database.view() as view:
        rows = audit_rows(view.session, school.school_id)[-13:]
        verify(school.office, view.session, school.school_id)
    assert [row.act for row in rows] == ["letters.search"] + ["thread.found"] * 12


def test_so_it_does_where_letters_are_closed_to_a_colleague(school: SchoolAtWork) -> None:
    other = join(school, "counselor", "he")
    for_whom = frozenset({other.person_id})
    arrive(school, 1, for_whom)
    with kept_statements(school.office.database.engine) as for_one:
        assert look(school).looked_through == 1
    for thread_id in arrive(school, 5, for_whom):
        answer(school.office, school.counselor, thread_id, "我在", release_now=True, form_nonce=os.urandom(16))
    with kept_statements(school.office.database.engine) as for_many:
        found = look(school)
    assert (found.looked_through, found.matching, found.unopened) == (11, 6, 0)
    # One more for the copies of the answers, of which there was none before.
    assert len(for_many) <= len(for_one) + 2


def test_so_it_does_for_held_letters_whose_weeks_are_gone(school: SchoolAtWork) -> None:
    held = arrive(school, 6)
    for thread_id in held:
        place_hold(school.office, school.counselor, thread_id, "公安来函要求保存")
        keep_up_hold(school.office, school.counselor, thread_id)
    school.clock.advance(days=366, hours=10)
    open_what_is_due(school.office)
    remove_old_letters(school.office)
    with kept_statements(school.office.database.engine) as asked:
        found = look(school)
    assert (found.looked_through, found.matching) == (6, 6)
    assert len([one for one, _ in asked if "FROM held_boxes" in one]) == 1
    assert len([one for one, _ in asked if "FROM case_key_copies" in one]) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_row_with_a_day_that_is_none_takes_no_found_letter_away(school: SchoolAtWork) -> None:
    broken, *others = arrive(school, 3)
    with school.office.database.work() as work:
        work.session.execute(text("UPDATE threads SET arrived_on = 'x' WHERE id = :id"), {"id": broken})
        work.commit()
    rows = {found.row.id: found.row.damaged for found in look(school).threads}
    assert rows == {broken: True} | dict.fromkeys(others, False)

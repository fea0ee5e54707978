"""What a day asks of the database is the same work whether a thousand letters are kept beside it or three thousand."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient

from app import look_once
from mailbox.letters.answer import answer
from mailbox.letters.collect import collect
from mailbox.letters.desk import queue
from mailbox.letters.post import Letter, post, write_back
from mailbox.letters.queueing import MOST_COUNTED
from mailbox.letters.searching import search
from mailbox.people.login import log_in
from mailbox.store.keys import current_week_key
from mailbox.store.tables import new_id
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.mailbox.letters.years_of_letters import keep_answered
from tests.support.pages import pages_of
from tests.support.sql_work import work_of

Acts = dict[str, Callable[[], object]]
_BEFORE, _MORE = MOST_COUNTED + 100, 2_000
# A look at each of the others would be several thousand steps, or some hundred of what every fifth of them has.
_MUCH_MORE = 300


def test_nothing_that_a_day_asks_for_looks_through_the_years(school: SchoolAtWork) -> None:
    engine = school.office.database.engine
    looks, writes = _acts(school)
    _keep(school, _BEFORE, newest_days=40)
    for act in (writes | looks).values():
        # Some things are looked for once a day, or kept when they were asked for first.
        act()
    before = {name: work_of(engine, act) for name, act in (writes | looks).items()}
    _keep(school, _MORE, newest_days=200)
    # First the looks: a letter that came meanwhile is work for them.
    after = {name: work_of(engine, act) for name, act in (looks | writes).items()}
    grown = {name: (before[name], after[name]) for name in before if after[name] > before[name] + _MUCH_MORE}
    assert not grown


def _acts(school: SchoolAtWork) -> tuple[Acts, Acts]:
    """Return what only looks, and what brings letters."""
    office, me = school.office, school.counselor
    code = post(office, _letter(school)).code
    answered = queue(office, me)[0].id
    answer(office, me, answered, "谢谢你写信来。", release_now=True, form_nonce=os.urandom(16))
    for words in ("一封信", "【紧急】一封信", "【尽快】一封信"):
        post(office, _letter(school, words))
    waiting, written_to = queue(office, me)[-1].id, queue(office, me)[0].id
    client = pages_of(office).test_client()
    client.set_cookie("__Host-desk", log_in(office, "lin", PASSPHRASE), secure=True)
    monday = office.local_now().date() - timedelta(days=office.local_now().weekday())
    looks: Acts = {
        "the list": lambda: _get(client, "/desk/letters/"),
        "its answered letters": lambda: _get(client, "/desk/letters/?tab=answered"),
        "whether it changed": lambda: _get(client, "/desk/letters/state"),
        "a letter that waits": lambda: _get(client, f"/desk/letters/{waiting}"),
        "an answered letter": lambda: _get(client, f"/desk/letters/{answered}"),
        "the opening": lambda: _get(client, "/desk/opening/"),
        "the summary": lambda: _get(client, "/desk/summary/"),
        "times to meet": lambda: _get(client, "/desk/appointments/"),
        "the alarms": lambda: _get(client, "/desk/alarms/"),
        "the audit": lambda: _get(client, "/desk/audit/"),
        "a search": lambda: search(office, me, ("谢谢",), monday - timedelta(weeks=3), monday),
        "a reply by its code": lambda: collect(office, school.school_id, code),
        "the worker's round": lambda: look_once(office),
    }
    writes: Acts = {
        "a letter that is kept": lambda: post(office, _letter(school)),
        "a child that writes back": lambda: write_back(office, _letter(school), written_to),
    }
    return looks, writes


def _keep(school: SchoolAtWork, number: int, newest_days: int) -> None:
    with school.office.database.view() as view:
        week = current_week_key(view.session, school.school_id)
    assert week
    newest = school.office.local_now().date() - timedelta(days=newest_days)
    engine = school.office.database.engine
    keep_answered(engine, school.school_id, week, school.counselor.person_id, newest, number)


def _letter(school: SchoolAtWork, words: str = "一封信") -> Letter:
    return Letter(school.school_id, new_id(), words, os.urandom(16))


def _get(client: FlaskClient, address: str) -> None:
    assert client.get(address, base_url="https://localhost").status_code == 200

"""A program that is stopped leaves no half of a reader's key on the disk for whoever carries the computer away."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from mailbox.errors import SessionRefused
from mailbox.people.login import log_in, who
from mailbox.store.tables import DeskSession
from tests.support.served import ServedApp
from tests.support.staffed import PASSPHRASE, staff


def test_a_stopped_program_has_ended_every_session_and_no_file_holds_one(made_app: Callable[..., ServedApp]) -> None:
    served = made_app(web_workers=1, run_alarm_worker=False)
    school = staff(served)
    served.start()
    # Somebody whose browser keeps the cookie, and who never logs out.
    cookie = log_in(school.office, school.login, PASSPHRASE)
    with school.office.database.view() as view:
        sealed = [row.sealed_key for row in view.session.query(DeskSession)]
    school.office.database.close()
    served.stop()
    files = [file.read_bytes() for file in served.data_dir.rglob("*") if file.is_file()]
    assert sealed and not any(half in content for half in sealed for content in files)
    with closing(sqlite3.connect(served.data_dir / "mailbox.db")) as database:
        assert database.execute("SELECT count(*) FROM desk_sessions").fetchall() == [(0,)]
    with pytest.raises(SessionRefused):
        who(school.office, cookie)
    school.office.database.close()

"""After fifteen idle minutes the sealed key is gone from the database, whether or not anybody comes back."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app import look_once
from mailbox.errors import SessionRefused
from mailbox.people.login import log_in, log_out, who
from mailbox.sealing.session import session_id_of
from mailbox.store.tables import DeskSession
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.mailbox.letters.test_not_kept import locked


def sessions_kept(school: SchoolAtWork) -> int:
    with school.office.database.view() as view:
        return view.session.scalar(select(func.count()).select_from(DeskSession)) or 0


def test_the_workers_look_deletes_an_idle_session_and_leaves_one_in_use(school: SchoolAtWork) -> None:
    # The school's own counselor logged in at the beginning and does nothing from here on.
    in_use = log_in(school.office, "lin", PASSPHRASE)
    school.clock.advance(minutes=15)
    who(school.office, in_use)
    look_once(school.office)
    assert sessions_kept(school) == 2
    school.clock.advance(seconds=1)
    look_once(school.office)
    assert sessions_kept(school) == 1
    assert who(school.office, in_use).person_id == school.counselor.person_id


def test_a_session_refused_for_being_idle_is_deleted_even_by_looking(school: SchoolAtWork) -> None:
    cookie = log_in(school.office, "lin", PASSPHRASE)
    school.clock.advance(minutes=16)
    with pytest.raises(SessionRefused):
        who(school.office, cookie, is_act=False)
    assert sessions_kept(school) == 0


def test_an_idle_session_is_refused_while_nothing_can_be_written_and_deleted_later(school: SchoolAtWork) -> None:
    cookie = log_in(school.office, "lin", PASSPHRASE)
    school.clock.advance(minutes=16)
    with locked(school), pytest.raises(SessionRefused):
        who(school.office, cookie)
    look_once(school.office)
    assert sessions_kept(school) == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("how", ["idle", "logged out"])
def test_of_an_ended_session_no_file_keeps_its_half_of_the_key(school: SchoolAtWork, how: str) -> None:
    """A browser keeps the other half in its own folder, on the same disk where mailbox and desk are one computer."""
    cookie = log_in(school.office, "lin", PASSPHRASE)
    with school.office.database.view() as view:
        half = view.session.get_one(DeskSession, session_id_of(cookie)).sealed_key
    assert is_in_a_file(school, half)
    if how == "idle":
        school.clock.advance(minutes=16)
        look_once(school.office)
    else:
        log_out(school.office, cookie)
    assert not is_in_a_file(school, half)


def is_in_a_file(school: SchoolAtWork, half: bytes) -> bool:
    return any(half[-64:] in file.read_bytes() for file in school.office.settings.data_dir.glob("mailbox.db*"))

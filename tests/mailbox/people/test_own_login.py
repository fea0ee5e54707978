"""One's own login: a new passphrase for the same key, and where one is logged in."""

from __future__ import annotations

import pytest

from mailbox.errors import InputRefused, SessionRefused, WrongPassphrase
from mailbox.people.login import log_in, who
from mailbox.people.own_login import change_passphrase, end_other_sessions, open_sessions
from mailbox.store.tables import Person
from tests.conftest import PASSPHRASE, SchoolAtWork

NEW = "窗台上的仙人掌想学会游泳"


def test_a_new_passphrase_opens_the_same_key_and_ends_every_session(school: SchoolAtWork) -> None:
    office = school.office
    here, there = (log_in(office, "lin", PASSPHRASE) for _ in range(2))
    change_passphrase(office, who(office, here), PASSPHRASE, NEW)
    for cookie in (here, there):
        with pytest.raises(SessionRefused):
            who(office, cookie)
    with pytest.raises(WrongPassphrase):
        log_in(office, "lin", PASSPHRASE)
    again = who(office, log_in(office, "lin", NEW))
    assert again.private.public().to_bytes() == school.counselor.private.public().to_bytes()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_key_under_the_old_passphrase_is_in_no_file_any_more(school: SchoolAtWork) -> None:
    office = school.office
    me = who(office, log_in(office, "lin", PASSPHRASE))
    with office.database.view() as view:
        locked = view.session.get_one(Person, me.person_id).locked_key
    assert locked and any(locked[-64:] in content for content in files_of(school))
    change_passphrase(office, me, PASSPHRASE, NEW)
    assert not any(locked[-64:] in content for content in files_of(school))


def files_of(school: SchoolAtWork) -> list[bytes]:
    return [file.read_bytes() for file in school.office.settings.data_dir.glob("mailbox.db*")]


def test_without_the_old_passphrase_and_with_a_weak_new_one_nothing_changes(school: SchoolAtWork) -> None:
    me = who(school.office, log_in(school.office, "lin", PASSPHRASE))
    with pytest.raises(WrongPassphrase):
        change_passphrase(school.office, me, "这不是口令这不是口令", NEW)
    with pytest.raises(InputRefused):
        change_passphrase(school.office, me, PASSPHRASE, "林老师林老师林老师林老师")
    log_in(school.office, "lin", PASSPHRASE)


def test_sessions_are_told_apart_by_here_and_elsewhere_only(school: SchoolAtWork) -> None:
    office = school.office
    here, there = (log_in(office, "lin", PASSPHRASE) for _ in range(2))
    lines = open_sessions(office, who(office, here), here)
    assert lines[0].is_here and not any(line.is_here for line in lines[1:])
    assert set(vars(lines[0])) == {"id", "is_here", "last_on", "last_half"}
    who(office, there)


def test_one_ends_ones_other_sessions_and_nobody_elses(school: SchoolAtWork) -> None:
    office = school.office
    here, there = (log_in(office, "lin", PASSPHRASE) for _ in range(2))
    other = log_in(office, "jishu", PASSPHRASE)
    me = who(office, here)
    theirs = open_sessions(office, who(office, other), other)[0].id
    end_other_sessions(office, me, here, theirs)
    who(office, other)
    end_other_sessions(office, me, here)
    end_other_sessions(office, me, here)
    who(office, here)
    with pytest.raises(SessionRefused):
        who(office, there)

"""A page asks the database as often for two hundred letters as for ten: nothing is asked once for each line."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from mailbox.people.login import log_in
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.counselor_ui.at_desk import Browser, browser_at
from tests.mailbox.letters.kept_threads import Kept, keep
from tests.support.sql_work import kept_statements

_TODAY = date(2026, 3, 2)
_PAGES = (
    "/desk/letters/",
    "/desk/letters/?page=2",
    "/desk/letters/?tab=answered",
    "/desk/letters/state",
    "/desk/opening/",
    "/desk/summary/",
    "/desk/alarms/",
    "/desk/appointments/",
    "/desk/retention/",
)


@pytest.fixture
def browser(school: SchoolAtWork) -> Browser:
    browser = browser_at(school.office)
    browser.carry("__Host-desk", log_in(school.office, "lin", PASSPHRASE))
    return browser


def test_no_page_asks_once_for_each_letter(school: SchoolAtWork, browser: Browser) -> None:
    _keep(school, 0, 10)
    before = {page: _statements(school, browser, page) for page in _PAGES}
    _keep(school, 10, 200)
    assert {page: _statements(school, browser, page) for page in _PAGES} == before


def _keep(school: SchoolAtWork, first: int, last: int) -> None:
    me = school.counselor.person_id
    kept = [
        one
        for at in range(first, last)
        for one in (
            Kept(f"{2 * at:032x}", "soon" if at % 2 else "routine", arrived_on=_TODAY - timedelta(days=at % 9)),
            Kept(f"{2 * at + 1:032x}", state="answered", reply_by=me, read=True, readers=(me,) if at % 4 else ()),
        )
    ]
    keep(school.office, school.school_id, kept)


def _statements(school: SchoolAtWork, browser: Browser, page: str) -> int:
    with kept_statements(school.office.database.engine) as kept:
        assert browser.get(page).status_code == 200
    return len(kept)

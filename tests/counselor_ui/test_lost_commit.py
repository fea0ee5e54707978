"""The database fails while a counselor sends: what was typed is not lost, and what was kept is kept once."""

from __future__ import annotations

from mailbox.letters.desk import open_thread
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.counselor_ui.at_desk import arrive, browser_at, logged_in
from tests.mailbox.letters.test_not_kept import locked
from tests.support.lost_commit import lost_answer_of_a_commit


def test_a_reply_sent_again_from_the_page_that_could_not_tell_is_one_reply(school: SchoolAtWork) -> None:
    thread_id = arrive(school, "我想养一只乌龟")
    browser = logged_in(school)
    page = browser.get(f"/desk/letters/{thread_id}")
    school.clock.advance(seconds=1)
    browser.get("/desk/letters/")
    with lost_answer_of_a_commit(school.office.database.engine):
        unsure = browser.send(page, "/reply", reply="图书角有一本乌龟的书", when="now")
    assert unsure.status_code == 503
    assert browser.send(unsure, "/reply", reply="图书角有一本乌龟的书", when="now").status_code == 303
    assert len(open_thread(school.office, school.counselor, thread_id).replies) == 1


def test_words_typed_while_the_database_takes_nothing_stand_on_the_page_that_says_so(school: SchoolAtWork) -> None:
    thread_id = arrive(school, "我想养一只乌龟")
    browser = logged_in(school)
    page = browser.get(f"/desk/letters/{thread_id}")
    # Whoever asks is looked for first, and being here is written down, so that not even this letter can be shown.
    school.clock.advance(seconds=1)
    with locked(school):
        refused = browser.send(page, "/reply", reply="图书角有一本<乌龟>的书", when="now")
    assert refused.status_code == 503
    assert "图书角有一本&lt;乌龟&gt;的书" in refused.text
    assert browser.send(page, "/reply", reply="图书角有一本<乌龟>的书", when="now").status_code == 303


def test_a_passphrase_stands_on_no_page_that_says_so(school: SchoolAtWork) -> None:
    browser = browser_at(school.office)
    page = browser.get("/desk/login")
    with locked(school):
        refused = browser.send(page, "/desk/login", login_name="lin", passphrase=PASSPHRASE)
    assert refused.status_code == 503
    assert PASSPHRASE not in refused.text

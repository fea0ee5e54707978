"""A draft is its author's alone, is never lost to a second page, and goes when it is sent."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete

from mailbox.errors import Changed, InputRefused, NotAllowed, NotFound, TextRefused
from mailbox.letters.answer import answer
from mailbox.letters.drafts import draft_of, keep_draft
from mailbox.letters.post import Letter, post
from mailbox.people.arrivals import approve, leave
from mailbox.people.login import Colleague, log_in, log_out, who
from mailbox.store.tables import AuditRow, Draft, Thread, new_id
from tests.conftest import NONCE, PASSPHRASE, SchoolAtWork
from tests.counselor_ui.at_desk import arrive

WORDS = "谢谢你写信来，我还没有写完"


@pytest.fixture
def he(school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]) -> Colleague:
    person_id, login_name = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    return who(school.office, log_in(school.office, login_name, PASSPHRASE))


def keep(school: SchoolAtWork, thread_id: str, words: str = WORDS, seen: str = "") -> str:
    return keep_draft(school.office, school.counselor, thread_id, words, seen)


def kept(school: SchoolAtWork, thread_id: str) -> str | None:
    draft = draft_of(school.office, school.counselor, thread_id)
    return draft.text if draft else None


def rows(school: SchoolAtWork) -> list[Draft]:
    with school.office.database.view() as view:
        return list(view.session.query(Draft))


def test_what_was_kept_is_there_after_the_next_login(school: SchoolAtWork) -> None:
    thread_id = arrive(school, "一封信")
    cookie = log_in(school.office, "lin", PASSPHRASE)
    keep_draft(school.office, who(school.office, cookie), thread_id, WORDS, "")
    log_out(school.office, cookie)
    again = who(school.office, log_in(school.office, "lin", PASSPHRASE))
    draft = draft_of(school.office, again, thread_id)
    assert draft is not None and draft.text == WORDS


def test_only_its_author_sees_a_draft(school: SchoolAtWork, he: Colleague) -> None:
    thread_id = arrive(school, "一封信")
    keep(school, thread_id)
    assert draft_of(school.office, he, thread_id) is None
    keep_draft(school.office, he, thread_id, "何老师也在写", "")
    assert kept(school, thread_id) == WORDS and len(rows(school)) == 2


def test_the_row_of_a_draft_opens_with_no_other_key(school: SchoolAtWork, he: Colleague) -> None:
    thread_id = arrive(school, "一封信")
    keep(school, thread_id)
    with school.office.database.work() as work:
        row = work.session.query(Draft).one()
        assert WORDS.encode() not in row.box
        # Somebody with the database only makes it a colleague's.
        row.author_id = he.person_id
        work.commit()
    moved = draft_of(school.office, he, thread_id)
    assert moved is not None and moved.text is None


def test_who_may_not_see_a_letter_keeps_no_draft_of_it(school: SchoolAtWork, he: Colleague) -> None:
    thread_id = arrive(school, "不给何老师看", not_for=[he.person_id])
    for act in (
        lambda: draft_of(school.office, he, thread_id),
        lambda: keep_draft(school.office, he, thread_id, "x", ""),
    ):
        with pytest.raises(NotFound):
            act()
    keep(school, thread_id)
    assert kept(school, thread_id) == WORDS


def test_who_is_no_reader_keeps_no_draft(school: SchoolAtWork) -> None:
    technician = who(school.office, log_in(school.office, "jishu", PASSPHRASE))
    with pytest.raises(NotAllowed):
        keep_draft(school.office, technician, arrive(school, "一封信"), WORDS, "")


def test_saving_again_goes_on_and_an_older_page_is_told(school: SchoolAtWork) -> None:
    thread_id = arrive(school, "一封信")
    first = keep(school, thread_id)
    second = keep(school, thread_id, "写了更多", first)
    with pytest.raises(Changed):
        keep(school, thread_id, "旧的一页", first)
    assert kept(school, thread_id) == "写了更多"
    # Having seen the newer one, the page may put its own words in its place.
    keep(school, thread_id, "旧的一页", second)
    assert kept(school, thread_id) == "旧的一页"


def test_a_second_click_is_harmless(school: SchoolAtWork) -> None:
    thread_id = arrive(school, "一封信")
    first = keep(school, thread_id)
    assert keep(school, thread_id) == first
    assert len(rows(school)) == 1


def test_two_pages_at_once_leave_one_draft(school: SchoolAtWork) -> None:
    thread_id = arrive(school, "一封信")

    def page(number: int) -> str:
        try:
            return keep(school, thread_id, f"第{number}页")
        except Changed:
            return ""

    with ThreadPoolExecutor(4) as pages:
        versions = [version for version in pages.map(page, range(4)) if version]
    assert len(versions) == 1 and [row.id for row in rows(school)] == versions


def test_an_emptied_draft_is_gone(school: SchoolAtWork) -> None:
    thread_id = arrive(school, "一封信")
    seen = keep(school, thread_id)
    assert keep(school, thread_id, " \n", seen) == ""
    assert rows(school) == [] and kept(school, thread_id) is None


def test_a_sent_reply_leaves_no_draft_and_other_drafts_in_peace(school: SchoolAtWork, he: Colleague) -> None:
    thread_id, other = arrive(school, "一封信"), arrive(school, "又一封信")
    keep(school, thread_id)
    keep(school, other)
    keep_draft(school.office, he, thread_id, "何老师也在写", "")
    answer(school.office, school.counselor, thread_id, WORDS, release_now=False, form_nonce=NONCE)
    assert kept(school, thread_id) is None and kept(school, other) == WORDS
    assert len(rows(school)) == 2


def test_who_leaves_leaves_no_draft(school: SchoolAtWork, he: Colleague) -> None:
    thread_id = arrive(school, "一封信")
    keep(school, thread_id)
    keep_draft(school.office, he, thread_id, "何老师也在写", "")
    leave(school.office, school.school_id, school.counselor.person_id, he.person_id)
    assert [row.author_id for row in rows(school)] == [school.counselor.person_id]


def test_a_draft_goes_with_its_thread(school: SchoolAtWork) -> None:
    thread_id = arrive(school, "一封信")
    keep(school, thread_id)
    with school.office.database.work() as work:
        work.session.execute(delete(Thread).where(Thread.id == thread_id))
        work.commit()
    assert rows(school) == []
    with pytest.raises(NotFound):
        keep(school, thread_id)


@pytest.mark.parametrize(("words", "refused"), [("长" * 4_001, InputRefused), ("\ud800", TextRefused)])
def test_what_could_not_be_sent_is_not_kept(school: SchoolAtWork, words: str, refused: type[Exception]) -> None:
    with pytest.raises(refused):
        keep(school, arrive(school, "一封信"), words)


def test_a_draft_written_from_outside_is_not_shown_and_can_be_written_over(school: SchoolAtWork) -> None:
    thread_id = arrive(school, "一封信")
    other = arrive(school, "又一封信")
    keep(school, other, "别的信的草稿")
    with school.office.database.work() as work:
        box = work.session.query(Draft).one().box
        row = Draft(id=new_id(), school_id=school.school_id, thread_id=thread_id, box=box, mark=b"x" * 32)
        row.author_id = school.counselor.person_id
        work.session.add(row)
        work.commit()
    draft = draft_of(school.office, school.counselor, thread_id)
    assert draft is not None and draft.text is None
    keep(school, thread_id, WORDS, draft.version)
    assert kept(school, thread_id) == WORDS


def test_the_audit_says_once_that_somebody_began_and_no_word_of_it(school: SchoolAtWork) -> None:
    thread_id = arrive(school, "一封信")
    version = keep(school, thread_id)
    for words in ("再写", "再写一点"):
        version = keep(school, thread_id, words, version)
    with school.office.database.view() as view:
        acts = [row.act for row in view.session.query(AuditRow) if row.subject_id == thread_id]
    assert acts.count("thread.draft") == 1


def test_a_letter_that_is_posted_meanwhile_leaves_the_draft(school: SchoolAtWork) -> None:
    thread_id = arrive(school, "一封信")
    keep(school, thread_id)
    post(school.office, Letter(school.school_id, new_id(), "又一封", os.urandom(16)))
    assert kept(school, thread_id) == WORDS

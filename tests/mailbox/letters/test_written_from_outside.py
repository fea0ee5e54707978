"""Who can only write the database forges no answer, joins no readers, redirects no letter and rewrites no history."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from mailbox.errors import NotAllowed, NotAuthentic, NotFound
from mailbox.letters.answer import answer
from mailbox.letters.collect import collect
from mailbox.letters.content import REPLY_FOR_CHILD, REPLY_FOR_READERS
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.post import Letter, post, write_back
from mailbox.people.arrivals import approve
from mailbox.people.audit import verify
from mailbox.people.listing import names_of, people_lines
from mailbox.people.login import Colleague, log_in, who
from mailbox.people.sharing import share_earlier_weeks
from mailbox.people.stations import readers_to_name
from mailbox.sealing.box import BoxAddress, PrivateKey, PublicKey, seal
from mailbox.sealing.keyring import share_week_key
from mailbox.sealing.receipt import ReceiptCode
from mailbox.store.tables import (
    AuditRow,
    Correction,
    Person,
    Reply,
    Thread,
    ThreadReader,
    WeekKey,
    WeekKeyCopy,
    new_id,
)
from tests.conftest import NONCE, PASSPHRASE, SchoolAtWork

FORGED_MARK = os.urandom(32)


def letter(school: SchoolAtWork, words: str, not_for: frozenset[str] = frozenset()) -> Letter:
    return Letter(school.school_id, "kiosk", words, os.urandom(16), not_for)


def sent(school: SchoolAtWork, words: str = "一封信") -> tuple[ReceiptCode, str]:
    code = post(school.office, letter(school, words)).code
    return code, collect(school.office, school.school_id, code).thread_id


def add(school: SchoolAtWork, *rows: object) -> None:
    with school.office.database.work() as work:
        work.session.add_all(rows)
        work.commit()


def colleague(school: SchoolAtWork, bring: Callable[[], tuple[str, str]]) -> Colleague:
    person_id, login = bring()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    return who(school.office, log_in(school.office, login, PASSPHRASE))


def forged_reply(school: SchoolAtWork, thread_id: str) -> Reply:
    # Public keys lie in the database, so anybody who has it can seal to them.
    with school.office.database.view() as view:
        thread = view.session.get_one(Thread, thread_id)
        week = view.session.query(WeekKey).filter_by(current=True).one()
    reply_id = new_id()
    child, readers = PublicKey.from_bytes(thread.receipt_public), PublicKey.from_bytes(week.public_key)
    return Reply(
        id=reply_id,
        school_id=school.school_id,
        thread_id=thread_id,
        author_id=school.counselor.person_id,
        week_key_id=week.id,
        child_box=seal(child, BoxAddress(REPLY_FOR_CHILD, thread_id, reply_id), "别再写了".encode()),
        reader_box=seal(readers, BoxAddress(REPLY_FOR_READERS, thread_id, reply_id), "别再写了".encode()),
        state="released",
        written_on=school.office.local_now().date(),
        released_on=school.office.local_now().date(),
        place=1,
        mark=FORGED_MARK,
    )


def forged_person(school: SchoolAtWork, private: PrivateKey) -> Person:
    return Person(
        id=new_id(),
        school_id=school.school_id,
        role="counselor",
        state="active",
        display_name="外人",
        login_name="wairen",
        invitation_hash=None,
        public_key=private.public().to_bytes(),
        locked_key=None,
        mark=FORGED_MARK,
    )


def test_an_answer_sealed_by_somebody_else_is_shown_to_nobody(school: SchoolAtWork) -> None:
    code, thread_id = sent(school)
    add(school, forged_reply(school, thread_id))
    collected = collect(school.office, school.school_id, code)
    assert (collected.replies, collected.damaged) == ([], 1)
    assert [reply.text for reply in open_thread(school.office, school.counselor, thread_id).replies] == [None]


def test_a_reader_written_into_the_database_reads_nothing_and_is_named_nowhere(school: SchoolAtWork) -> None:
    private = PrivateKey.generate()
    stranger = forged_person(school, private)
    add(school, stranger)
    _, thread_id = sent(school)
    with school.office.database.view() as view:
        assert view.session.query(WeekKeyCopy).filter_by(holder_id=stranger.id).all() == []
    someone = Colleague(stranger.id, school.school_id, "counselor", "外人", private)
    with pytest.raises(NotAllowed):
        queue(school.office, someone)
    with pytest.raises(NotAllowed):
        open_thread(school.office, someone, thread_id)
    with pytest.raises(NotFound):
        share_earlier_weeks(school.office, school.counselor, stranger.id)
    assert "外人" not in {line.display_name for line in people_lines(school.office, school.school_id)}
    assert "外人" not in names_of(school.office, school.school_id).values()
    assert [name for _, name in readers_to_name(school.office, school.school_id)] == ["林老师"]


def test_an_audit_row_written_into_the_database_breaks_the_chain(school: SchoolAtWork) -> None:
    with school.office.database.view() as view:
        length = verify(school.office, view.session, school.school_id)
        last = view.session.query(AuditRow).filter_by(place=length).one()
    forged = AuditRow(
        school_id=school.school_id,
        place=length + 1,
        person_id=school.counselor.person_id,
        act="thread.read",
        subject_id=None,
        moment_seconds=0,
        previous_mark=last.mark,
        mark=FORGED_MARK,
    )
    add(school, forged)
    with school.office.database.view() as view, pytest.raises(NotAuthentic):
        verify(school.office, view.session, school.school_id)


def test_a_correction_written_into_the_database_is_not_shown(school: SchoolAtWork) -> None:
    _, thread_id = sent(school)
    add(
        school,
        Correction(
            school_id=school.school_id,
            thread_id=thread_id,
            person_id=school.counselor.person_id,
            week_key_id=None,
            urgency_before="urgent",
            urgency_after="routine",
            corrected_on=school.office.local_now().date(),
            place=1,
            reason_box=None,
            mark=FORGED_MARK,
        ),
    )
    assert open_thread(school.office, school.counselor, thread_id).corrections == []


def test_answers_are_not_sealed_to_a_key_that_was_put_in_a_childs_place(school: SchoolAtWork) -> None:
    _, thread_id = sent(school)
    with school.office.database.work() as work:
        work.session.get_one(Thread, thread_id).receipt_public = PrivateKey.generate().public().to_bytes()
        work.commit()
    with pytest.raises(NotAuthentic):
        answer(school.office, school.counselor, thread_id, "我在", release_now=True, form_nonce=NONCE)
    with school.office.database.view() as view:
        assert view.session.query(Reply).count() == 0


def test_a_letter_closed_to_a_reader_is_not_opened_to_them_by_a_row(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    he = colleague(school, second_counselor)
    code = post(school.office, letter(school, "何老师不能看", frozenset({he.person_id}))).code
    thread_id = collect(school.office, school.school_id, code).thread_id
    add(
        school,
        ThreadReader(school_id=school.school_id, thread_id=thread_id, reader_id=he.person_id, mark=FORGED_MARK),
    )
    write_back(school.office, letter(school, "还有一件事"), thread_id)
    assert [note.content for note in open_thread(school.office, he, thread_id).notes] == [None, None]
    assert all(note.content for note in open_thread(school.office, school.counselor, thread_id).notes)


def test_a_closed_letter_declared_open_takes_no_further_letter(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    he = colleague(school, second_counselor)
    code = post(school.office, letter(school, "何老师不能看", frozenset({he.person_id}))).code
    thread_id = collect(school.office, school.school_id, code).thread_id
    with school.office.database.work() as work:
        work.session.get_one(Thread, thread_id).closed = False
        work.commit()
    with pytest.raises(NotFound):
        write_back(school.office, letter(school, "还有一件事"), thread_id)


def test_a_week_key_put_in_place_of_ours_takes_no_letter(school: SchoolAtWork) -> None:
    sent(school)
    stranger = PrivateKey.generate()
    with school.office.database.work() as work:
        work.session.query(WeekKey).update({"public_key": stranger.public().to_bytes()})
        work.commit()
    _, thread_id = sent(school, "另一封信")
    content = open_thread(school.office, school.counselor, thread_id).notes[0].content
    assert content and content.text == "另一封信"


def test_a_copy_that_holds_another_key_is_not_passed_on(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    sent(school)
    he = colleague(school, second_counselor)
    with school.office.database.work() as work:
        copies = work.session.query(WeekKeyCopy).filter_by(holder_id=school.counselor.person_id).all()
        for copy in copies:
            copy.box = share_week_key(
                PrivateKey.generate(), copy.week_key_id, copy.holder_id, school.counselor.private.public()
            )
        work.commit()
    assert share_earlier_weeks(school.office, school.counselor, he.person_id) == 0

"""Nothing stays sealed to a reader who left: neither a week's key nor a letter that was closed to others."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from mailbox.letters.answer import answer, correct
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.post import Letter, post
from mailbox.people.arrivals import accept_invitation, approve, invite, leave
from mailbox.people.login import log_in, who
from mailbox.people.roster import COUNSELOR
from mailbox.sealing.keyring import RECOVERY_HOLDER
from mailbox.store.marked import set_mark
from mailbox.store.people import school_locked
from mailbox.store.tables import Person, ReaderCopy, WeekKeyCopy
from tests.conftest import NONCE, PASSPHRASE, SchoolAtWork
from triage.protocol import Urgency


def holders(school: SchoolAtWork, kind: type[ReaderCopy] | type[WeekKeyCopy]) -> set[str]:
    with school.office.database.view() as view:
        return set(view.session.scalars(select(kind.holder_id)))


def test_the_boxes_of_closed_letters_go_with_the_reader_and_stay_for_who_stays(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    office, lin = school.office, school.counselor
    he_id, login = second_counselor()
    approve(office, school.school_id, lin.person_id, he_id)
    zhou = invited_reader(school, he_id)
    post(office, Letter(school.school_id, "kiosk", "不要给周老师看", os.urandom(16), frozenset({zhou})))
    thread_id = queue(office, lin)[0].id
    correct(office, lin, thread_id, Urgency.SOON, "想今天就看看")
    answer(office, lin, thread_id, "我在", release_now=True, form_nonce=NONCE)
    he = who(office, log_in(office, login, PASSPHRASE))
    assert open_thread(office, he, thread_id).notes[0].content is not None
    assert holders(school, ReaderCopy) == {lin.person_id, he_id, RECOVERY_HOLDER}

    leave(office, school.school_id, lin.person_id, he_id)

    assert holders(school, ReaderCopy) == {lin.person_id, RECOVERY_HOLDER}
    assert he_id not in holders(school, WeekKeyCopy)
    opened = open_thread(office, lin, thread_id)
    assert [note.content.text for note in opened.notes if note.content] == ["不要给周老师看"]
    assert [reply.text for reply in opened.replies] == ["我在"]
    assert [correction.reason for correction in opened.corrections] == ["想今天就看看"]


def test_a_closed_letter_that_comes_while_a_reader_leaves_is_not_sealed_to_them(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    office, lin = school.office, school.counselor
    he_id, _ = second_counselor()
    approve(office, school.school_id, lin.person_id, he_id)
    letter = Letter(
        school.school_id, "kiosk", "不要给周老师看", os.urandom(16), frozenset({invited_reader(school, he_id)})
    )
    with ThreadPoolExecutor(1) as kiosk, office.database.work() as leaving:
        school_locked(leaving.session, school.school_id)
        posted = kiosk.submit(post, office, letter)
        # The letter now waits for the leaving to end, having seen the roster as it was or not at all.
        with pytest.raises(TimeoutError):
            posted.result(timeout=0.5)
        he = leaving.session.get_one(Person, he_id)
        he.state = "left"
        set_mark(he, office.marks.mac)
        leaving.commit()
        assert not posted.result(timeout=10).nobody_left
    assert holders(school, ReaderCopy) == {lin.person_id, RECOVERY_HOLDER}


def invited_reader(school: SchoolAtWork, second_voice: str) -> str:
    """Bring 周老师 in; return the person id."""
    token = invite(school.office, school.school_id, school.counselor.person_id, COUNSELOR, "周老师")
    person_id = accept_invitation(school.office, token, "zhou", PASSPHRASE).person_id
    approve(school.office, school.school_id, second_voice, person_id)
    return person_id

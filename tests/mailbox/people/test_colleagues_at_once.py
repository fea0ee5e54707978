"""Colleagues who work on letters in the same moment do not stop one another."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from mailbox.letters.answer import answer
from mailbox.letters.collect import collect
from mailbox.letters.desk import open_thread
from mailbox.letters.post import Letter, post
from mailbox.people.audit import verify
from mailbox.store.tables import AuditRow
from tests.conftest import SchoolAtWork

AT_ONCE = 4
ROUNDS = 3


def arrived(school: SchoolAtWork) -> str:
    code = post(school.office, Letter(school.school_id, "kiosk", "我想家了", os.urandom(16))).code
    return collect(school.office, school.school_id, code).thread_id


def test_answers_to_several_letters_at_once_are_all_kept_and_all_in_the_chain(school: SchoolAtWork) -> None:
    together = Barrier(AT_ONCE)

    def reply(thread_id: str) -> None:
        together.wait()
        answer(school.office, school.counselor, thread_id, "我在", release_now=True, form_nonce=os.urandom(16))

    for _ in range(ROUNDS):
        threads = [arrived(school) for _ in range(AT_ONCE)]
        with ThreadPoolExecutor(AT_ONCE) as hands:
            list(hands.map(reply, threads))
        kept = [len(open_thread(school.office, school.counselor, thread_id).replies) for thread_id in threads]
        assert kept == [1] * AT_ONCE
    with school.office.database.view() as view:
        assert verify(school.office, view.session, school.school_id) > 0
        assert view.session.query(AuditRow).filter_by(act="thread.answer").count() == AT_ONCE * ROUNDS

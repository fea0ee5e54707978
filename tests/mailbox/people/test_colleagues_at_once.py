"""Colleagues who work on letters in the same moment do not stop one another."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from mailbox.errors import ClaimLost
from mailbox.letters.answer import answer, claim
from mailbox.letters.collect import collect
from mailbox.letters.desk import open_thread
from mailbox.letters.post import Letter, post
from mailbox.people.arrivals import approve
from mailbox.people.audit import verify
from mailbox.people.login import Colleague, log_in, who
from mailbox.store.tables import AuditRow
from tests.conftest import PASSPHRASE, SchoolAtWork

AT_ONCE = 4
ROUNDS = 3


def arrived(school: SchoolAtWork) -> str:
    code = post(school.office, Letter(school.school_id, "kiosk", "我想家了", os.urandom(16))).code
    return collect(school.office, school.school_id, code).thread_id


def test_of_two_who_take_one_letter_at_once_one_has_it_and_the_other_is_told_by_whom(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    person_id, login = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    people = [school.counselor, who(school.office, log_in(school.office, login, PASSPHRASE))]
    names, together = ["林老师", "何老师"], Barrier(2)

    def take(person: Colleague) -> str:
        together.wait()
        try:
            claim(school.office, person, thread_id)
        except ClaimLost as lost:
            return lost.holder
        return "mine"

    for _ in range(ROUNDS):
        thread_id = arrived(school)
        with ThreadPoolExecutor(2) as hands:
            found = list(hands.map(take, people))
        first = found.index("mine")
        assert found[1 - first] == names[first]


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

"""A closed letter whose last reader goes rings, and two slips give it to somebody who was not closed out."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from mailbox.alarms.siren import ringing
from mailbox.letters.answer import answer
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.post import Letter, post
from mailbox.people.arrivals import accept_invitation, approve, invite, leave
from mailbox.people.login import Colleague, log_in, who
from mailbox.people.recovery import Newcomer, come_back
from mailbox.people.starting_anew import start_anew
from mailbox.rules.roles import COUNSELOR
from tests.conftest import NONCE, PASSPHRASE, SchoolAtWork

NEW = "窗台上的仙人掌想学会游泳"


def logged_in(school: SchoolAtWork, login: str, passphrase: str = PASSPHRASE) -> Colleague:
    return who(school.office, log_in(school.office, login, passphrase))


def bring(school: SchoolAtWork, name: str, login: str, voice: str) -> Colleague:
    token = invite(school.office, school.school_id, school.counselor.person_id, COUNSELOR, name)
    person_id = accept_invitation(school.office, token, login, PASSPHRASE).person_id
    approve(school.office, school.school_id, voice, person_id)
    return logged_in(school, login)


def send(school: SchoolAtWork, words: str, *not_for: str) -> None:
    post(school.office, Letter(school.school_id, "kiosk", words, os.urandom(16), frozenset(not_for)))


def rings(school: SchoolAtWork) -> list[str]:
    return [alarm.kind for alarm in ringing(school.office, school.school_id)]


def words_read_by(school: SchoolAtWork, reader: Colleague) -> list[str]:
    threads = [open_thread(school.office, reader, row.id) for row in queue(school.office, reader)]
    return sorted(note.content.text if note.content else "?" for thread in threads for note in thread.notes)


@pytest.fixture
def he(school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]) -> Colleague:
    person_id, login = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    return logged_in(school, login)


# --- ringing --------------------------------------------------------------------------------------


def test_it_rings_when_the_last_reader_of_a_closed_letter_leaves(school: SchoolAtWork, he: Colleague) -> None:
    send(school, "不要给林老师看", school.counselor.person_id)
    assert rings(school) == []
    leave(school.office, school.school_id, he.person_id, he.person_id)
    assert rings(school) == ["closed"]


def test_an_urgent_one_rings_as_closed_and_no_longer_as_one_to_open(school: SchoolAtWork, he: Colleague) -> None:
    send(school, "【紧急】不要给林老师看", school.counselor.person_id)
    assert rings(school) == ["urgent"]
    leave(school.office, school.school_id, he.person_id, he.person_id)
    assert rings(school) == ["closed"]


def test_it_is_silent_while_somebody_else_can_open_it(school: SchoolAtWork, he: Colleague) -> None:
    bring(school, "周老师", "zhou", he.person_id)
    send(school, "不要给林老师看", school.counselor.person_id)
    leave(school.office, school.school_id, he.person_id, he.person_id)
    assert rings(school) == []


def test_an_answered_one_is_silent(school: SchoolAtWork, he: Colleague) -> None:
    send(school, "不要给林老师看", school.counselor.person_id)
    [row] = queue(school.office, he)
    open_thread(school.office, he, row.id)
    answer(school.office, he, row.id, "我在二楼", release_now=True, form_nonce=NONCE)
    leave(school.office, school.school_id, he.person_id, he.person_id)
    assert rings(school) == []


def test_it_rings_when_the_last_reader_starts_anew(school: SchoolAtWork, he: Colleague) -> None:
    send(school, "不要给林老师看", school.counselor.person_id)
    token = start_anew(school.office, school.counselor, he.person_id)
    assert rings(school) == []
    accept_invitation(school.office, token, "he", NEW)
    assert rings(school) == ["closed"]


def test_who_leaves_without_closed_letters_rings_nothing(school: SchoolAtWork, he: Colleague) -> None:
    send(school, "谁都能看")
    leave(school.office, school.school_id, school.counselor.person_id, he.person_id)
    assert rings(school) == []


# --- handing over by the slips --------------------------------------------------------------------


def test_the_slips_give_it_to_a_newcomer_with_all_that_was_written(school: SchoolAtWork, he: Colleague) -> None:
    send(school, "不要给林老师看", school.counselor.person_id)
    [row] = queue(school.office, he)
    answer(school.office, he, row.id, "我在二楼", release_now=True, form_nonce=NONCE)
    leave(school.office, school.school_id, he.person_id, he.person_id)
    done = come_back(school.office, school.slips, Newcomer("周老师", "zhou"), NEW)
    assert (done.resealed.letters_given, done.resealed.letters_withheld) == (1, 0)
    zhou = logged_in(school, "zhou", NEW)
    opened = open_thread(school.office, zhou, row.id)
    assert [note.content.text for note in opened.notes if note.content] == ["不要给林老师看"]
    assert [reply.text for reply in opened.replies] == ["我在二楼"]


def test_they_never_give_it_to_whom_it_was_closed_to(school: SchoolAtWork, he: Colleague) -> None:
    send(school, "不要给林老师看", school.counselor.person_id)
    leave(school.office, school.school_id, he.person_id, he.person_id)
    done = come_back(school.office, school.slips, school.counselor.person_id, NEW)
    assert (done.resealed.letters_given, done.resealed.letters_withheld) == (0, 1)
    assert queue(school.office, logged_in(school, "lin", NEW)) == []


def test_nor_to_somebody_of_the_same_name(school: SchoolAtWork, he: Colleague) -> None:
    send(school, "不要给何老师看", he.person_id)
    leave(school.office, school.school_id, school.counselor.person_id, he.person_id)
    come_back(school.office, school.slips, Newcomer("何 老师", "he2"), NEW)
    assert queue(school.office, logged_in(school, "he2", NEW)) == []


def test_a_letter_closed_to_everybody_goes_to_who_was_not_here_then(school: SchoolAtWork) -> None:
    send(school, "谁都不要看", school.counselor.person_id)
    school.clock.advance(days=1)
    zhou = bring(school, "周老师", "zhou", school.counselor.person_id)
    assert queue(school.office, zhou) == []
    come_back(school.office, school.slips, zhou.person_id, NEW)
    assert words_read_by(school, logged_in(school, "zhou", NEW)) == ["谁都不要看"]
    assert queue(school.office, school.counselor) == []


def test_who_comes_back_reads_the_closed_letters_they_were_left(school: SchoolAtWork, he: Colleague) -> None:
    send(school, "不要给林老师看", school.counselor.person_id)
    send(school, "不要给何老师看", he.person_id)
    come_back(school.office, school.slips, he.person_id, NEW)
    assert words_read_by(school, logged_in(school, "he", NEW)) == ["不要给林老师看"]
    assert words_read_by(school, school.counselor) == ["不要给何老师看"]


def test_a_given_letter_is_still_given_by_the_next_slips(school: SchoolAtWork, he: Colleague) -> None:
    send(school, "不要给林老师看", school.counselor.person_id)
    leave(school.office, school.school_id, he.person_id, he.person_id)
    done = come_back(school.office, school.slips, Newcomer("周老师", "zhou"), NEW)
    assert done.slips is not None
    come_back(school.office, done.slips, done.person_id, PASSPHRASE)
    assert words_read_by(school, logged_in(school, "zhou")) == ["不要给林老师看"]

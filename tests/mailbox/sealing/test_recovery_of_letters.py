"""From the two printed slips to a child's words: recovery, from one end to the other, on real letters."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from sqlalchemy import select

from mailbox.letters.answer import answer
from mailbox.letters.collect import collect
from mailbox.letters.content import NOTE, NoteContent
from mailbox.letters.desk import queue
from mailbox.letters.opened import ReaderKeys, open_note, open_reply
from mailbox.letters.post import Letter, post, write_back
from mailbox.openings.opening import open_what_is_due
from mailbox.people.arrivals import approve, leave
from mailbox.people.login import Colleague
from mailbox.sealing.box import BoxAddress, PrivateKey, open_box
from mailbox.sealing.keyring import RECOVERY_HOLDER, open_week_key
from mailbox.sealing.recovery import RecoveryKey
from mailbox.store.keys import copies_of_holder
from mailbox.store.letters import copies_for, notes_of, replies_of
from mailbox.store.tables import Base, Note, School
from tests.conftest import NONCE, SchoolAtWork


def send(school: SchoolAtWork, words: str, *, not_for: frozenset[str] = frozenset()) -> str:
    """Let a child write; return the thread's id."""
    code = post(school.office, Letter(school.school_id, "kiosk", words, os.urandom(16), not_for)).code
    return collect(school.office, school.school_id, code).thread_id


def joined(school: SchoolAtWork) -> PrivateKey:
    """Rebuild the private key from what was printed, and from nothing else."""
    first, second = (" ".join(slip) for slip in school.slips)
    return RecoveryKey.from_slips(first.split(), second.split()).private_key()


def read(school: SchoolAtWork, private: PrivateKey, thread_id: str) -> list[str | None]:
    """Open a thread's letters as the holder of the recovery key; None for one that does not open."""
    with school.office.database.view() as view:
        keys = ReaderKeys(view.session, Colleague(RECOVERY_HOLDER, school.school_id, "", "", private))
        opened = [open_note(keys, note) for note in notes_of(view.session, thread_id)]
    return [note.content.text if note.content else None for note in opened]


@pytest.fixture
def he(school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]) -> str:
    """何老师's id; they read."""
    person_id, _ = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    return person_id


def test_the_slips_are_of_the_key_that_the_school_seals_to(school: SchoolAtWork) -> None:
    with school.office.database.view() as view:
        sealed_to = view.session.get_one(School, school.school_id).recovery_public
    assert joined(school).public().to_bytes() == sealed_to


def test_an_open_letter_opens_with_the_key_from_the_slips(school: SchoolAtWork) -> None:
    thread_id = send(school, "我想奶奶了 😢")
    assert read(school, joined(school), thread_id) == ["我想奶奶了 😢"]


def test_a_letter_closed_to_a_reader_opens_with_the_key_from_the_slips(school: SchoolAtWork, he: str) -> None:
    thread_id = send(school, "不要给何老师看", not_for=frozenset({he}))
    assert read(school, joined(school), thread_id) == ["不要给何老师看"]


def test_a_letter_closed_to_everybody_opens_with_the_key_from_the_slips(school: SchoolAtWork, he: str) -> None:
    thread_id = send(school, "谁都不能看", not_for=frozenset({he, school.counselor.person_id}))
    assert queue(school.office, school.counselor) == []
    assert read(school, joined(school), thread_id) == ["谁都不能看"]


def test_the_boxes_open_by_hand_as_the_design_writes_them_down(school: SchoolAtWork, he: str) -> None:
    open_id, closed_id = send(school, "大家都能看"), send(school, "不要给何老师看", not_for=frozenset({he}))
    private = joined(school)
    with school.office.database.view() as view:
        week_copies = copies_of_holder(view.session, RECOVERY_HOLDER)
        shared = view.session.query(Note).filter_by(thread_id=open_id).one()
        closed = view.session.query(Note).filter_by(thread_id=closed_id).one()
        own = copies_for(view.session, [closed.id], NOTE, RECOVERY_HOLDER)[closed.id]
    assert shared.box and shared.week_key_id and own
    week = open_week_key(private, shared.week_key_id, RECOVERY_HOLDER, week_copies[shared.week_key_id])
    contents = [
        open_box(week, BoxAddress(NOTE, open_id, shared.id), shared.box),
        open_box(private, BoxAddress(NOTE, closed_id, f"{closed.id}-{RECOVERY_HOLDER}"), own),
    ]
    assert [NoteContent.from_bytes(content).text for content in contents] == ["大家都能看", "不要给何老师看"]


def test_every_generation_opens_with_the_same_slips(school: SchoolAtWork, he: str) -> None:
    threads = [send(school, "有两位老师")]
    leave(school.office, school.school_id, school.counselor.person_id, he)
    threads.append(send(school, "有一位老师"))
    school.clock.advance(days=7)
    open_what_is_due(school.office)
    threads.append(send(school, "下一周"))
    private = joined(school)
    assert [read(school, private, thread_id) for thread_id in threads] == [["有两位老师"], ["有一位老师"], ["下一周"]]


@pytest.mark.parametrize("is_closed", [False, True])
def test_a_conversation_opens_with_the_slips_answers_included(school: SchoolAtWork, he: str, is_closed: bool) -> None:
    thread_id = send(school, "第一封", not_for=frozenset({he} if is_closed else ()))
    answer(school.office, school.counselor, thread_id, "我在", release_now=True, form_nonce=NONCE)
    write_back(school.office, Letter(school.school_id, "kiosk", "第二封", os.urandom(16)), thread_id)
    private = joined(school)
    assert read(school, private, thread_id) == ["第一封", "第二封"]
    with school.office.database.view() as view:
        keys = ReaderKeys(view.session, Colleague(RECOVERY_HOLDER, school.school_id, "", "", private))
        replies = [open_reply(school.office, keys, reply).text for reply in replies_of(view.session, thread_id)]
    assert replies == ["我在"]


def test_slips_of_another_printing_open_no_letter(school: SchoolAtWork, he: str) -> None:
    threads = [send(school, "大家都能看"), send(school, "不要给何老师看", not_for=frozenset({he}))]
    stranger = RecoveryKey.from_slips(*RecoveryKey.generate().slips()).private_key()
    assert [read(school, stranger, thread_id) for thread_id in threads] == [[None], [None]]


def test_the_key_of_the_slips_is_kept_in_no_row_and_no_file(school: SchoolAtWork) -> None:
    send(school, "我想家了")
    first, second = school.slips
    secret = RecoveryKey.from_slips(first, second).secret
    never_kept = [secret, joined(school).to_bytes(), " ".join(first).encode(), " ".join(second).encode()]
    with school.office.database.view() as view:
        rows = [row for table in Base.metadata.sorted_tables for row in view.session.execute(select(table))]
    kept = [value if isinstance(value, bytes) else str(value).encode() for row in rows for value in row]
    kept += [path.read_bytes() for path in school.office.settings.data_dir.rglob("*") if path.is_file()]
    assert not any(part in value for part in never_kept for value in kept)

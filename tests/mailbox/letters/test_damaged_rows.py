"""A damaged row is shown as damaged; the queue, the thread and the child's page go on without it."""

from __future__ import annotations

import os

import pytest
from sqlalchemy import text

from mailbox.alarms.siren import ringing
from mailbox.errors import NotFound
from mailbox.letters.answer import answer
from mailbox.letters.collect import collect
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.post import Letter, post
from mailbox.sealing.receipt import ReceiptCode
from tests.conftest import SchoolAtWork


def sent(school: SchoolAtWork, words: str) -> tuple[ReceiptCode, str]:
    code = post(school.office, Letter(school.school_id, "kiosk", words, os.urandom(16))).code
    return code, collect(school.office, school.school_id, code).thread_id


def write(school: SchoolAtWork, statement: str, **values: object) -> None:
    """Change a row as somebody does who has the database and nothing else."""
    with school.office.database.work() as work:
        work.session.execute(text(statement), values)
        work.commit()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("urgency", "nonsense"),
        ("urgency", ""),
        ("cause", "nonsense"),
        ("arrived_half", "midnight"),
        ("state", "nowhere"),
    ],
)
def test_a_thread_that_says_what_cannot_be_stands_in_the_queue_as_damaged(
    school: SchoolAtWork, column: str, value: str
) -> None:
    _, broken = sent(school, "日常一封")
    _, urgent = sent(school, "【紧急】一封")
    write(school, f"UPDATE threads SET {column} = :value WHERE id = :id", value=value, id=broken)  # noqa: S608
    rows = {row.id: row for row in queue(school.office, school.counselor)}
    assert set(rows) == {broken, urgent}
    assert (rows[broken].damaged, rows[urgent].damaged) == (True, False)
    # A person must look at it soon, and its words are still there.
    assert rows[broken].cause == "failed"
    content = open_thread(school.office, school.counselor, broken).notes[0].content
    assert content and content.text == "日常一封"


@pytest.mark.parametrize(("column", "value"), [("arrived_on", "someday"), ("claimed_until", "later"), ("closed", "?")])
def test_a_row_that_cannot_even_be_read_does_not_take_the_queue_down(
    school: SchoolAtWork, column: str, value: str
) -> None:
    if school.office.database.engine.dialect.name != "sqlite":
        # PostgreSQL takes no text for a date, so such a row cannot come to be.
        return
    _, broken = sent(school, "日常一封")
    _, sound = sent(school, "【尽快】一封")
    write(school, f"UPDATE threads SET {column} = :value WHERE id = :id", value=value, id=broken)  # noqa: S608
    rows = {row.id: row.damaged for row in queue(school.office, school.counselor)}
    assert rows[sound] is False
    assert column == "closed" or rows[broken] is True
    content = open_thread(school.office, school.counselor, sound).notes[0].content
    assert content and content.text == "【尽快】一封"


@pytest.mark.parametrize("box", [None, b"", b"\x01", b"\x02" + bytes(1_700), b"\x01" + bytes(1_700)])
def test_a_letter_whose_box_is_damaged_is_shown_as_damaged_and_the_rest_opens(
    school: SchoolAtWork, box: bytes | None
) -> None:
    _, broken = sent(school, "第一封")
    _, sound = sent(school, "第二封")
    write(school, "UPDATE notes SET box = :box WHERE thread_id = :id", box=box, id=broken)
    assert [note.problem for note in open_thread(school.office, school.counselor, broken).notes] == ["damaged"]
    content = open_thread(school.office, school.counselor, sound).notes[0].content
    assert content and content.text == "第二封"


def test_a_damaged_answer_is_counted_for_the_child_and_the_next_one_is_read(school: SchoolAtWork) -> None:
    code, thread_id = sent(school, "一封信")
    for words in ("第一封回信", "第二封回信"):
        answer(school.office, school.counselor, thread_id, words, release_now=True, form_nonce=os.urandom(16))
    write(school, "UPDATE replies SET child_box = :box WHERE place = 1", box=b"\x01" + bytes(1_700))
    collected = collect(school.office, school.school_id, code)
    assert ([reply.text for reply in collected.replies], collected.damaged) == (["第二封回信"], 1)
    assert [reply.text for reply in open_thread(school.office, school.counselor, thread_id).replies] == [
        None,
        "第二封回信",
    ]


def test_a_damaged_receipt_key_opens_no_answer_and_says_how_many_there_are(school: SchoolAtWork) -> None:
    code, thread_id = sent(school, "一封信")
    answer(school.office, school.counselor, thread_id, "我在", release_now=True, form_nonce=os.urandom(16))
    write(school, "UPDATE threads SET wrapped_receipt_key = :key", key=bytes(125))
    collected = collect(school.office, school.school_id, code)
    assert (collected.replies, collected.damaged) == ([], 1)


def test_a_mark_that_is_text_is_no_mark(school: SchoolAtWork) -> None:
    if school.office.database.engine.dialect.name != "sqlite":
        return
    code, thread_id = sent(school, "一封信")
    answer(school.office, school.counselor, thread_id, "我在", release_now=True, form_nonce=os.urandom(16))
    write(school, "UPDATE replies SET mark = 'ours'")
    assert collect(school.office, school.school_id, code).damaged == 1


@pytest.mark.parametrize("statement", ["DELETE FROM week_key_copies", "UPDATE week_key_copies SET box = :box"])
def test_who_has_no_sound_key_of_an_urgent_letters_week_does_not_silence_it(
    school: SchoolAtWork, statement: str
) -> None:
    _, thread_id = sent(school, "【紧急】一封")
    values = {"box": b"\x01" + bytes(1_700)} if ":box" in statement else {}
    write(school, f"{statement} WHERE holder_id = :id", id=school.counselor.person_id, **values)
    assert open_thread(school.office, school.counselor, thread_id).notes[0].problem == "no_key"
    assert len(ringing(school.office, school.school_id)) == 1


def test_a_removed_thread_is_not_found(school: SchoolAtWork) -> None:
    _, thread_id = sent(school, "一封信")
    write(school, "DELETE FROM threads")
    with pytest.raises(NotFound):
        open_thread(school.office, school.counselor, thread_id)

"""A letter's way through the house, act by act, on real databases."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text as sql

from mailbox.errors import ClaimLost, InputRefused, NotAllowed, NoteRefused, NotFound, NotKept, UnknownCode
from mailbox.letters.answer import answer, claim, correct
from mailbox.letters.collect import collect
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.post import Letter, post, write_back
from mailbox.openings.opening import open_what_is_due
from mailbox.people.arrivals import accept_invitation, approve, leave
from mailbox.people.login import log_in, who
from mailbox.sealing.receipt import ReceiptCode
from mailbox.store.database import Database
from mailbox.store.outbox import open_alarms
from mailbox.store.tables import Reply, Thread, new_id
from tests.conftest import NONCE, PASSPHRASE, SchoolAtWork
from triage.protocol import Assessment, Urgency


def letter_of(school: SchoolAtWork, text: str, **more: object) -> Letter:
    return Letter(school.school_id, new_id(), text, os.urandom(16), **more)  # type: ignore[arg-type]


def only_thread(school: SchoolAtWork) -> str:
    return queue(school.office, school.counselor)[0].id


def test_a_letter_is_read_by_the_counselor_as_the_child_wrote_it(school: SchoolAtWork) -> None:
    post(school.office, letter_of(school, "我想奶奶了 😢\x00\u202eﻻ"))
    opened = open_thread(school.office, school.counselor, only_thread(school))
    assert opened.notes[0].content is not None
    assert opened.notes[0].content.text == "我想奶奶了 😢\x00\u202eﻻ"


def test_urgent_letters_come_first_and_ring(school: SchoolAtWork) -> None:
    for words in ("日常一封", "【紧急】一封", "【尽快】一封"):
        post(school.office, letter_of(school, words))
    assert [row.urgency for row in queue(school.office, school.counselor)] == ["urgent", "soon", "routine"]
    with school.office.database.view() as view:
        assert len(open_alarms(view.session, school.school_id)) == 1


def test_opening_an_urgent_letter_answers_its_alarm_and_forgets_the_minute(school: SchoolAtWork) -> None:
    post(school.office, letter_of(school, "【紧急】一封"))
    open_thread(school.office, school.counselor, only_thread(school))
    with school.office.database.view() as view:
        assert open_alarms(view.session, school.school_id) == []
        assert view.session.execute(sql("SELECT raised_at FROM alarms")).scalars().all() == [None]


def test_a_letter_is_kept_and_rings_when_triage_breaks(school: SchoolAtWork) -> None:
    def broken(_text: str, _adjustment: object) -> Assessment:
        raise RuntimeError("broken on purpose")

    post(replace(school.office, assess=broken), letter_of(school, "今天下雨"))
    row = queue(school.office, school.counselor)[0]
    assert (row.urgency, row.cause) == ("unscreened", "failed")
    with school.office.database.view() as view:
        assert len(open_alarms(view.session, school.school_id)) == 1


@pytest.mark.parametrize(("words", "reason"), [("", "blank"), (" \n　", "blank"), ("字" * 4_001, "too_long")])
def test_an_empty_or_too_long_letter_is_refused(school: SchoolAtWork, words: str, reason: str) -> None:
    with pytest.raises(NoteRefused) as refused:
        post(school.office, letter_of(school, words))
    assert refused.value.reason == reason


def test_a_held_reply_is_read_by_code_after_the_opening_and_not_before(school: SchoolAtWork) -> None:
    code = post(school.office, letter_of(school, "作业太多了")).code
    answer(
        school.office,
        school.counselor,
        only_thread(school),
        "我们一起想办法",
        release_now=False,
        form_nonce=NONCE,
    )
    assert collect(school.office, school.school_id, code).replies == []
    school.clock.advance(days=4, hours=6)
    assert open_what_is_due(school.office) == [school.school_id]
    assert [reply.text for reply in collect(school.office, school.school_id, code).replies] == ["我们一起想办法"]


def test_a_released_reply_is_read_at_once(school: SchoolAtWork) -> None:
    code = post(school.office, letter_of(school, "作业太多了")).code
    answer(
        school.office,
        school.counselor,
        only_thread(school),
        "我在办公室等你",
        release_now=True,
        form_nonce=NONCE,
    )
    assert [reply.text for reply in collect(school.office, school.school_id, code).replies] == ["我在办公室等你"]


def test_a_missed_opening_is_made_good_once(school: SchoolAtWork) -> None:
    school.clock.advance(days=6)
    assert open_what_is_due(school.office) == [school.school_id]
    assert open_what_is_due(school.office) == []


def test_a_wrong_code_opens_nothing(school: SchoolAtWork) -> None:
    code = post(school.office, letter_of(school, "一封信")).code
    wrong = ReceiptCode(tuple(reversed(code.pictures)))
    with pytest.raises(UnknownCode):
        collect(school.office, school.school_id, wrong)


def test_a_write_back_raises_the_thread_and_never_lowers_it(school: SchoolAtWork) -> None:
    code = post(school.office, letter_of(school, "一封信")).code
    thread_id = collect(school.office, school.school_id, code).thread_id
    write_back(school.office, letter_of(school, "【紧急】还有一件事"), thread_id)
    write_back(school.office, letter_of(school, "没事了"), thread_id)
    assert [row.urgency for row in queue(school.office, school.counselor)] == ["urgent"]
    assert len(open_thread(school.office, school.counselor, thread_id).notes) == 3


def test_an_answered_urgent_thread_stays_urgent_after_a_calm_write_back(school: SchoolAtWork) -> None:
    code = post(school.office, letter_of(school, "【紧急】一封信")).code
    thread_id = collect(school.office, school.school_id, code).thread_id
    answer(school.office, school.counselor, thread_id, "我在", release_now=True, form_nonce=NONCE)
    write_back(school.office, letter_of(school, "我是开玩笑的"), thread_id)
    assert [row.urgency for row in queue(school.office, school.counselor)] == ["urgent"]


def test_a_level_is_corrected_by_a_person_with_a_reason(school: SchoolAtWork) -> None:
    post(school.office, letter_of(school, "一封信"))
    thread_id = only_thread(school)
    with pytest.raises(InputRefused):
        correct(school.office, school.counselor, thread_id, Urgency.URGENT, " ")
    correct(school.office, school.counselor, thread_id, Urgency.URGENT, "语气不对")
    assert queue(school.office, school.counselor)[0].urgency == "urgent"


def test_a_reply_written_straight_into_the_database_is_not_shown_to_the_child(school: SchoolAtWork) -> None:
    code = post(school.office, letter_of(school, "一封信")).code
    thread_id = only_thread(school)
    answer(school.office, school.counselor, thread_id, "真的", release_now=True, form_nonce=NONCE)
    with school.office.database.work() as work:
        for reply in work.session.query(Reply):
            reply.author_id = new_id()
        work.commit()
    collected = collect(school.office, school.school_id, code)
    assert (collected.replies, collected.damaged) == ([], 1)


def test_a_box_moved_to_another_letter_is_shown_as_damaged_and_the_queue_goes_on(school: SchoolAtWork) -> None:
    post(school.office, letter_of(school, "第一封"))
    post(school.office, letter_of(school, "第二封"))
    with school.office.database.work() as work:
        first, second = work.session.execute(sql("SELECT id FROM notes")).scalars().all()
        copied = sql("UPDATE notes SET box = (SELECT box FROM notes WHERE id = :source) WHERE id = :target")
        work.session.execute(copied, {"source": first, "target": second})
        work.commit()
    rows = queue(school.office, school.counselor)
    problems = [open_thread(school.office, school.counselor, row.id).notes[0].problem for row in rows]
    assert sorted(problems, key=str) == [None, "damaged"]


def test_a_second_counselor_reads_from_approval_on(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    post(school.office, letter_of(school, "以前的信"))
    person_id, login = second_counselor()
    waiting = who(school.office, log_in(school.office, login, PASSPHRASE))
    with pytest.raises(NotAllowed):
        queue(school.office, waiting)
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    post(school.office, letter_of(school, "以后的信"))
    problems = {open_thread(school.office, waiting, row.id).notes[0].problem for row in queue(school.office, waiting)}
    assert problems == {None, "no_key"}


def test_a_letter_closed_to_a_reader_does_not_exist_for_them(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    person_id, login = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    colleague = who(school.office, log_in(school.office, login, PASSPHRASE))
    named = frozenset({school.counselor.person_id})
    post(school.office, letter_of(school, "林老师不能看", not_for_readers=named))
    assert queue(school.office, school.counselor) == []
    thread_id = queue(school.office, colleague)[0].id
    with pytest.raises(NotFound):
        open_thread(school.office, school.counselor, thread_id)
    content = open_thread(school.office, colleague, thread_id).notes[0].content
    assert content is not None
    assert content.text == "林老师不能看"


def test_a_letter_closed_to_everybody_is_kept_rings_and_says_so(school: SchoolAtWork) -> None:
    posted = post(
        school.office, letter_of(school, "谁都不能看", not_for_readers=frozenset({school.counselor.person_id}))
    )
    assert posted.nobody_left
    with school.office.database.view() as view:
        assert [alarm.kind for alarm in open_alarms(view.session, school.school_id)] == ["closed"]


def test_a_claim_is_held_by_one_and_the_other_is_told_by_whom(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    person_id, login = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    colleague = who(school.office, log_in(school.office, login, PASSPHRASE))
    post(school.office, letter_of(school, "一封信"))
    thread_id = only_thread(school)
    claim(school.office, school.counselor, thread_id)
    # The server and both browsers may die meanwhile: the claim lies in the database, not in a program's memory.
    begun_again = replace(school.office, database=Database(school.office.settings.database_url))
    with pytest.raises(ClaimLost) as lost:
        answer(begun_again, colleague, thread_id, "我来答", release_now=True, form_nonce=NONCE)
    begun_again.database.close()
    assert lost.value.holder == "林老师"
    school.clock.advance(minutes=16)
    claim(school.office, colleague, thread_id)


def test_who_leaves_is_out_at_once(school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]) -> None:
    person_id, login = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    colleague = who(school.office, log_in(school.office, login, PASSPHRASE))
    leave(school.office, school.school_id, school.counselor.person_id, person_id)
    with pytest.raises(NotAllowed):
        queue(school.office, colleague)


def test_an_invitation_works_once(school: SchoolAtWork) -> None:
    with pytest.raises(NotFound):
        accept_invitation(school.office, "nonsense", "somebody", PASSPHRASE)


def test_the_disk_never_holds_the_words_or_the_code_in_the_clear(school: SchoolAtWork, tmp_path: Path) -> None:
    code = post(school.office, letter_of(school, "秘密的话在这里面")).code
    answer(
        school.office,
        school.counselor,
        only_thread(school),
        "回信也是秘密",
        release_now=True,
        form_nonce=NONCE,
    )
    collect(school.office, school.school_id, code)
    secrets = ["秘密的话在这里面".encode(), "回信也是秘密".encode(), code.to_bytes()]
    for path in tmp_path.rglob("*"):
        if path.is_file():
            kept = path.read_bytes()
            assert not any(secret in kept for secret in secrets), path.name


def test_no_row_of_a_thread_tells_the_minute(school: SchoolAtWork) -> None:
    post(school.office, letter_of(school, "日常一封"))
    with school.office.database.view() as view:
        thread = view.session.query(Thread).one()
    assert (thread.arrived_half, thread.claimed_until) == ("morning", None)


def test_a_letter_that_the_database_cannot_take_is_not_kept_and_says_so(school: SchoolAtWork) -> None:
    url = school.office.settings.database_url
    if not url.startswith("sqlite"):
        return
    with sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(NotKept):
            post(school.office, letter_of(school, "一封信"))
        other.execute("ROLLBACK")
    assert queue(school.office, school.counselor) == []

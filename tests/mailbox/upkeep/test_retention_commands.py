"""``flask retention``: numbers and days, never content; asking changes nothing. And what cannot be written over yet."""

from __future__ import annotations

import os
import threading
import time
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import event

from mailbox.letters.collect import collect
from mailbox.letters.desk import queue
from mailbox.letters.post import Letter, post
from mailbox.store.erasing import erase_removed
from mailbox.upkeep.old_letters import remove_old_letters
from mailbox.upkeep.retention_commands import retention_commands
from mailbox.upkeep.soundness import file_complaint
from tests.conftest import SchoolAtWork


def told(school: SchoolAtWork, *words: str) -> str:
    done = CliRunner().invoke(retention_commands(lambda: school.office), words)
    assert done.exit_code == 0, done.output
    return done.output


def test_what_goes_is_told_before_and_after_and_nothing_of_what_it_said(school: SchoolAtWork) -> None:
    post(school.office, Letter(school.school_id, "kiosk", "我想家了", os.urandom(16)))
    school.clock.advance(days=340, hours=10)
    assert "2027-03-03: 往来 / conversations 1, 没有回过 / unanswered 1, 没有人打开过 / unopened 1" in told(
        school, "next"
    )
    assert told(school, "next", "--days", "10").strip() == "青山小学"
    assert len(queue(school.office, school.counselor)) == 1
    school.clock.advance(days=26)
    assert "conversations removed: 1" in told(school, "now")
    report = told(school, "report")
    assert "2027-03-03: 往来 / conversations 1; 信 / letters 1" in report
    assert "365 天" in report and "400 天" in report
    assert "我想家了" not in report


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("asked", ["report", "next"])
def test_more_days_than_a_calendar_has_are_refused_in_a_sentence(school: SchoolAtWork, asked: str) -> None:
    done = CliRunner().invoke(retention_commands(lambda: school.office), [asked, "--days", "99999999"])
    assert (done.exit_code, type(done.exception)) == (2, SystemExit)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_file_that_is_too_large_to_be_built_anew_is_said_to_be_left(
    school: SchoolAtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert erase_removed(school.office.database)
    monkeypatch.setattr("mailbox.store.erasing.MOST_BYTES_ANEW", 1)
    assert not erase_removed(school.office.database)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_building_anew_that_takes_too_long_is_given_up_and_a_letter_gets_its_turn(
    school: SchoolAtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailbox.store.erasing.SECONDS_ANEW", 0.3)
    engine, has_begun, outcome = school.office.database.engine, threading.Event(), list[bool]()
    erasing = threading.Thread(target=lambda: outcome.append(erase_removed(school.office.database)))

    def take_time() -> int:
        if threading.current_thread() is erasing:
            time.sleep(0.005)
        return 0

    def make_slow(connection: Any, *_: object) -> None:
        # A computer that takes its time over every few steps of the building, and of nothing else.
        connection.set_progress_handler(take_time, 10)
        connection.set_trace_callback(lambda statement: has_begun.set() if statement == "VACUUM" else None)

    event.listen(engine, "checkout", make_slow)
    erasing.start()
    assert has_begun.wait(60)
    code = post(school.office, Letter(school.school_id, "kiosk", "正好在这个时候", os.urandom(16))).code
    erasing.join()
    assert outcome == [False]
    assert collect(school.office, school.school_id, code).thread_id
    assert file_complaint(school.office) is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_letters_go_though_somebody_reads_at_that_moment(school: SchoolAtWork, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailbox.store.database._WIPE_TRIES", 2)
    post(school.office, Letter(school.school_id, "kiosk", "我想家了", os.urandom(16)))
    school.clock.advance(days=366, hours=10)
    with school.office.database.view() as view:
        view.session.connection().exec_driver_sql("SELECT count(*) FROM threads")
        assert remove_old_letters(school.office) == 1
    assert queue(school.office, school.counselor) == []

"""Triage has its time, and a letter outlives whatever triage does."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from mailbox.alarms.siren import ringing
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.post import Letter, post
from mailbox.letters.reading import read_within_budget
from mailbox.office import Office
from tests.conftest import SchoolAtWork, assess_by_mark
from triage.protocol import Assessment, Cause, Urgency

WORDS = "纸飞机飞过了鲸鱼山"


class Stuck:
    """A triage that hangs until it is let go."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.readers = 0

    def __call__(self, text: str, _adjustment: object = None) -> Assessment:
        self.readers += 1
        self.let_go.wait(30)
        self.readers -= 1
        return assess_by_mark(text)


@pytest.fixture
def stuck() -> Iterator[Stuck]:
    stuck = Stuck()
    yield stuck
    stuck.let_go.set()
    wait_until(lambda: stuck.readers == 0)


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def with_triage(office: Office, assess: Callable[..., Assessment]) -> Office:
    return replace(office, assess=assess, settings=replace(office.settings, triage_budget_ms=60))


def broken(text: str, _adjustment: object = None) -> Assessment:
    raise RuntimeError(f"cannot read {text}")


def test_a_letter_that_triage_cannot_read_is_kept_counts_as_urgent_and_rings(
    school: SchoolAtWork, caplog: pytest.LogCaptureFixture
) -> None:
    office = with_triage(school.office, broken)
    post(office, Letter(school.school_id, "kiosk", WORDS, os.urandom(16)))
    row = queue(office, school.counselor)[0]
    assert (row.urgency, row.cause) == (Urgency.UNSCREENED, Cause.FAILED)
    assert [alarm.kind for alarm in ringing(office, school.school_id)] == ["urgent"]
    content = open_thread(office, school.counselor, row.id).notes[0].content
    assert content and content.text == WORDS
    assert WORDS not in caplog.text


def test_a_letter_that_takes_triage_too_long_is_kept_and_rings(school: SchoolAtWork, stuck: Stuck) -> None:
    office = with_triage(school.office, stuck)
    post(office, Letter(school.school_id, "kiosk", WORDS, os.urandom(16)))
    assert queue(office, school.counselor)[0].cause == Cause.FAILED
    assert [alarm.kind for alarm in ringing(office, school.school_id)] == ["urgent"]


def test_readings_that_never_end_do_not_pile_up_and_triage_goes_on_after_them(
    school: SchoolAtWork, stuck: Stuck
) -> None:
    for _ in range(9):
        assert read_within_budget(with_triage(school.office, stuck), WORDS).cause == Cause.FAILED
    assert stuck.readers == 4
    stuck.let_go.set()
    wait_until(lambda: stuck.readers == 0)
    wait_until(lambda: read_within_budget(with_triage(school.office, assess_by_mark), WORDS).cause is None)

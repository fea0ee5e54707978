"""The box is opened at its hour, once: not before, not twice, and at the next start if the machine was off."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from mailbox.letters.answer import answer
from mailbox.letters.collect import Collected, collect
from mailbox.letters.desk import queue
from mailbox.letters.post import Letter, post
from mailbox.office import Office
from mailbox.openings.opening import open_what_is_due
from mailbox.people.arrivals import accept_invitation, found_school, invite
from mailbox.people.audit import verify
from mailbox.people.login import log_in, who
from mailbox.sealing.key_file import KeyFile
from mailbox.sealing.receipt import ReceiptCode
from mailbox.store.database import Database
from mailbox.store.tables import AuditRow, Opening, School, WeekKey
from tests.conftest import NONCE, PASSPHRASE, SchoolAtWork, assess_by_mark
from tests.support.clock import FixedClock
from tests.support.served import ServedApp

WORKERS = 4


@pytest.fixture
def code(school: SchoolAtWork) -> ReceiptCode:
    """On Monday a child writes and the answer is held for Friday; the code that reads it."""
    code = post(school.office, Letter(school.school_id, "kiosk", "作业太多了", os.urandom(16))).code
    thread_id = queue(school.office, school.counselor)[0].id
    answer(school.office, school.counselor, thread_id, "我们一起想办法", release_now=False, form_nonce=NONCE)
    return code


def go_to(school: SchoolAtWork, local: str) -> None:
    """Set the school's wall clock to ``2026-03-06 15:00``."""
    moment = datetime.fromisoformat(local).replace(tzinfo=school.office.settings.zone)
    school.clock.now = moment.astimezone(UTC)


def read(collected: Collected) -> list[tuple[str, str]]:
    return [(reply.text, str(reply.released_on)) for reply in collected.replies]


def openings(office: Office) -> list[tuple[str, bool]]:
    with office.database.view() as view:
        return [(opening.due_on.isoformat(), opening.by_hand) for opening in view.session.query(Opening)]


def school_with_a_reader(office: Office, name: str) -> str:
    school_id, token = found_school(office, name, opening_weekday=4, opening_hour=15)
    technician = accept_invitation(office, token, f"technician {name}", PASSPHRASE).person_id
    accept_invitation(office, invite(office, school_id, technician, "counselor", name), name, PASSPHRASE)
    return school_id


def test_the_worker_does_not_open_before_the_hour(school: SchoolAtWork, code: ReceiptCode) -> None:
    for early in ("2026-03-02 15:00", "2026-03-05 23:59:59", "2026-03-06 00:00", "2026-03-06 14:59:59.999999"):
        go_to(school, early)
        assert open_what_is_due(school.office) == []
    assert openings(school.office) == []
    assert read(collect(school.office, school.school_id, code)) == []


def test_the_worker_opens_at_the_hour_and_not_again_that_week(school: SchoolAtWork, code: ReceiptCode) -> None:
    go_to(school, "2026-03-06 15:00")
    assert open_what_is_due(school.office) == [school.school_id]
    for late in ("2026-03-06 15:00:05", "2026-03-06 23:59", "2026-03-09 08:00", "2026-03-13 14:59"):
        go_to(school, late)
        assert open_what_is_due(school.office) == []
    assert openings(school.office) == [("2026-03-06", False)]
    assert read(collect(school.office, school.school_id, code)) == [("我们一起想办法", "2026-03-06")]


def test_a_reply_written_after_the_opening_waits_for_the_next_one(school: SchoolAtWork) -> None:
    go_to(school, "2026-03-06 15:00")
    open_what_is_due(school.office)
    code = post(school.office, Letter(school.school_id, "kiosk", "周末好长", os.urandom(16))).code
    thread_id = queue(school.office, school.counselor)[0].id
    answer(school.office, school.counselor, thread_id, "下周见", release_now=False, form_nonce=NONCE)
    open_what_is_due(school.office)
    assert read(collect(school.office, school.school_id, code)) == []
    go_to(school, "2026-03-13 15:00")
    open_what_is_due(school.office)
    assert read(collect(school.office, school.school_id, code)) == [("下周见", "2026-03-13")]


def test_a_missed_opening_is_made_good_and_counts_for_its_own_friday(school: SchoolAtWork, code: ReceiptCode) -> None:
    # The machine was switched off on Friday at noon and on again on Monday morning.
    go_to(school, "2026-03-09 07:30")
    assert open_what_is_due(school.office) == [school.school_id]
    assert openings(school.office) == [("2026-03-06", False)]
    assert read(collect(school.office, school.school_id, code)) == [("我们一起想办法", "2026-03-09")]


def test_after_a_whole_holiday_the_box_is_opened_once_and_then_in_its_rhythm(
    school: SchoolAtWork, code: ReceiptCode
) -> None:
    go_to(school, "2026-03-25 07:30")
    assert open_what_is_due(school.office) == [school.school_id]
    assert open_what_is_due(school.office) == []
    go_to(school, "2026-03-27 15:00")
    assert open_what_is_due(school.office) == [school.school_id]
    assert sorted(openings(school.office)) == [("2026-03-20", False), ("2026-03-27", False)]
    assert read(collect(school.office, school.school_id, code)) == [("我们一起想办法", "2026-03-25")]


def test_each_school_is_opened_at_its_own_hour(school: SchoolAtWork) -> None:
    other, _ = found_school(school.office, "绿水小学", opening_weekday=2, opening_hour=9)
    go_to(school, "2026-03-04 09:00")
    assert open_what_is_due(school.office) == [other]
    go_to(school, "2026-03-06 15:00")
    assert open_what_is_due(school.office) == [school.school_id]


def test_a_school_that_cannot_be_opened_does_not_keep_the_others_closed(school: SchoolAtWork) -> None:
    schools = [school.school_id, *(school_with_a_reader(school.office, name) for name in ("绿水小学", "白云小学"))]
    broken = sorted(schools)[0]
    with school.office.database.work() as work:
        work.session.get_one(School, broken).recovery_public = b"changed from outside"
        work.commit()
    go_to(school, "2026-03-06 15:00")
    assert open_what_is_due(school.office) == sorted(schools)[1:]
    assert len(openings(school.office)) == 2


def test_two_workers_that_look_at_once_open_once(school: SchoolAtWork, code: ReceiptCode) -> None:
    go_to(school, "2026-03-06 15:00")
    # Connections of their own, as workers have them.
    databases = [Database(school.office.settings.database_url) for _ in range(WORKERS)]
    together = Barrier(WORKERS)

    def look(database: Database) -> list[str]:
        together.wait()
        return open_what_is_due(replace(school.office, database=database))

    with ThreadPoolExecutor(WORKERS) as workers:
        opened = list(workers.map(look, databases))
    for database in databases:
        database.close()
    assert sorted(opened) == [[]] * (WORKERS - 1) + [[school.school_id]]
    assert openings(school.office) == [("2026-03-06", False)]
    with school.office.database.view() as view:
        # The generation of Monday's note and that of the opening, and not one more.
        assert view.session.query(WeekKey).count() == 2
        assert view.session.query(WeekKey).filter_by(current=True).count() == 1
        assert view.session.query(AuditRow).filter_by(act="opening").count() == 1
        assert verify(school.office, view.session, school.school_id) > 0
    assert read(collect(school.office, school.school_id, code)) == [("我们一起想办法", "2026-03-06")]


def held_since_before_friday(served: ServedApp) -> tuple[Office, str, ReceiptCode]:
    """Work in a served installation as it was eight days ago, so that an opening was missed since; return the code."""
    settings = served.settings()
    clock = FixedClock(datetime.now(UTC) - timedelta(days=8))
    office = Office(settings, Database(settings.database_url), KeyFile.load(settings.key_file), assess_by_mark, clock)
    school_id, token = found_school(office, "青山小学", opening_weekday=4, opening_hour=15)
    technician = accept_invitation(office, token, "jishu", PASSPHRASE).person_id
    accept_invitation(office, invite(office, school_id, technician, "counselor", "林老师"), "lin", PASSPHRASE)
    counselor = who(office, log_in(office, "lin", PASSPHRASE))
    code = post(office, Letter(school_id, "kiosk", "作业太多了", os.urandom(16))).code
    answer(office, counselor, queue(office, counselor)[0].id, "我在", release_now=False, form_nonce=NONCE)
    return office, school_id, code


def test_worker_programs_started_at_once_make_a_missed_opening_good_once(
    database_url: str, made_app: Callable[..., ServedApp]
) -> None:
    served = made_app(database_url=database_url)
    office, school_id, code = held_since_before_friday(served)
    assert collect(office, school_id, code).replies == []
    with ThreadPoolExecutor(2) as hands:
        list(hands.map(lambda _: served.flask("worker", "--once"), range(2)))
    assert [reply.text for reply in collect(office, school_id, code).replies] == ["我在"]
    assert len(openings(office)) == 1
    with office.database.view() as view:
        assert view.session.query(AuditRow).filter_by(act="opening").count() == 1
    office.database.close()

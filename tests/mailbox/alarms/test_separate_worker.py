"""Alarms are sent by whoever works: a program of its own, and another one when the first died while sending."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from mailbox.alarms.channels import add_channel
from mailbox.alarms.outbox import raise_alarm
from mailbox.alarms.siren import ring_test
from mailbox.alarms.worker import CLAIM_SECONDS, deliver_due
from mailbox.config import CONFIG_VARIABLE, PREFIX
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.post import Letter, post
from mailbox.office import Office, utc_now
from mailbox.people.listing import people_lines
from mailbox.store.outbox import claim_delivery, due_deliveries
from mailbox.store.tables import Delivery
from tests.conftest import SchoolAtWork
from tests.support.served import HOUSE, ServedApp
from tests.support.staffed import StaffedSchool, staff
from tests.support.web_hook import WebHook

# One look of a worker and the pause after it.
_A_LOOK_SECONDS = 6
_PATIENCE_SECONDS = 60


@contextmanager
def worker_program(served: ServedApp) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``flask worker`` on a served installation, until stopped or killed."""
    given = {PREFIX + name.upper(): str(value) for name, value in asdict(served.settings()).items()}
    given[CONFIG_VARIABLE] = str(served.folder / "empty.toml")
    ours = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    with (served.folder / "worker.log").open("ab") as out:
        program = subprocess.Popen(
            [sys.executable, "-m", "flask", "worker"], cwd=HOUSE, env=ours | given, stdout=out, stderr=out
        )
    try:
        yield program
    finally:
        program.kill()
        program.wait()


def prepared(made_app: Callable[..., ServedApp], database_url: str, channel: str) -> tuple[ServedApp, StaffedSchool]:
    """An installation whose pages leave alarms to others, with one channel."""
    served = made_app(database_url=database_url, web_workers=1, run_alarm_worker="false")
    staffed = staff(served)
    lines = people_lines(staffed.office, staffed.school_id)
    technician_id = next(line.id for line in lines if line.role == "technician")
    add_channel(staffed.office, staffed.school_id, technician_id, "值班手机", channel)
    return served, staffed


def ring(staffed: StaffedSchool) -> None:
    ring_test(staffed.office, staffed.school_id, staffed.counselor.person_id)


def deliveries(office: Office) -> list[tuple[str, int]]:
    """Return state and attempts of every delivery that is kept."""
    with office.database.view() as view:
        return [(delivery.state, delivery.attempts) for delivery in view.session.query(Delivery)]


@pytest.mark.slow
def test_pages_told_to_run_no_worker_leave_the_alarm_to_the_worker_program(
    database_url: str, made_app: Callable[..., ServedApp], web_hook: WebHook
) -> None:
    served, staffed = prepared(made_app, database_url, web_hook.apprise_url)
    ring(staffed)
    served.start()
    time.sleep(_A_LOOK_SECONDS)
    assert (web_hook.posts, deliveries(staffed.office)) == ([], [("waiting", 0)])
    with worker_program(served):
        assert "测试" in web_hook.wait_for(1)[0]["message"]
        # It goes on working: the next alarm reaches it without another start.
        with staffed.office.database.work() as work:
            raise_alarm(staffed.office, work.session, staffed.school_id, None, "urgent")
            work.commit()
        assert "紧急" in web_hook.wait_for(2)[1]["message"]
    staffed.office.database.close()


def pick_up(telephone: socket.socket) -> socket.socket:
    """Take the next call and read it to its end."""
    call, _ = telephone.accept()
    call.settimeout(_PATIENCE_SECONDS)
    said = b""
    while b"\r\n\r\n" not in said or not said.rstrip().endswith(b"}"):
        said += call.recv(65_536)
    return call


@pytest.mark.slow
def test_the_alarm_of_a_worker_killed_while_sending_is_delivered_by_another_when_its_claim_is_over(
    database_url: str, made_app: Callable[..., ServedApp]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as telephone:
        telephone.settimeout(_PATIENCE_SECONDS)
        address = f"json://127.0.0.1:{telephone.getsockname()[1]}/?rto={_PATIENCE_SECONDS}"
        served, staffed = prepared(made_app, database_url, address)
        ring(staffed)
        with worker_program(served) as first, pick_up(telephone):
            # It has claimed and waits for an answer; this is how a power cut looks to the database.
            first.kill()
            first.wait()
        assert deliveries(staffed.office) == [("sending", 1)]
        assert deliver_due(staffed.office) == 0
        later = replace(staffed.office, clock=lambda: utc_now() + timedelta(seconds=CLAIM_SECONDS + 1))
        with ThreadPoolExecutor(1) as second:
            sent = second.submit(deliver_due, later)
            with pick_up(telephone) as call:
                call.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            assert sent.result(_PATIENCE_SECONDS) == 1
    assert deliveries(staffed.office) == [("sent", 2)]
    staffed.office.database.close()


def send_urgent(school: SchoolAtWork) -> None:
    post(school.office, Letter(school.school_id, "kiosk", "【紧急】秘密的话", os.urandom(16)))


def claim_and_die(office: Office) -> None:
    """Do what a worker does until its claim is kept, and nothing after it."""
    now_seconds = int(office.clock().timestamp())
    with office.database.work() as work:
        (due,) = due_deliveries(work.session, now_seconds)
        assert claim_delivery(work.session, due, now_seconds, now_seconds + CLAIM_SECONDS) == 1
        work.commit()


@pytest.fixture
def claimed(school: SchoolAtWork, web_hook: WebHook) -> SchoolAtWork:
    """An urgent letter whose alarm was claimed by a worker that died before it sent."""
    add_channel(school.office, school.school_id, school.technician_id, "值班手机", web_hook.apprise_url)
    send_urgent(school)
    claim_and_die(school.office)
    return school


def test_a_claim_keeps_other_workers_away_until_it_has_run_out(claimed: SchoolAtWork, web_hook: WebHook) -> None:
    claimed.clock.advance(seconds=CLAIM_SECONDS)
    assert deliver_due(claimed.office) == 0
    claimed.clock.advance(seconds=1)
    assert deliver_due(claimed.office) == 1
    assert "紧急" in web_hook.wait_for(1)[0]["message"]
    assert deliver_due(claimed.office) == 0
    assert len(web_hook.posts) == 1


def test_a_claim_that_has_run_out_is_taken_by_one_of_many(claimed: SchoolAtWork, web_hook: WebHook) -> None:
    claimed.clock.advance(seconds=CLAIM_SECONDS + 1)
    with ThreadPoolExecutor(4) as workers:
        assert sum(workers.map(lambda _: deliver_due(claimed.office), range(4))) == 1
    assert len(web_hook.posts) == 1


def test_a_letter_opened_while_its_alarms_worker_was_dead_rings_no_more(
    claimed: SchoolAtWork, web_hook: WebHook
) -> None:
    open_thread(claimed.office, claimed.counselor, queue(claimed.office, claimed.counselor)[0].id)
    claimed.clock.advance(seconds=CLAIM_SECONDS + 1)
    assert deliver_due(claimed.office) == 0
    assert (web_hook.posts, deliveries(claimed.office)) == ([], [])

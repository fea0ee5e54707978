"""The counters are shared by all serving processes and by nobody else."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection

import pytest

from mailbox.rules.throttle import Pace
from mailbox.web.shared_numbers import SharedNumbers
from mailbox.web.throttle import Throttle

PACE = Pace(burst=5, interval_s=60)


def test_a_try_counts_against_every_limit_or_against_none() -> None:
    throttle = Throttle(lambda: 1_000.0)
    narrow = ("narrow", Pace(burst=1, interval_s=60))
    assert throttle.try_once(("wide", PACE), narrow) == 0
    assert [throttle.try_once(("wide", PACE), narrow) for _ in range(9)] == [60] * 9
    assert [throttle.try_once(("wide", PACE)) for _ in range(5)] == [0, 0, 0, 0, 60]


def test_what_is_given_back_may_be_tried_again() -> None:
    throttle = Throttle(lambda: 1_000.0)
    for _ in range(20):
        assert throttle.try_once(("code", PACE)) == 0
        throttle.give_back(("code", PACE))


def test_many_at_once_cannot_slip_through() -> None:
    throttle = Throttle(lambda: 1_000.0)
    with ThreadPoolExecutor(16) as hands:
        waits = list(hands.map(lambda _: throttle.try_once(("code", PACE)), range(200)))
    assert waits.count(0) == 5


def _try_five_times(throttle: Throttle, told: Connection) -> None:
    told.send([throttle.try_once(("code", PACE)) == 0 for _ in range(5)])


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="there is one process then")
def test_forked_processes_count_together() -> None:
    throttle = Throttle(lambda: 1_000.0)
    fork = multiprocessing.get_context("fork")
    heard, told = fork.Pipe(duplex=False)
    workers = [fork.Process(target=_try_five_times, args=(throttle, told)) for _ in range(3)]
    for worker in workers:
        worker.start()
    through = [went for _ in workers for went in heard.recv()]
    for worker in workers:
        worker.join()
    assert through.count(True) == 5


def test_names_of_any_kind_have_a_number() -> None:
    numbers = SharedNumbers()
    for name in ("", "信", "\x00", "\ud800", "x" * 10_000):
        assert numbers.read(name) == 0
        numbers.write(name, 1.5)
        assert numbers.read(name) == 1.5
        numbers.write(name, 0)


def test_the_same_name_lies_elsewhere_in_another_program() -> None:
    """So nobody can choose two names that share a number."""
    tables = [SharedNumbers() for _ in range(8)]
    for table in tables:
        table.write("code", 1.0)
    assert sum(table.read(f"{number}") for table in tables for number in range(20)) < 8

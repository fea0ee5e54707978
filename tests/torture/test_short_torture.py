"""``make torture`` in short. What it does and what it cannot do: docs/torture.md.

Disk, lock and jumping clock are lived through there only; of the acts they are promised in tests/mailbox/letters/
test_not_kept.py and tests/mailbox/alarms/test_clock_set_back.py.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.moved import MovedClock
from tests.torture import clock
from tests.torture.auditor import Verdict
from tests.torture.kills import kill_again_and_again
from tests.torture.migration import kill_half_way
from tests.torture.place import Place, made
from tests.torture.power import cut_power
from tests.torture.sender import kill_the_sender

SEED = "short"

# The program that is killed makes the codes, at their real cost.
pytestmark = pytest.mark.usefixtures("real_code_cost")


@pytest.fixture
def place(tmp_path: Path, sqlite_template: Path) -> Iterator[Place]:
    with made(tmp_path / "served", SEED, template=sqlite_template) as made_place:
        yield made_place


@contextmanager
def at_a_moved_clock(folder: Path, template: Path, **settings: object) -> Iterator[Place]:
    moved = MovedClock(folder / "clock")
    moved.move_to(clock.WEDNESDAY)
    with made(folder / "served", SEED, template=template, clock=moved, **settings) as made_place:
        yield made_place


def held(verdict: Verdict) -> dict[str, object]:
    """Return what was counted, where nothing was found broken."""
    assert verdict.wrongs == []
    return verdict.figures


@pytest.mark.slow
def test_a_program_killed_under_load_loses_nothing_it_told_anybody(place: Place) -> None:
    figures = held(kill_again_and_again(place, 4, settle_s=90))
    assert int(str(figures["letters told to have arrived"])) > 0


@pytest.mark.slow
def test_a_disk_of_the_moment_the_power_failed_holds_what_was_told_before(place: Place, tmp_path: Path) -> None:
    place.serve()
    assert int(str(held(cut_power(place, tmp_path, 2))["letters told before the last of them"])) > 0


@pytest.mark.slow
def test_an_alarm_whose_worker_was_killed_is_sent_by_the_next(tmp_path: Path, sqlite_template: Path) -> None:
    with at_a_moved_clock(tmp_path, sqlite_template, run_alarm_worker="false") as moved:
        held(kill_the_sender(moved, 1))


@pytest.mark.slow
def test_a_migration_killed_half_way_is_whole_or_never_was(tmp_path: Path) -> None:
    held(kill_half_way(tmp_path, random.Random(SEED), 1))

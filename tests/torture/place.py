"""An installation to torture: folder, key file, database, school, alarm channel and the served program.

Owns making it and ending it; what is done to it is the scenes'.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.moved import CLOCK_FILE, MovedClock
from mailbox.alarms.channels import add_channel
from mailbox.alarms.times import alarm_times, change_times
from mailbox.office import utc_now
from mailbox.rules.alarm_times import BOUNDS
from tests.support.served import HOUSE, ServedApp
from tests.support.staffed import StaffedSchool, staff
from tests.support.web_hook import WebHook, running_web_hook
from tests.torture.children import Child, Class
from tests.torture.ledger import Ledger

SLOWEST_ANSWER_S = 0.4
_STOPPED = frozenset("TtZX")
_STOP_SECONDS = 10.0
_FIRST_LETTER_S = 60.0


@dataclass
class Place:
    """``served`` is the program, ``school`` works on its database beside it, ``hook`` hears its alarms."""

    served: ServedApp
    school: StaffedSchool
    hook: WebHook
    cookies: list[str]
    chance: random.Random
    seed: str
    clock: MovedClock | None = None
    ledger: Ledger = field(default_factory=Ledger)
    _sender: subprocess.Popen[bytes] | None = None

    def serve(self) -> None:
        """Start the program, by the moved clock where it has one."""
        if self.clock:
            self.served.start("bench.moved", "serve")
        else:
            self.served.start()

    def children(self, names: str = "甲乙丙丁") -> list[Child]:
        return [
            Child(name, self.served.port, cookie, self.ledger, f"{self.seed}/{name}")
            for name, cookie in zip(names, self.cookies, strict=False)
        ]

    def child(self, name: str) -> Child:
        return Child(name, self.served.port, self.cookies[0], self.ledger, f"{self.seed}/{name}")

    def writing(self) -> Class:
        """Let several children write while the block runs."""
        return Class(self.children())

    def wait_for_a_letter(self) -> None:
        """Wait, for a minute at most, until a child was told that a letter arrived: before it a cut proves nothing."""
        deadline = time.monotonic() + _FIRST_LETTER_S
        while not self.ledger.so_far().letters:
            if time.monotonic() > deadline:
                self.ledger.wrong("no letter arrived within a minute, so nothing was proven")
                return
            time.sleep(0.1)

    def start_sender(self) -> None:
        """Run ``flask worker`` beside the pages, by the same clock."""
        module = "bench.moved" if self.clock else "flask"
        with (self.served.folder / "sender.log").open("ab") as out:
            self._sender = subprocess.Popen(
                [sys.executable, "-m", module, "worker"],
                cwd=HOUSE,
                env=dict(self.served.environment),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )

    def kill_sender(self) -> None:
        if self._sender is not None:
            self._sender.kill()
            self._sender.wait()
            self._sender = None

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let no process of the program run: everything stands as it stands at one moment."""
        processes: list[int] = []
        # A process that was just being started is found by the second look.
        while (found := [one for one in self.served.processes() if one not in processes]) or not processes:
            for process in found:
                os.kill(process, signal.SIGSTOP)
            processes += found
            _wait_until_stopped(found)
        try:
            yield
        finally:
            for process in processes:
                _tell(process, signal.SIGCONT)

    def end(self) -> None:
        self.kill_sender()
        self.served.kill()
        self.school.office.database.close()


@contextmanager
def made(
    folder: Path,
    seed: str,
    *,
    template: Path | None = None,
    clock: MovedClock | None = None,
    **settings: object,
) -> Iterator[Place]:
    """Make a school in ``folder`` that is not yet served: one counselor, four tablets, a slow web hook for alarms.

    ``template``: a migrated database without rows to begin with; ``clock``: the one that the program is to go by.
    """
    chance = random.Random(seed)
    with running_web_hook() as hook:
        delays = random.Random(f"{seed}/hook")
        hook.delay_s = lambda: delays.uniform(0, SLOWEST_ANSWER_S)
        own_clock = {CLOCK_FILE: str(clock.file)} if clock else {}
        # Children here write faster than a tablet may.
        served = ServedApp(folder, {"web_workers": 2, "kiosk_letters_at_once": 1_000_000, **settings}, own_clock)
        if template:
            served.make_of(template)
        else:
            served.flask("init")
        school = staff(served, clock=clock or utc_now)
        cookies = [school.kiosk_cookie, *(school.kiosk_of_grade(grade) for grade in (4, 5, 6))]
        add_channel(school.office, school.school_id, school.technician_id, "值班手机", hook.apprise_url)
        times = alarm_times(school.office, school.school_id).numbers()
        longest = {name: most for name, (_, most) in BOUNDS.items() if name.endswith("_minutes")}
        # So that nothing but what the scene does lets an alarm ring again.
        change_times(school.office, school.school_id, school.counselor.person_id, times | longest)
        place = Place(served, school, hook, cookies, chance, seed, clock)
        try:
            yield place
        finally:
            place.end()


def _stands(process: int) -> bool:
    """Whether every thread of a process is stopped: one that is writing to the disk ends that first."""
    try:
        states = [
            (thread / "stat").read_text("ascii", "replace").rpartition(")")[2].split()[0]
            for thread in Path(f"/proc/{process}/task").iterdir()
        ]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return all(state in _STOPPED for state in states)


def _tell(process: int, what: signal.Signals) -> None:
    try:
        os.kill(process, what)
    except ProcessLookupError:
        return


def _wait_until_stopped(processes: list[int]) -> None:
    deadline = time.monotonic() + _STOP_SECONDS
    while not all(_stands(process) for process in processes):
        if time.monotonic() > deadline:
            raise RuntimeError("a process does not stop")
        time.sleep(0.002)

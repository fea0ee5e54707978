"""The program is ended by SIGKILL at random moments while children write and a counselor answers.

What is ended is drawn by the seed: the whole program, one serving process, the first process alone (the others must
leave by themselves), the separate alarm worker; on PostgreSQL also one of its backends, or all of it.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import psycopg

from tests.support.postgres import Cluster
from tests.torture.auditor import Verdict, audit, first_alarms, wait_for_alarms
from tests.torture.desk import Counselor
from tests.torture.place import Place

_LONGEST_LIFE_S = 1.2
# On a busy machine everything takes as much longer as a start does; a program killed before it could serve a single
# page shows nothing.
_LONGEST_LIFE_OF_A_START = 0.7
_START_S = 60.0
# A claim runs out after a minute, and a failed try waits; the alarms of the last kill are sent within this.
_SETTLE_S = 240.0


@dataclass
class Killer:
    """``weights``: how often each way is drawn. ``done`` counts what was ended.

    ``start_s``, ``slowest_s``: how long the last and the slowest start took.
    """

    place: Place
    cluster: Cluster | None = None
    done: Counter[str] = field(default_factory=Counter)
    start_s: float = 0.0
    slowest_s: float = 0.0

    def ways(self) -> dict[str, tuple[int, Callable[[], None]]]:
        ways: dict[str, tuple[int, Callable[[], None]]] = {
            "one serving process": (14, self._one_worker),
            "the whole program": (4, self._all),
            "the first process alone": (1, self._first),
            "the alarm worker": (1, self._sender),
        }
        if self.cluster is not None:
            ways["a backend of PostgreSQL"] = (8, self._backend)
            ways["all of PostgreSQL"] = (4, self._postgres)
        return ways

    def kill(self) -> None:
        ways, chance = self.ways(), self.place.chance
        name = chance.choices(list(ways), [weight for weight, _ in ways.values()])[0]
        time.sleep(chance.uniform(0, max(_LONGEST_LIFE_S, _LONGEST_LIFE_OF_A_START * self.start_s)))
        ways[name][1]()
        self.done[name] += 1

    def _all(self) -> None:
        self.place.served.kill()
        self.serve()

    def _first(self) -> None:
        self.place.served.kill_first()
        self.serve()

    def _one_worker(self) -> None:
        served = self.place.served
        workers = [process for process in served.processes() if process != served.process_id]
        if workers:
            os.kill(self.place.chance.choice(sorted(workers)), signal.SIGKILL)

    def _sender(self) -> None:
        self.place.kill_sender()
        self.place.start_sender()

    def serve(self) -> None:
        """Start the program, again where its PostgreSQL is not there yet."""
        began = time.monotonic()
        while True:
            try:
                self.place.serve()
                break
            except RuntimeError:
                # Without its PostgreSQL it says so and ends; who watches over it starts it again.
                if self.cluster is None or time.monotonic() - began > _START_S:
                    raise
        self.start_s = time.monotonic() - began
        self.slowest_s = max(self.slowest_s, self.start_s)

    def _backend(self) -> None:
        assert self.cluster is not None
        address = self.cluster.address.replace("+psycopg", "")
        try:
            with psycopg.connect(f"{address}/postgres", connect_timeout=5) as asked:
                ours = "SELECT pid FROM pg_stat_activity WHERE datname = 'mailbox' ORDER BY pid"
                backends = [pid for (pid,) in asked.execute(ours)]
        except psycopg.Error:
            # It is still recovering from the last time.
            return
        if backends:
            os.kill(self.place.chance.choice(backends), signal.SIGKILL)

    def _postgres(self) -> None:
        assert self.cluster is not None
        self.cluster.kill()
        time.sleep(self.place.chance.uniform(0, _LONGEST_LIFE_S))
        began = time.monotonic()
        while True:
            try:
                self.cluster.start()
                return
            except RuntimeError:
                # The killed one's last processes still hold its memory, and it refuses to start beside them.
                if time.monotonic() - began > _START_S:
                    raise


def kill_again_and_again(
    place: Place,
    times: int,
    *,
    cluster: Cluster | None = None,
    settle_s: float = _SETTLE_S,
    tell: Callable[[str], None] = print,
) -> Verdict:
    """Serve, let people write and answer, kill ``times`` times, and look for everything afterwards."""
    killer = Killer(place, cluster)
    killer.serve()
    place.start_sender()
    counselor = Counselor(place.school, place.served.port, place.ledger, f"{place.seed}/counselor")
    answering = threading.Thread(target=counselor.live)
    answering.start()
    began = time.monotonic()
    try:
        with place.writing():
            place.wait_for_a_letter()
            for number in range(1, times + 1):
                killer.kill()
                if number % 50 == 0:
                    tell(f"  {number} of {times} killed, {len(place.ledger.so_far().letters)} letters arrived")
    finally:
        counselor.left.set()
        answering.join()
    wrote_s = time.monotonic() - began
    wait_for_alarms(place.school.office, settle_s)
    place.kill_sender()
    place.served.stop()
    verdict = Verdict({"killed": f"{sum(killer.done.values())} times in {wrote_s:.0f} s"})
    verdict.figures |= {f"  {name}": count for name, count in killer.done.most_common()}
    verdict.figures["slowest start"] = f"{killer.slowest_s:.1f} s"
    verdict.figures |= dict(sorted(place.ledger.counts.items()))
    verdict.add(audit(place.school, place.ledger, opened=counselor.opened, posts=first_alarms(place.hook.posts)))
    return verdict

"""Counters of tries in memory that all serving processes share and no disk sees: kept beside a letter, they would
tell its minute. They are gone with the program.

Owns that tries are counted one after the other; how many are too many is said by a ``Pace``.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mailbox.rules.throttle import Pace
from mailbox.web.shared_numbers import SharedNumbers

_LOCK_PATIENCE_S = 0.2

Limit = tuple[str, Pace]


class Throttle:
    """Made once before the workers are forked. Two names may share a slot; then they share their tries."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._paid_until = SharedNumbers()
        self._lock = multiprocessing.Lock()
        self._clock = clock

    def try_once(self, *limits: Limit) -> float:
        """Count one try against every limit and return 0, or count nothing and return the seconds to wait.

        Counting comes before the trying, so that many at once cannot all slip through; give a good one back.
        """
        now = self._clock()
        with self._alone():
            wait_s = max(pace.wait_s(self._paid_until.read(name), now) for name, pace in limits)
            if wait_s == 0:
                for name, pace in limits:
                    self._paid_until.write(name, pace.after_try(self._paid_until.read(name), now))
        return wait_s

    def give_back(self, *limits: Limit) -> None:
        """Take back one counted try: it was right."""
        with self._alone():
            for name, pace in limits:
                self._paid_until.write(name, pace.after_return(self._paid_until.read(name)))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        # A worker killed in this very moment would keep the lock for ever; then a lost count is the smaller harm.
        held = self._lock.acquire(timeout=_LOCK_PATIENCE_S)
        try:
            yield
        finally:
            if held:
                self._lock.release()

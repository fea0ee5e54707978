"""Counters of tries in memory that all serving processes share and no disk sees: kept beside a letter, they would
tell its minute. They are gone with the program.

Owns where the numbers lie; how many tries are too many is said by a ``Pace``.
"""

from __future__ import annotations

import hashlib
import mmap
import multiprocessing
import os
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from mailbox.rules.throttle import Pace

_SLOTS = 4_096
_NUMBER = struct.Struct("d")
_LOCK_PATIENCE_S = 0.2

Limit = tuple[str, Pace]


class Throttle:
    """Made once before the workers are forked. Two names may share a slot; then they share their tries."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._memory = mmap.mmap(-1, _SLOTS * _NUMBER.size)
        self._lock = multiprocessing.Lock()
        self._salt = os.urandom(16)
        self._clock = clock

    def try_once(self, *limits: Limit) -> float:
        """Count one try against every limit and return 0, or count nothing and return the seconds to wait.

        Counting comes before the trying, so that many at once cannot all slip through; give a good one back.
        """
        now = self._clock()
        with self._alone():
            wait_s = max(pace.wait_s(self._read(name), now) for name, pace in limits)
            if wait_s == 0:
                for name, pace in limits:
                    self._write(name, pace.after_try(self._read(name), now))
        return wait_s

    def give_back(self, *limits: Limit) -> None:
        """Take back one counted try: it was right."""
        with self._alone():
            for name, pace in limits:
                self._write(name, pace.after_return(self._read(name)))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        # A worker killed in this very moment would keep the lock for ever; then a lost count is the smaller harm.
        held = self._lock.acquire(timeout=_LOCK_PATIENCE_S)
        try:
            yield
        finally:
            if held:
                self._lock.release()

    def _place(self, name: str) -> int:
        digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), key=self._salt, digest_size=8).digest()
        return int.from_bytes(digest, "big") % _SLOTS * _NUMBER.size

    def _read(self, name: str) -> float:
        number: float = _NUMBER.unpack_from(self._memory, self._place(name))[0]
        return number

    def _write(self, name: str, number: float) -> None:
        _NUMBER.pack_into(self._memory, self._place(name), number)

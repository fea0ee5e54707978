"""Sending at the same time and for a bounded time: a channel that never answers does not keep the others waiting.

Owns the threads. What hangs longer than the patience counts as failed; its thread is left behind, a few for each
channel at most, and ends with the process.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

SEND_SECONDS = 15.0
MOST_HANGING = 3
TOO_SLOW = "TooSlow"

_log = logging.getLogger("mailbox.alarms")


@dataclass(frozen=True, eq=False)
class Sending:
    """One message for one channel; ``send`` raises when the channel did not take it."""

    channel_id: str
    send: Callable[[], None]


@dataclass
class _Hanging:
    """The threads that have not come back, by channel."""

    threads: dict[str, list[threading.Thread]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def is_full(self, channel_id: str) -> bool:
        with self.lock:
            alive = [thread for thread in self.threads.get(channel_id, []) if thread.is_alive()]
            self.threads[channel_id] = alive
            return len(alive) >= MOST_HANGING

    def keep(self, channel_id: str, thread: threading.Thread) -> None:
        with self.lock:
            self.threads.setdefault(channel_id, []).append(thread)


_hanging = _Hanging()


def send_all(sendings: Sequence[Sending], patience_seconds: float) -> Iterator[tuple[Sending, str | None]]:
    """Send all at once; yield each with its problem's name, None where it was taken, as they come to an end."""
    ended: queue.SimpleQueue[tuple[Sending, str | None]] = queue.SimpleQueue()
    running: dict[Sending, threading.Thread] = {}
    for sending in sendings:
        if _hanging.is_full(sending.channel_id):
            yield sending, _failed(sending, TOO_SLOW)
            continue
        thread = threading.Thread(target=_send, args=(sending, ended), name="alarm-sending", daemon=True)
        running[sending] = thread
        thread.start()
    deadline = time.monotonic() + patience_seconds
    while running:
        try:
            sending, problem = ended.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            break
        del running[sending]
        yield sending, problem
    for sending, thread in running.items():
        _hanging.keep(sending.channel_id, thread)
        yield sending, _failed(sending, TOO_SLOW)


def _send(sending: Sending, ended: queue.SimpleQueue[tuple[Sending, str | None]]) -> None:
    try:
        sending.send()
    except Exception as failed:
        # A channel's library may fail in its own ways; the alarm must be tried again all the same.
        ended.put((sending, _failed(sending, type(failed).__name__)))
    else:
        ended.put((sending, None))


def _failed(sending: Sending, problem: str) -> str:
    _log.error("an alarm could not be delivered", extra={"channel_id": sending.channel_id, "error_class": problem})
    return problem

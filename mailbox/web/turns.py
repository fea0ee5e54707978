"""Whose turn it is: letters with a drawing or a recording wait in a line of their own, and pages never behind them.

Such a letter keeps its thread for seconds while the decoder works. Eight of them at once took every thread, and the
help page came after all of them; now it comes at once, and they one after the other.
"""

from __future__ import annotations

from typing import Any

from waitress.task import ThreadedTaskDispatcher

# As many as decode at once (mailbox/media/process.py): so none of them waits for the decoder and is sent away.
THREADS_FOR_PARTS = 2
_WITH_PARTS = "multipart/form-data"


class Turns:
    """Two sets of threads in the place of the server's one."""

    def __init__(self, threads: int) -> None:
        self._pages, self._with_parts = ThreadedTaskDispatcher(), ThreadedTaskDispatcher()
        self._pages.set_thread_count(threads)
        self._with_parts.set_thread_count(THREADS_FOR_PARTS)

    def add_task(self, channel: Any) -> None:
        # The channel's first request is the one that is worked on next.
        kind = channel.requests[0].headers.get("CONTENT_TYPE", "")
        (self._with_parts if kind.lower().startswith(_WITH_PARTS) else self._pages).add_task(channel)

    def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> None:
        for threads in (self._pages, self._with_parts):
            threads.shutdown(cancel_pending, timeout)

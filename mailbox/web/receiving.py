"""How much of what is still being sent one process holds in memory: every letter, and large bodies up to a sum.

The server takes each body whole before a page sees it, and never on the disk. Without a sum, a thousand connections
that each begin a large body would take all of the school PC's memory, and nobody need be enrolled to try. Whoever sends
only words is never refused here; a drawing or a recording is sent again by its page, which waits two minutes.
Owns also for how long one request may be sent: who says a word every half minute would keep a place for ever.
"""

from __future__ import annotations

import time
from typing import Any

from waitress.channel import HTTPChannel

from mailbox.web.refusals import Refusal
from mailbox.web.strict import StrictParser

# The longest letter in words is half of it, percent-encoded.
FREE_BYTES = 65_536
# Thirty-five recordings of an iPad at their longest and largest, arriving in the same moment at one of two workers.
MOST_HELD_BYTES = 160 * 2**20
# The largest letter over a radio that carries 20 KiB a second. The lines before a body have the time of an idle
# connection (`channel_timeout`), since every browser sends them at once.
LONGEST_SECONDS = 600


class Channel(HTTPChannel):  # type: ignore[misc]
    """One connection. A large body that is not whole yet is given up when all together are too much."""

    parser_class = StrictParser
    error_task_class = Refusal
    _timed: Any = None
    _begun_s = 0.0

    def received(self, data: bytes) -> bool:
        taken = bool(super().received(data))
        self._mind_the_time()
        if _bytes_of(self.request) > FREE_BYTES and self._held_by_all() > MOST_HELD_BYTES:
            self.handle_close()
        return taken

    def _mind_the_time(self) -> None:
        """Let a request that takes too long count as idle since it began, so that the server's next look ends it."""
        # How long it takes is counted by a clock that nobody sets; when it began is told by the server's own.
        request, now_s = self.request, time.monotonic()
        if request is not self._timed:
            self._timed, self._begun_s = request, now_s
        taken_s = now_s - self._begun_s
        if request is not None and (not request.headers_finished or taken_s > LONGEST_SECONDS):
            self.last_activity = time.time() - taken_s
        # A clock that was set back a day would put off the server's next look at idle connections until that day.
        soon = time.time() + self.adj.cleanup_interval
        self.server.next_channel_cleanup = min(self.server.next_channel_cleanup, soon)

    def _held_by_all(self) -> int:
        channels = list(self.server.active_channels.values())
        return sum(_bytes_of(one) for channel in channels for one in (channel.request, *channel.requests))


def _bytes_of(request: Any) -> int:
    body = getattr(request, "body_rcv", None)
    return 0 if body is None else body.__len__()

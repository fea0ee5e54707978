"""How much of what is still being sent one process holds in memory: every letter, and large bodies up to a sum.

The server takes each body whole before a page sees it, and never on the disk. Without a sum, a thousand connections
that each begin a large body would take all of the school PC's memory, and nobody need be enrolled to try. Whoever sends
only words is never refused here; a drawing or a recording is sent again by its page, which waits two minutes.
"""

from __future__ import annotations

from typing import Any

from waitress.channel import HTTPChannel

# The longest letter in words is half of it, percent-encoded.
FREE_BYTES = 65_536
# Thirty-five recordings of an iPad at their longest and largest, arriving in the same moment at one of two workers.
MOST_HELD_BYTES = 160 * 2**20


class Channel(HTTPChannel):  # type: ignore[misc]
    """One connection. A large body that is not whole yet is given up when all together are too much."""

    def received(self, data: bytes) -> bool:
        taken = bool(super().received(data))
        if _bytes_of(self.request) > FREE_BYTES and self._held_by_all() > MOST_HELD_BYTES:
            self.handle_close()
        return taken

    def _held_by_all(self) -> int:
        channels = list(self.server.active_channels.values())
        return sum(_bytes_of(one) for channel in channels for one in (channel.request, *channel.requests))


def _bytes_of(request: Any) -> int:
    body = getattr(request, "body_rcv", None)
    return 0 if body is None else body.__len__()

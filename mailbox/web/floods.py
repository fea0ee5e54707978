"""Which tablets had to wait lately because they sent so many letters. In volatile memory only, gone with the program.

It says of a tablet that it was slowed, never how many letters came or when one did.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from mailbox.web.shared_numbers import SharedNumbers

# For how long it is told at the desk.
TOLD_SECONDS = 30 * 60


class Floods:
    """Made once before the workers are forked."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._told_until = SharedNumbers()
        self._clock = clock

    def saw(self, kiosk_id: str) -> None:
        """Note that a letter of this tablet had to wait just now."""
        self._told_until.write(kiosk_id, self._clock() + TOLD_SECONDS)

    def lately(self, kiosk_ids: Iterable[str]) -> list[str]:
        """Return those of some tablets that were slowed in the last half hour."""
        now = self._clock()
        return [kiosk_id for kiosk_id in kiosk_ids if self._told_until.read(kiosk_id) > now]

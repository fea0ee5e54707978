"""How fast one tablet may send letters. Owns the turn of a letter: taken before it is kept, given back if it is not.

The count lies in volatile memory and slows that tablet alone, never the school. Nothing is refused for good: the words
stay in their form, and the page tries again by itself. What was found in a letter changes nothing about its turn.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil

from mailbox.errors import TooManyLetters
from mailbox.people.stations import Kiosk
from mailbox.rules.throttle import Pace
from mailbox.web.current import floods, office, throttle


class Turn:
    """The turn of one sent letter."""

    def __init__(self, kiosk: Kiosk) -> None:
        settings = office().settings
        self._kiosk_id = kiosk.id
        self._limit = (
            f"letters/{kiosk.id}",
            Pace(burst=settings.kiosk_letters_at_once, interval_s=settings.kiosk_letter_seconds),
        )
        self._is_taken = False

    def take(self) -> None:
        """Count this letter. Raises TooManyLetters with the seconds until the next one."""
        wait_s = throttle().try_once(self._limit)
        if wait_s:
            floods().saw(self._kiosk_id)
            raise TooManyLetters(ceil(wait_s))
        self._is_taken = True

    def give_back(self) -> None:
        if self._is_taken:
            throttle().give_back(self._limit)
            self._is_taken = False


@contextmanager
def turn_of(kiosk: Kiosk) -> Iterator[Turn]:
    """Give a letter its turn for the length of a block; one that was not kept takes none."""
    turn = Turn(kiosk)
    try:
        yield turn
    except BaseException:
        turn.give_back()
        raise

"""A clock that stands still, so that no test depends on when it runs."""

from __future__ import annotations

from datetime import datetime, timedelta


class FixedClock:
    """Returns ``now`` when called, and moves only when told to. ``now`` carries its time zone."""

    def __init__(self, now: datetime) -> None:
        if now.tzinfo is None:
            raise ValueError("give the time with its zone")
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        """Move on by what ``timedelta`` understands: ``advance(days=3, hours=1)``."""
        self.now += timedelta(**by)

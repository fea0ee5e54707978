"""How often something may be tried: one number per counter (the generic cell rate algorithm). Pure: callers pass now.

``paid_until`` is the moment up to which a counter's tries are already spent. A fresh counter is 0.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Pace:
    """``burst`` tries at once, then one every ``interval_s`` seconds."""

    burst: int
    interval_s: float

    def wait_s(self, paid_until: float, now: float) -> float:
        """Return how many seconds the next try must wait; 0 if it may be made now."""
        return max(0.0, paid_until - now - (self.burst - 1) * self.interval_s)

    def after_try(self, paid_until: float, now: float) -> float:
        """Return the counter after one more try."""
        return max(paid_until, now) + self.interval_s

    def after_return(self, paid_until: float) -> float:
        """Return the counter after a try that is not held against anybody."""
        return paid_until - self.interval_s

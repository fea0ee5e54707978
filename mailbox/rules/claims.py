"""Whether somebody is at a letter right now. Pure: no clock, no database; callers pass now in seconds."""

from __future__ import annotations

# The longest that the settings allow, and a minute by which a school PC's clock is corrected now and then. What ends
# later was claimed while the clock ran ahead: nobody may wait for that day.
LONGEST_CLAIM_SECONDS = 240 * 60 + 60


def is_claimed(claimed_until: int | None, now_seconds: int) -> bool:
    return claimed_until is not None and now_seconds <= claimed_until <= now_seconds + LONGEST_CLAIM_SECONDS

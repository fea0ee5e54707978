"""How long an alarm waits before it calls the next, and when what is not urgent keeps quiet. Pure.

Every number has bounds: no school can set an alarm so that it never goes on. Minutes of a day count from midnight.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta

from mailbox.errors import InputRefused

_HOUR_MINUTES = 60


@dataclass(frozen=True)
class AlarmTimes:
    """A school's own times, in minutes; ``urgent_a_day`` is a number of letters, which is only shown.

    ``quiet_from`` to ``quiet_until`` may go over midnight; where both are the same there are no quiet hours.
    """

    next_minutes: int = 10
    lead_minutes: int = 10
    head_minutes: int = 10
    again_minutes: int = 15
    hold_minutes: int = 30
    quiet_from: int = 20 * _HOUR_MINUTES
    quiet_until: int = 7 * _HOUR_MINUTES
    urgent_a_day: int = 3

    def numbers(self) -> dict[str, int]:
        return asdict(self)


BOUNDS: dict[str, tuple[int, int]] = {
    "next_minutes": (2, 60),
    "lead_minutes": (2, 60),
    "head_minutes": (2, 60),
    "again_minutes": (5, 60),
    "hold_minutes": (10, 120),
    "quiet_from": (17 * _HOUR_MINUTES, 23 * _HOUR_MINUTES),
    "quiet_until": (5 * _HOUR_MINUTES, 9 * _HOUR_MINUTES),
    "urgent_a_day": (1, 20),
}


def checked(numbers: dict[str, int]) -> AlarmTimes:
    """Return the times of ``numbers``. Raises InputRefused("alarm_times", name) for one that is outside its bounds."""
    for name, (least, most) in BOUNDS.items():
        if not least <= numbers.get(name, least - 1) <= most:
            raise InputRefused("alarm_times", name)
    return AlarmTimes(**{field.name: numbers[field.name] for field in fields(AlarmTimes)})


def is_quiet(local_now: datetime, times: AlarmTimes) -> bool:
    """Say whether what is not urgent waits now."""
    minute = local_now.hour * _HOUR_MINUTES + local_now.minute
    if times.quiet_from <= times.quiet_until:
        return times.quiet_from <= minute < times.quiet_until
    return minute >= times.quiet_from or minute < times.quiet_until


def quiet_ends(local_now: datetime, times: AlarmTimes) -> datetime:
    """Return when what is not urgent may be told: now, or at the end of the quiet hours."""
    if not is_quiet(local_now, times):
        return local_now
    midnight = local_now.replace(hour=0, minute=0, second=0, microsecond=0)
    end = midnight + timedelta(minutes=times.quiet_until)
    return end if end > local_now else end + timedelta(days=1)

"""Signs of life of a device: to which half hour they are kept, and when silence deserves a look. Pure.

A tablet tells at fixed half hours that it is on, whether somebody uses it or not, so a sign says nothing of a child.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

HALF_HOUR_SECONDS = 1_800
_SATURDAY = 5
# Whoever asks after a longer silence learns nothing more.
_LONGEST_LOOK = timedelta(days=60)


def half_hour_of(now_seconds: int) -> int:
    """Return the beginning of the half hour, in seconds since 1970: the finest time kept of a device."""
    return now_seconds - now_seconds % HALF_HOUR_SECONDS


def is_weekday(day: date) -> bool:
    """Monday to Friday; holidays and make-up workdays are not known here yet."""
    return day.weekday() < _SATURDAY


def is_silent(heard_on: date, today: date, is_school_day: Callable[[date], bool] = is_weekday) -> bool:
    """Whether a whole school day has gone by since a device was heard: the rest of today may still bring a sign."""
    day = max(heard_on, today - _LONGEST_LOOK) + timedelta(days=1)
    while day < today:
        if is_school_day(day):
            return True
        day += timedelta(days=1)
    return False

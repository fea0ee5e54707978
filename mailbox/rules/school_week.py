"""When the box is opened, and which half-day a letter came in. Pure: callers pass a local time.

Holidays and make-up workdays are not known here yet; every week has its opening.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

MORNING = "morning"
AFTERNOON = "afternoon"
EVENING = "evening"
_NOON = 12
_DUSK = 18
_DAYS_A_WEEK = 7
_SCHOOL_DAYS_A_WEEK = 5


def half_day(local_now: datetime) -> str:
    """Return morning (before 12), afternoon (before 18) or evening: the finest time kept of a letter."""
    if local_now.hour < _NOON:
        return MORNING
    return AFTERNOON if local_now.hour < _DUSK else EVENING


def last_opening_due(local_now: datetime, weekday: int, hour: int) -> date:
    """Return the day of the newest opening that is due; ``weekday`` 0 is Monday, ``hour`` 0 to 23."""
    back = (local_now.weekday() - weekday) % _DAYS_A_WEEK
    if back == 0 and local_now.hour < hour:
        back = _DAYS_A_WEEK
    return local_now.date() - timedelta(days=back)


def next_opening(local_now: datetime, weekday: int, hour: int) -> datetime:
    """Return the next opening's local time, always after ``local_now``."""
    day = last_opening_due(local_now, weekday, hour) + timedelta(days=_DAYS_A_WEEK)
    return datetime.combine(day, datetime.min.time(), local_now.tzinfo) + timedelta(hours=hour)


def half_days_waited(arrived_on: date, arrived_half: str, local_now: datetime) -> int:
    """Return how many half-days a letter has waited, Monday to Friday only, three to a day."""
    begun = _school_half_days(local_now.date(), half_day(local_now))
    return max(begun - _school_half_days(arrived_on, arrived_half), 0)


def _school_half_days(day: date, half: str) -> int:
    """Return how many half-days of school have begun by then, counted from the calendar's first day, a Monday."""
    halves = (MORNING, AFTERNOON, EVENING)
    weeks, weekday = divmod((day - date.min).days, _DAYS_A_WEEK)
    a_week = _SCHOOL_DAYS_A_WEEK * len(halves)
    # On a weekend the week's last half-day, Friday's evening, has begun and no other does.
    return weeks * a_week + min(weekday * len(halves) + halves.index(half) + 1, a_week)

"""The week of a school and the half-days of its letters. Pure: callers pass a local time.

Holidays are ``school_calendar``'s: a week has its last day whether the box is opened on it or before it.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

MORNING = "morning"
AFTERNOON = "afternoon"
EVENING = "evening"
HALVES = (MORNING, AFTERNOON, EVENING)
_NOON = 12
_DUSK = 18
_DAYS_A_WEEK = 7


def half_day(local_now: datetime) -> str:
    """Return morning (before 12), afternoon (before 18) or evening: the finest time kept of a letter."""
    if local_now.hour < _NOON:
        return MORNING
    return AFTERNOON if local_now.hour < _DUSK else EVENING


def end_of_week(local_now: datetime, weekday: int, hour: int) -> date:
    """Return the last day of the running week: it ends on ``weekday`` (0 is Monday) at ``hour``, 0 to 23."""
    ahead = (weekday - local_now.weekday()) % _DAYS_A_WEEK
    if ahead == 0 and local_now.hour >= hour:
        ahead = _DAYS_A_WEEK
    return local_now.date() + timedelta(days=ahead)


def first_half_of_week(local_now: datetime, weekday: int, hour: int) -> tuple[date, str]:
    """Return the first half-day that is counted with the running week: the one after that of the last opening's hour.

    What came in an earlier half-day stands in a week that may be counted already.
    """
    ended_on = local_now.date() - timedelta(days=(local_now.weekday() - weekday) % _DAYS_A_WEEK)
    ended = HALVES.index(half_day(datetime.combine(ended_on, time(hour))))
    if ended_on == local_now.date() and HALVES.index(half_day(local_now)) <= ended:
        ended_on -= timedelta(days=_DAYS_A_WEEK)
    return (ended_on, HALVES[ended + 1]) if HALVES[ended] != EVENING else (ended_on + timedelta(days=1), MORNING)


def half_day_begins(day: date, half: str) -> datetime:
    """Return when a half-day begins on the wall, without a time zone."""
    return datetime.combine(day, time((0, _NOON, _DUSK)[HALVES.index(half)]))

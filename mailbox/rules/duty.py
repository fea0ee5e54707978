"""When somebody looks at urgent letters, and when what a school says about help must be checked again. Pure.

Times are minutes since midnight on the school's wall; weekday 0 is Monday. Owns how people write such times.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from mailbox.errors import InputRefused

CHECK_DAYS = 90
WEEKDAYS = range(7)
MOST_SHIFTS = 4
_DAY_MINUTES = 24 * 60
_HOUR_MINUTES = 60
_MOST_AHEAD_SECONDS = 24 * 3_600
_BETWEEN = re.compile(r"[,，;；、\s]+")
_DASH = re.compile(r"\s*(?:-|–|—|－|~|～|至|到)\s*")
_TIME = re.compile(r"(\d{1,2})(?:(?::|点)(\d{2})分?|点(半)|点)?")


@dataclass(frozen=True, order=True)
class Shift:
    """One stretch of duty, from ``begins`` up to and without ``ends``."""

    begins: int
    ends: int

    def __str__(self) -> str:
        return f"{_clock(self.begins)}-{_clock(self.ends)}"


Hours = Mapping[int, tuple[Shift, ...]]


def read_shifts(text: str) -> tuple[Shift, ...]:
    """Return the stretches that a teacher wrote for one day, such as 8:00-12:00，13:30-17:00; none for nothing.

    Raises InputRefused("duty", …): unreadable, backwards, overlap or too_many.
    """
    plain = _DASH.sub("-", text.replace("：", ":").strip())
    shifts = sorted(_shift(part) for part in _BETWEEN.split(plain) if part)
    if len(shifts) > MOST_SHIFTS:
        raise InputRefused("duty", "too_many")
    if any(later.begins < earlier.ends for earlier, later in pairwise(shifts)):
        raise InputRefused("duty", "overlap")
    return tuple(shifts)


def on_duty(local_now: datetime, hours: Hours, is_school_day: Callable[[date], bool] = lambda _day: True) -> bool:
    """Whether somebody looks at urgent letters now. Days without school have no duty, whatever their weekday."""
    minute = local_now.hour * _HOUR_MINUTES + local_now.minute
    return is_school_day(local_now.date()) and any(
        shift.begins <= minute < shift.ends for shift in hours.get(local_now.weekday(), ())
    )


def is_off_hours(local_now: datetime, hours: Hours, is_school_day: Callable[[date], bool] = lambda _day: True) -> bool:
    """Whether it is a night, a weekend or a holiday for those on duty; a pause between two shifts of a day is none."""
    minute = local_now.hour * _HOUR_MINUTES + local_now.minute
    shifts = hours.get(local_now.weekday(), ()) if is_school_day(local_now.date()) else ()
    return not any(shift.begins <= minute for shift in shifts) or all(shift.ends <= minute for shift in shifts)


def seconds_to_change(
    local_now: datetime, hours: Hours, is_school_day: Callable[[date], bool] = lambda _day: True
) -> int:
    """Return in how many seconds the answer of ``on_duty`` may change, a day at most."""
    midnight = local_now.replace(hour=0, minute=0, second=0, microsecond=0)
    edges = [
        midnight + timedelta(days=day, minutes=minute)
        for day in (0, 1)
        if is_school_day((midnight + timedelta(days=day)).date())
        for shift in hours.get((midnight.weekday() + day) % len(WEEKDAYS), ())
        for minute in (shift.begins, shift.ends)
    ]
    ahead = [int((edge - local_now).total_seconds()) + 1 for edge in edges if edge > local_now]
    return min([*ahead, _MOST_AHEAD_SECONDS])


def needs_check(checked_on: date | None, today: date) -> bool:
    """Whether nobody has made sure for too long that numbers, people and hours are still true."""
    return checked_on is None or today - checked_on > timedelta(days=CHECK_DAYS)


def _shift(part: str) -> Shift:
    match part.split("-"):
        case [begins, ends]:
            shift = Shift(_minute(begins), _minute(ends))
        case _:
            raise InputRefused("duty", "unreadable")
    if shift.begins >= shift.ends:
        raise InputRefused("duty", "backwards")
    return shift


def _minute(text: str) -> int:
    found = _TIME.fullmatch(text)
    if found is None or not text.isprintable():
        raise InputRefused("duty", "unreadable")
    minutes = 30 if found[3] else int(found[2] or 0)
    total = int(found[1]) * _HOUR_MINUTES + minutes
    if minutes >= _HOUR_MINUTES or total > _DAY_MINUTES:
        raise InputRefused("duty", "unreadable")
    return total


def _clock(minute: int) -> str:
    return f"{minute // _HOUR_MINUTES}:{minute % _HOUR_MINUTES:02}"

"""On which days there is school, and so when the box is opened and how long a letter has waited. Pure.

Owns the order of what counts: the school's own closed days, its own extra days, its terms, the public holidays and
make-up workdays, and last the weekday. Callers pass a local time; nothing here knows a clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from mailbox.rules.public_days import public_days
from mailbox.rules.school_week import HALVES, half_day

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_FRIDAY = 4
# The longest time without a school day that is looked through: a school that is closed for a year has no box.
_LOOK_WEEKS = 60


@dataclass(frozen=True)
class Span:
    """A first and a last day, both included, and what it is called."""

    first: date
    last: date
    name: str = ""

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class SchoolCalendar:
    """One school's days. ``opening_weekday`` 0 is Monday, ``opening_hour`` 0 to 23.

    Without terms there is always term. ``closed`` and ``extra`` are the school's own days without and with school.
    """

    opening_weekday: int
    opening_hour: int
    terms: tuple[Span, ...] = ()
    closed: tuple[Span, ...] = ()
    extra: tuple[Span, ...] = ()

    def is_school_day(self, day: date) -> bool:
        """Say whether children are at school on ``day``."""
        return _is_school_day(self, day)

    def is_vacation(self, day: date) -> bool:
        """Say whether ``day`` lies outside of every term."""
        return bool(self.terms) and not any(term.holds(day) for term in self.terms)

    def opening_of_week(self, nominal: date) -> date | None:
        """Return the day of the opening that is due by ``nominal``, a day of the opening's weekday.

        It is that day, or the last school day before it; None if there was no school since the week before.
        """
        days = (nominal - back * _DAY for back in range(7))
        return next((day for day in days if self.is_school_day(day)), None)

    def last_opening(self, local_now: datetime) -> date | None:
        """Return the day of the newest opening that is due; None if there was none within a year."""
        for nominal in self._nominal_days(local_now.date() + _WEEK, -1):
            day = self.opening_of_week(nominal)
            if day is not None and self._moment(day, local_now) <= local_now:
                return day
        return None

    def next_opening(self, local_now: datetime) -> datetime | None:
        """Return the next opening's local time, always after ``local_now``; None if none is due within a year."""
        for nominal in self._nominal_days(local_now.date(), 1):
            day = self.opening_of_week(nominal)
            if day is not None and self._moment(day, local_now) > local_now:
                return self._moment(day, local_now)
        return None

    def next_school_day(self, day: date) -> date:
        """Return the first school day after ``day``; in a school that never opens again, the next day."""
        days = (day + ahead * _DAY for ahead in range(1, _LOOK_WEEKS * 7))
        return next((later for later in days if self.is_school_day(later)), day + _DAY)

    def this_or_next_school_day(self, day: date) -> date:
        return day if self.is_school_day(day) else self.next_school_day(day)

    def opening_day_after(self, day: date) -> date:
        """Return the day of the opening that a letter of ``day`` waits for, that day's own included."""
        for nominal in self._nominal_days(day, 1):
            opening = self.opening_of_week(nominal)
            if opening is not None and opening >= day:
                return opening
        return day + _WEEK

    def half_days_waited(self, arrived_on: date, arrived_half: str, local_now: datetime) -> int:
        """Return how many half-days of school, three to a day, have begun since the one in which a letter came."""
        today = local_now.date()
        if arrived_on >= today:
            begun = self._begun(today, half_day(local_now)) - self._begun(today, arrived_half)
            return max(begun, 0) if arrived_on == today else 0
        whole_days = _school_days(self, arrived_on, today) * len(HALVES)
        return whole_days + self._begun(today, half_day(local_now)) - self._begun(arrived_on, arrived_half)

    def _begun(self, day: date, half: str) -> int:
        """Return how many of a day's half-days of school have begun."""
        return HALVES.index(half) + 1 if self.is_school_day(day) else 0

    def _moment(self, day: date, local_now: datetime) -> datetime:
        return datetime.combine(day, datetime.min.time(), local_now.tzinfo).replace(hour=self.opening_hour)

    def _nominal_days(self, begin: date, direction: int) -> Iterator[date]:
        """Days of the opening's weekday, from the first on or after ``begin`` forwards or backwards."""
        first = begin + ((self.opening_weekday - begin.weekday()) % 7) * _DAY
        return (first + direction * step * _WEEK for step in range(_LOOK_WEEKS))


@lru_cache(maxsize=8_192)
def _is_school_day(calendar: SchoolCalendar, day: date) -> bool:
    if any(span.holds(day) for span in calendar.closed):
        return False
    if any(span.holds(day) for span in calendar.extra):
        return True
    if calendar.is_vacation(day):
        return False
    public = public_days(day.year)
    return day in public.worked or (day.weekday() <= _FRIDAY and day not in public.off)


@lru_cache(maxsize=4_096)
def _school_days(calendar: SchoolCalendar, first: date, last: date) -> int:
    """Count the school days from ``first`` to the day before ``last``; many letters ask for the same two days."""
    return sum(_is_school_day(calendar, first + step * _DAY) for step in range((last - first).days))

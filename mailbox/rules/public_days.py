"""China's public holidays and make-up workdays, by year. Pure; the data are the ``holidays`` library's.

The State Council says each November which weekends of the next year are worked for a long holiday. A year whose
announcement this version of the library has not seen has its festivals but no make-up days: ``is_announced`` says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import holidays

_COUNTRY = "CN"


@dataclass(frozen=True)
class PublicDays:
    """One year's days without school, by their names, and the weekend days on which there is school."""

    off: dict[date, str]
    worked: frozenset[date]

    @property
    def is_announced(self) -> bool:
        """Whether the year's make-up days are known; no year has had none since they exist."""
        return bool(self.worked)


@lru_cache(maxsize=16)
def public_days(year: int) -> PublicDays:
    """Return the public days of one year, 2001 and later."""
    known = holidays.country_holidays(_COUNTRY, years=year, language="zh_CN")
    off = {day: name for day, name in known.items() if day.year == year}
    worked = frozenset(day for day in known.weekend_workdays if day.year == year)
    return PublicDays(off, worked)

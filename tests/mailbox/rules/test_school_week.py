"""The halves of a day and the last day of a week, as arithmetic on the school's own clock."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox.rules.school_week import end_of_week, half_day

SHANGHAI = ZoneInfo("Asia/Shanghai")
FRIDAY, THREE_O_CLOCK = 4, 15
MOMENTS = st.builds(datetime.combine, st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.times(), st.just(SHANGHAI))


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-03-02 10:00", "2026-03-06"),
        ("2026-03-06 14:59:59", "2026-03-06"),
        ("2026-03-06 15:00", "2026-03-13"),
        ("2026-12-31 16:00", "2027-01-01"),
    ],
)
def test_a_week_ends_at_its_hour_and_the_next_one_begins(now: str, end: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=SHANGHAI)
    assert end_of_week(moment, FRIDAY, THREE_O_CLOCK) == date.fromisoformat(end)


@given(MOMENTS, st.integers(0, 6), st.integers(0, 23))
def test_a_week_ends_within_seven_days_on_its_weekday(now: datetime, weekday: int, hour: int) -> None:
    end = datetime.combine(end_of_week(now, weekday, hour), datetime.min.time(), SHANGHAI) + timedelta(hours=hour)
    assert now < end <= now + timedelta(days=7)
    assert end.weekday() == weekday


@pytest.mark.parametrize(
    ("hour", "half"), [(0, "morning"), (11, "morning"), (12, "afternoon"), (17, "afternoon"), (18, "evening")]
)
def test_a_day_has_a_morning_until_noon_an_afternoon_until_six_and_an_evening(hour: int, half: str) -> None:
    assert half_day(datetime(2026, 3, 6, hour, 59, tzinfo=SHANGHAI)) == half

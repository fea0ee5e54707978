"""Who is on duty now: by weekday and hour, deputies in place of who is away, the fallback where nobody is."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox.rules.duty import read_shifts
from mailbox.rules.duty_list import (
    Away,
    DutyList,
    Turn,
    called_first,
    days_without_turn,
    is_duty_ahead,
    people_on_duty,
    present,
)

MORNING = Turn(frozenset(range(5)), read_shifts("8:00-12:00"), ("lin", "he"))
AFTERNOON = Turn(frozenset(range(5)), read_shifts("13:30-17:00"), ("he",))
LIST = DutyList((MORNING, AFTERNOON), fallback="an")
# A Monday.
TODAY = date(2026, 3, 2)


def at(hour: int, minute: int = 0, day: int = 2) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "people"),
    [(at(8), ("lin", "he")), (at(12), ()), (at(13, 30), ("he",)), (at(17), ()), (at(9, day=7), ())],
)
def test_people_are_on_duty_by_weekday_and_hour(moment: datetime, people: tuple[str, ...]) -> None:
    assert people_on_duty(moment, LIST) == people


def test_a_day_without_school_has_no_duty_and_calls_the_fallback() -> None:
    assert people_on_duty(at(9), LIST, lambda _day: False) == ()
    assert called_first(at(9), LIST, lambda _day: False) == ("an",)


def test_the_fallback_is_called_after_those_on_duty() -> None:
    assert called_first(at(9), LIST) == ("lin", "he", "an")


def test_a_deputy_stands_in_from_the_first_day_to_the_last() -> None:
    away = (Away("lin", date(2026, 3, 2), date(2026, 3, 3), ("zhou",)),)
    assert present(["lin", "he"], date(2026, 3, 3), away) == ("zhou", "he")
    assert present(["lin", "he"], date(2026, 3, 4), away) == ("lin", "he")


def test_a_deputy_who_is_away_is_stood_in_for_in_turn() -> None:
    away = (Away("lin", TODAY, TODAY, ("he",)), Away("he", TODAY, TODAY, ("zhou",)))
    assert present(["lin"], TODAY, away) == ("zhou",)


def test_two_who_stand_in_for_each_other_are_both_away() -> None:
    away = (Away("lin", TODAY, TODAY, ("he",)), Away("he", TODAY, TODAY, ("lin",)))
    assert present(["lin", "he"], TODAY, away) == ()


PEOPLE = st.sampled_from(["a", "b", "c", "d", "e"])
ABSENCES = st.lists(st.builds(Away, PEOPLE, st.just(TODAY), st.just(TODAY), st.lists(PEOPLE, max_size=3).map(tuple)))


@given(st.lists(PEOPLE), ABSENCES)
def test_nobody_who_is_away_is_called_and_nobody_twice(people: list[str], away: list[Away]) -> None:
    found = present(people, TODAY, away)
    assert len(set(found)) == len(found)
    assert not {one.person for one in away} & set(found)
    assert set(people) - {one.person for one in away} <= set(found)


def test_hours_that_children_are_promised_and_nobody_has_are_named() -> None:
    promised = {0: read_shifts("8:00-12:00，13:30-17:00"), 1: read_shifts("8:00-12:30"), 6: read_shifts("9:00-10:00")}
    assert days_without_turn(promised, LIST) == [1, 6]


def test_what_is_not_urgent_waits_for_a_turn_later_that_day() -> None:
    assert is_duty_ahead(at(7, 30), LIST)
    assert not is_duty_ahead(at(14), LIST)

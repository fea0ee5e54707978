"""Whom an alarm calls: each person once, in the order of the ladder, then all channels for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox.errors import InputRefused
from mailbox.rules.alarm_times import BOUNDS, AlarmTimes, checked, is_quiet, quiet_ends
from mailbox.rules.escalation import EVERYBODY, Call, Rung, ladder, next_call, wait_minutes
from mailbox.rules.urgent_load import loads

PEOPLE = st.lists(st.sampled_from(["a", "b", "c", "d", "e", "f"]), max_size=5)
ORDER = [Rung.DUTY, Rung.NEXT, Rung.LEAD, Rung.HEAD, Rung.EVERYBODY]


def calls_until_everybody(calls: list[Call]) -> list[Call]:
    told: set[str] = set()
    made = []
    while (call := next_call(calls, told)) != EVERYBODY:
        made.append(call)
        told |= set(call.people)
    assert next_call(calls, told) == EVERYBODY
    return made


def test_the_ladder_of_a_school_with_everything() -> None:
    calls = ladder(["lin", "he", "an"], ["lin", "he", "an"], ["an", "wu"], ["fang"])
    assert [(call.rung.value, call.people) for call in calls] == [
        ("duty", ("lin",)),
        ("next", ("he",)),
        ("next", ("an",)),
        ("lead", ("wu",)),
        ("head", ("fang",)),
    ]


def test_a_school_that_names_nobody_calls_all_readers_at_once() -> None:
    assert ladder([], ["lin", "he"], [], ["fang"])[0] == Call(Rung.DUTY, ("lin", "he"))


@given(PEOPLE, PEOPLE, PEOPLE, PEOPLE, st.sets(st.sampled_from(["a", "b", "c"])))
def test_everybody_who_may_know_is_called_once_before_all_channels_ring(
    first: list[str], readers: list[str], leads: list[str], heads: list[str], kept_away: set[str]
) -> None:
    calls = ladder(first, readers, leads, heads, lambda person: person not in kept_away)
    made = calls_until_everybody(calls)
    called = [person for call in made for person in call.people]
    assert len(called) == len(set(called))
    assert not kept_away & set(called)
    assert {*first, *leads, *heads} - kept_away <= set(called)
    places = [ORDER.index(call.rung) for call in made]
    assert places == sorted(places)


@given(PEOPLE, PEOPLE, PEOPLE)
def test_who_comes_on_duty_while_it_rings_is_called_before_the_lead(
    first: list[str], leads: list[str], told: list[str]
) -> None:
    call = next_call(ladder(["g", *first], [], leads, []), told)
    assert call.people[0] == "g"


@given(st.builds(AlarmTimes, next_minutes=st.integers(2, 60), again_minutes=st.integers(5, 60)))
def test_an_alarm_always_goes_on_within_an_hour(times: AlarmTimes) -> None:
    for rung in ORDER:
        assert 0 < wait_minutes(Call(rung, ("a",)), times) <= 60


@pytest.mark.parametrize("name", list(BOUNDS))
def test_a_time_outside_of_its_bounds_is_refused_by_its_name(name: str) -> None:
    least, most = BOUNDS[name]
    for number in (least - 1, most + 1):
        with pytest.raises(InputRefused) as refused:
            checked(AlarmTimes().numbers() | {name: number})
        assert refused.value.reason == name
    assert checked(AlarmTimes().numbers() | {name: most}).numbers()[name] == most


@given(st.integers(0, 364 * 24 * 60).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)))
def test_quiet_hours_end_at_their_end_and_nothing_waits_longer_than_a_night(moment: datetime) -> None:
    times = AlarmTimes()
    end = quiet_ends(moment, times)
    assert not is_quiet(end, times)
    assert timedelta(0) <= end - moment <= timedelta(hours=11)
    assert (end == moment) == (7 <= moment.hour < 20)


def test_who_is_full_is_shown_with_those_who_took_least() -> None:
    found = loads({"lin": 3, "he": 1}, 3, ["lin", "he", "an"])
    assert [(load.person, load.is_full, load.helpers) for load in found] == [
        ("lin", True, ("an", "he")),
        ("he", False, ()),
    ]

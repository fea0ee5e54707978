"""Duty hours as teachers write them, whether it is duty time, and when help must be checked again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from mailbox.errors import InputRefused
from mailbox.rules.duty import Shift, is_off_hours, needs_check, on_duty, read_shifts, seconds_to_change

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
HOURS = {0: read_shifts("8:00-12:00，13:30-17:00")}


def at(clock: str, day: int = 0) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return MONDAY + timedelta(days=day, hours=hour, minutes=minute)


@pytest.mark.parametrize(
    "written",
    [
        "8:00-12:00，13:30-17:00",
        "8：00－12：00；13：30～17：00",
        "8点到12点 13点半至17点",
        "13:30-17:00, 8 - 12",
        "08:00–12:00、13点30分—17",
    ],
)
def test_times_are_read_as_people_write_them(written: str) -> None:
    assert read_shifts(written) == (Shift(480, 720), Shift(810, 1_020))


def test_times_are_written_as_the_page_shows_them() -> None:
    assert [str(shift) for shift in read_shifts("8点到12点半")] == ["8:00-12:30"]
    assert read_shifts(" ") == ()
    assert str(read_shifts("0-24")[0]) == "0:00-24:00"


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("早上", "unreadable"),
        ("8:00", "unreadable"),
        ("8:00-12:00-17:00", "unreadable"),
        ("8:75-12:00", "unreadable"),
        ("8-25", "unreadable"),
        ("8:0-9", "unreadable"),
        ("²-9", "unreadable"),
        ("12:00-8:00", "backwards"),
        ("8-8", "backwards"),
        ("8-12，11-13", "overlap"),
        ("1-2 3-4 5-6 7-8 9-10", "too_many"),
    ],
)
def test_times_that_mean_nothing_are_refused_for_a_reason(written: str, reason: str) -> None:
    with pytest.raises(InputRefused) as refused:
        read_shifts(written)
    assert (refused.value.field, refused.value.reason) == ("duty", reason)


@pytest.mark.parametrize(
    ("clock", "is_on"),
    [("7:59", False), ("8:00", True), ("11:59", True), ("12:00", False), ("13:30", True), ("17:00", False)],
)
def test_duty_begins_and_ends_on_the_minute(clock: str, is_on: bool) -> None:
    assert on_duty(at(clock), HOURS) is is_on


def test_a_day_without_hours_and_a_day_without_school_have_no_duty() -> None:
    assert not on_duty(at("9:00", day=1), HOURS)
    assert not on_duty(at("9:00"), HOURS, lambda _day: False)


@pytest.mark.parametrize(
    ("clock", "day", "is_off"),
    [
        ("7:00", 0, True),
        ("9:00", 0, False),
        ("12:30", 0, False),
        ("17:00", 0, True),
        ("0:30", 0, True),
        ("9:00", 5, True),
    ],
)
def test_a_pause_at_noon_is_no_night(clock: str, day: int, is_off: bool) -> None:
    assert is_off_hours(at(clock, day), HOURS) is is_off
    assert is_off_hours(at(clock, day), HOURS, lambda _day: False)


def test_a_page_knows_when_its_sentence_on_duty_may_change() -> None:
    assert seconds_to_change(at("7:00"), HOURS) == 3_601
    assert seconds_to_change(at("12:30"), HOURS) == 3_601
    # Nothing changes before next Monday, but a day is looked ahead at most.
    assert seconds_to_change(at("18:00"), HOURS) == 24 * 3_600
    assert seconds_to_change(at("20:00", day=-1), HOURS) == 12 * 3_600 + 1
    assert seconds_to_change(at("7:00"), HOURS, lambda _day: False) == 24 * 3_600


def test_help_is_checked_again_after_ninety_days() -> None:
    checked = date(2026, 3, 2)
    assert needs_check(None, checked)
    assert not needs_check(checked, checked + timedelta(days=90))
    assert needs_check(checked, checked + timedelta(days=91))

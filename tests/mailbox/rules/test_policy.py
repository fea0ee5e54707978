"""Which letter comes first, by when it must be read, and what a level may become."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox.rules.policy import Level, is_raise, order_queue, raised, read_by, retry_windows, rings_alarm
from mailbox.rules.school_calendar import SchoolCalendar
from triage.protocol import Cause, Urgency

URGENT, SOON, ROUTINE, UNSCREENED = Urgency.URGENT, Urgency.SOON, Urgency.ROUTINE, Urgency.UNSCREENED
FAILED, NEEDS_PERSON = Cause.FAILED, Cause.NEEDS_PERSON

PLAIN = SchoolCalendar(opening_weekday=4, opening_hour=15)
MONDAY = date(2026, 3, 2)
WEDNESDAY, FRIDAY, SATURDAY, SUNDAY, NEXT_MONDAY, NEXT_FRIDAY = (
    MONDAY + timedelta(days=n) for n in (2, 4, 5, 6, 7, 11)
)

# The four that triage gives, and the one it gives when it breaks.
RISING: list[Level] = [(ROUTINE, None), (SOON, None), (UNSCREENED, NEEDS_PERSON), (UNSCREENED, FAILED), (URGENT, None)]
LEVELS = st.sampled_from(RISING)
DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))


@dataclass(frozen=True)
class Letter:
    """A waiting letter, as far as the order looks at it."""

    id: str
    urgency: str = "routine"
    cause: str | None = None
    arrived_on: date = MONDAY
    arrived_half: str = "morning"


LETTERS = st.builds(
    lambda number, level, day, half: Letter(f"{number:032x}", level[0], level[1], day, half),
    st.integers(0, 2**128 - 1),
    LEVELS,
    DAYS,
    st.sampled_from(["morning", "afternoon", "evening"]),
)
QUEUES = st.lists(LETTERS, max_size=30, unique_by=lambda letter: letter.id)


def ids(letters: list[Letter]) -> str:
    return "".join(letter.id for letter in order_queue(letters))


def test_urgent_comes_first_then_what_needs_a_person_then_soon_then_routine() -> None:
    letters = [Letter(level, level) for level in ("routine", "soon", "unscreened", "urgent")]
    assert [letter.id for letter in order_queue(letters)] == ["urgent", "unscreened", "soon", "routine"]


def test_a_letter_that_triage_failed_on_stands_among_the_urgent_by_its_arrival() -> None:
    urgent = Letter("a", URGENT, arrived_on=WEDNESDAY)
    failed = Letter("b", UNSCREENED, FAILED, arrived_on=MONDAY)
    assert ids([urgent, failed]) == "ba"
    assert ids([urgent, replace(failed, arrived_on=FRIDAY)]) == "ab"


def test_within_a_level_the_longest_wait_comes_first() -> None:
    letters = [
        Letter("a", arrived_on=WEDNESDAY),
        Letter("b", arrived_half="evening"),
        Letter("c", arrived_half="afternoon"),
        Letter("d", arrived_half="morning"),
    ]
    assert ids(letters) == "dcba"


@given(st.permutations([Letter(name) for name in "abcdef"]))
def test_letters_of_one_half_day_stand_by_their_random_ids(letters: list[Letter]) -> None:
    assert ids(letters) == "abcdef"


@given(QUEUES, st.randoms(use_true_random=False))
def test_the_order_loses_no_letter_and_does_not_depend_on_how_the_rows_came(letters: list[Letter], random) -> None:  # type: ignore[no-untyped-def]
    ordered = order_queue(letters)
    assert sorted(ordered, key=lambda letter: letter.id) == sorted(letters, key=lambda letter: letter.id)
    random.shuffle(letters)
    assert order_queue(letters) == ordered


@given(QUEUES)
def test_no_letter_that_rings_stands_behind_one_that_does_not(letters: list[Letter]) -> None:
    ringing = [
        rings_alarm(Urgency(letter.urgency), Cause(letter.cause) if letter.cause else None)
        for letter in order_queue(letters)
    ]
    assert ringing == sorted(ringing, reverse=True)


def test_urgent_letters_and_those_triage_failed_on_ring_and_no_others() -> None:
    assert [level for level in RISING if rings_alarm(*level)] == [(UNSCREENED, FAILED), (URGENT, None)]


@pytest.mark.parametrize("arrived_on", [MONDAY, FRIDAY, SATURDAY, SUNDAY])
@pytest.mark.parametrize(("urgency", "cause"), [(URGENT, None), (UNSCREENED, FAILED)])
def test_what_rings_is_read_on_its_own_day_even_on_a_weekend(urgency: Urgency, cause: Cause, arrived_on: date) -> None:
    assert read_by(urgency, cause, arrived_on, PLAIN) == arrived_on


@pytest.mark.parametrize(
    ("arrived_on", "due"),
    [(MONDAY, MONDAY), (FRIDAY, FRIDAY), (SATURDAY, NEXT_MONDAY), (SUNDAY, NEXT_MONDAY)],
)
def test_what_needs_a_person_is_read_on_its_own_school_day_or_the_next(arrived_on: date, due: date) -> None:
    assert read_by(UNSCREENED, NEEDS_PERSON, arrived_on, PLAIN) == due


@pytest.mark.parametrize(
    ("arrived_on", "due"),
    [
        (MONDAY, MONDAY + timedelta(days=1)),
        (MONDAY + timedelta(days=3), FRIDAY),
        (FRIDAY, NEXT_MONDAY),
        (SATURDAY, NEXT_MONDAY),
        (SUNDAY, NEXT_MONDAY),
    ],
)
def test_soon_is_the_next_school_day(arrived_on: date, due: date) -> None:
    assert read_by(SOON, None, arrived_on, PLAIN) == due


@pytest.mark.parametrize(
    ("arrived_on", "due"),
    [(MONDAY, FRIDAY), (FRIDAY, FRIDAY), (SATURDAY, NEXT_FRIDAY), (SUNDAY, NEXT_FRIDAY)],
)
def test_routine_waits_for_friday(arrived_on: date, due: date) -> None:
    assert read_by(ROUTINE, None, arrived_on, PLAIN) == due


def test_deadlines_move_with_holidays() -> None:
    # New year's day 2027 is a Friday: routine letters are due with the opening on Thursday, soon ones on Monday.
    assert read_by(ROUTINE, None, date(2026, 12, 29), PLAIN) == date(2026, 12, 31)
    assert read_by(SOON, None, date(2026, 12, 31), PLAIN) == date(2027, 1, 4)


@given(LEVELS, DAYS)
def test_a_deadline_is_never_before_the_arrival(level: Level, arrived_on: date) -> None:
    assert arrived_on <= read_by(*level, arrived_on, PLAIN)


@given(LEVELS, DAYS)
def test_only_what_rings_is_due_on_a_day_without_school(level: Level, arrived_on: date) -> None:
    assert rings_alarm(*level) or PLAIN.is_school_day(read_by(*level, arrived_on, PLAIN))


@given(LEVELS, DAYS, st.integers(0, 14))
def test_a_later_letter_of_a_level_is_never_due_sooner(level: Level, arrived_on: date, days: int) -> None:
    assert read_by(*level, arrived_on, PLAIN) <= read_by(*level, arrived_on + timedelta(days=days), PLAIN)


@pytest.mark.parametrize("before", range(len(RISING)))
@pytest.mark.parametrize("now", range(len(RISING)))
def test_another_letter_raises_a_thread_and_never_lowers_it(before: int, now: int) -> None:
    assert raised(RISING[before], RISING[now]) == RISING[max(before, now)]


@given(st.lists(LEVELS, min_size=1, max_size=10))
def test_a_thread_rings_if_any_of_its_letters_does(levels: list[Level]) -> None:
    thread = levels[0]
    for level in levels[1:]:
        thread = raised(thread, level)
    assert rings_alarm(*thread) == any(rings_alarm(*level) for level in levels)


@pytest.mark.parametrize("after", [ROUTINE, SOON, UNSCREENED, URGENT])
@pytest.mark.parametrize("before", [ROUTINE, SOON, UNSCREENED, URGENT])
def test_a_correction_is_a_raise_only_if_it_goes_up(before: Urgency, after: Urgency) -> None:
    rising = [ROUTINE, SOON, UNSCREENED, URGENT]
    assert is_raise(before, after) == (rising.index(after) > rising.index(before))


@given(st.integers(0, 2**40), st.integers(0, 120))
def test_a_retry_within_two_minutes_finds_the_window_its_letter_was_kept_in(kept_seconds: int, later: int) -> None:
    assert retry_windows(kept_seconds)[0] in retry_windows(kept_seconds + later)


@given(st.integers(0, 2**40), st.integers(180, 10_000))
def test_a_form_sent_again_three_minutes_later_finds_no_window(kept_seconds: int, later: int) -> None:
    assert retry_windows(kept_seconds)[0] not in retry_windows(kept_seconds + later)


@given(st.integers(0, 2**40))
def test_the_newest_window_comes_first(now_seconds: int) -> None:
    windows = retry_windows(now_seconds)
    assert list(windows) == sorted(windows, reverse=True)
    assert windows[0] == now_seconds // 60

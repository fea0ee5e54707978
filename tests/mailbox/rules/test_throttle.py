"""The pace of tries, as arithmetic."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mailbox.rules.throttle import Pace

PACES = st.builds(Pace, burst=st.integers(1, 50), interval_s=st.floats(0.1, 600))
MOMENTS = st.lists(st.floats(0, 10_000), max_size=200).map(sorted)


def allowed(pace: Pace, moments: list[float]) -> list[float]:
    """Return the moments at which a try was let through."""
    paid_until, through = 0.0, []
    for now in moments:
        if pace.wait_s(paid_until, now) == 0:
            paid_until = pace.after_try(paid_until, now)
            through.append(now)
    return through


def test_a_fresh_counter_lets_its_burst_through_at_once_and_then_one_each_interval() -> None:
    pace = Pace(burst=10, interval_s=30)
    assert len(allowed(pace, [5_000.0] * 20)) == 10
    assert allowed(pace, [5_000.0] * 20 + [5_029.0, 5_030.0, 5_031.0, 5_060.0])[10:] == [5_030.0, 5_060.0]


def test_the_wait_is_exactly_until_the_next_try_is_let_through() -> None:
    pace = Pace(burst=2, interval_s=60)
    paid_until = pace.after_try(pace.after_try(0, 100), 100)
    assert pace.wait_s(paid_until, 110) == 50
    assert pace.wait_s(paid_until, 160) == 0


@given(PACES, MOMENTS)
def test_in_any_stretch_of_time_no_more_go_through_than_burst_and_intervals(pace: Pace, moments: list[float]) -> None:
    through = allowed(pace, moments)
    for first, start in enumerate(through):
        for last in range(first, len(through)):
            assert last - first + 1 <= pace.burst + (through[last] - start) / pace.interval_s + 1e-6


@given(PACES, st.floats(0, 10_000), st.floats(0, 10_000))
def test_a_try_given_back_never_shortens_the_wait_of_those_before_it(pace: Pace, paid_until: float, now: float) -> None:
    after = pace.after_return(pace.after_try(paid_until, now))
    assert pace.wait_s(after, now) + 1e-6 >= pace.wait_s(paid_until, now)


@given(PACES, st.lists(st.booleans(), max_size=100))
def test_right_tries_among_wrong_ones_buy_no_wrong_ones(pace: Pace, rights: list[bool]) -> None:
    paid_until, wrong = 0.0, 0
    for right in rights:
        if pace.wait_s(paid_until, 1_000) == 0:
            paid_until = pace.after_try(paid_until, 1_000)
            paid_until = pace.after_return(paid_until) if right else paid_until
            wrong += not right
    assert wrong <= pace.burst

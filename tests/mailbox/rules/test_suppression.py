"""No small number is shown, and none follows from the others: held against one who tries every table that fits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbox.rules.suppression import (
    BUREAU_THRESHOLD,
    SCHOOL_THRESHOLD,
    Numbers,
    Shown,
    show,
    show_together,
)

# Small enough that every table can be tried.
THRESHOLD = 3
WIDER = 5
LARGEST = 7


def numbers(*cuts: tuple[int, ...]) -> Numbers:
    named = {f"cut {at}": {f"part {place}": count for place, count in enumerate(cut)} for at, cut in enumerate(cuts)}
    return Numbers(sum(cuts[0]), named)


@st.composite
def weeks_of(draw: st.DrawFn) -> Numbers:
    """A week cut in two ways: into three parts, and into two."""
    three = draw(st.tuples(*[st.integers(0, 5)] * 3))
    first = draw(st.integers(0, sum(three)))
    return numbers(three, (first, sum(three) - first))


def parts_of(shown: Shown) -> list[int | None]:
    return [count for parts in shown.cuts.values() for count in parts.values()]


def fits(cut: tuple[int, ...], shown: Mapping[str, int | None]) -> bool:
    return all(known is None or known == count for count, known in zip(cut, shown.values(), strict=True))


def tables(shown: Iterable[Shown]) -> Iterator[tuple[int, tuple[int, ...], tuple[int, ...]]]:
    """Every total and cuts into three and two parts that fit all papers somebody may hold in hands."""
    papers = list(shown)
    for total in range(LARGEST * 3):
        if any(paper.total is not None and paper.total != total for paper in papers):
            continue
        for first, second in product(range(total + 1), repeat=2):
            three = (first, second, total - first - second)
            if three[2] < 0 or not all(fits(three, paper.cuts["cut 0"]) for paper in papers):
                continue
            for one in range(total + 1):
                if all(fits((one, total - one), paper.cuts["cut 1"]) for paper in papers):
                    yield total, three, (one, total - one)


def hidden_values(papers: list[Shown]) -> list[set[int]]:
    """For each number that every paper hides, all the values it may have."""
    columns = [[paper.total, *parts_of(paper)] for paper in papers]
    tried = [(total, *three, *two) for total, three, two in tables(papers)]
    places = [place for place, known in enumerate(zip(*columns, strict=True)) if all(one is None for one in known)]
    return [{table[place] for table in tried} for place in places]


@pytest.mark.parametrize(
    ("received", "shown"),
    [((0, 0, 0), 0), ((1, 0, 0), None), ((4, 0, 0), None), ((5, 0, 0), 5), ((2, 2, 1), None), ((9, 9, 9), 27)],
)
def test_a_week_of_few_letters_shows_no_total_and_a_week_of_none_shows_nothing(
    received: tuple[int, ...], shown: int | None
) -> None:
    assert show(numbers(received), SCHOOL_THRESHOLD).total == shown


def test_one_small_number_takes_another_with_it() -> None:
    assert parts_of(show(numbers((20, 9, 2)), SCHOOL_THRESHOLD)) == [20, None, None]


def test_hidden_numbers_that_would_each_be_one_take_more_with_them() -> None:
    assert parts_of(show(numbers((20, 9, 1, 1)), SCHOOL_THRESHOLD)) == [20, None, None, None]


def test_large_numbers_and_nothing_are_shown() -> None:
    assert parts_of(show(numbers((20, 5, 0)), SCHOOL_THRESHOLD)) == [20, 5, 0]


def test_what_is_hidden_in_one_cut_does_not_follow_from_another() -> None:
    shown = show(numbers((2, 1, 1), (4, 0)), SCHOOL_THRESHOLD)
    assert shown.total is None and parts_of(shown) == [None, None, None, None, 0]


def test_parts_that_do_not_sum_up_are_no_numbers() -> None:
    with pytest.raises(ValueError, match="sum up"):
        Numbers(5, {"level": {"urgent": 1}})


@settings(max_examples=300, deadline=None)
@given(weeks_of())
def test_no_small_number_is_shown(week: Numbers) -> None:
    shown = show(week, THRESHOLD)
    assert all(count is None or count == 0 or count >= THRESHOLD for count in (shown.total, *parts_of(shown)))
    assert all(
        known in (None, count)
        for cut, parts in week.cuts.items()
        for known, count in zip(shown.cuts[cut].values(), parts.values(), strict=True)
    )


@settings(max_examples=40, deadline=None)
@given(weeks_of())
def test_who_tries_every_table_cannot_tell_a_hidden_number_nor_that_it_is_small(week: Numbers) -> None:
    for values in hidden_values([show(week, THRESHOLD)]):
        assert len(values) > 1 and max(values) >= THRESHOLD


@settings(max_examples=40, deadline=None)
@given(weeks_of())
def test_who_holds_the_schools_paper_and_the_bureaus_learns_no_more(week: Numbers) -> None:
    school = show(week, THRESHOLD)
    bureau = show(week, WIDER, school)
    for values in hidden_values([school, bureau]):
        assert len(values) > 1 and max(values) >= THRESHOLD
    # And what the bureau holds alone does not tell it a number below its own threshold.
    for values in hidden_values([bureau]):
        assert len(values) > 1 and max(values) >= WIDER


@settings(max_examples=100, deadline=None)
@given(weeks_of())
def test_last_weeks_numbers_are_shown_the_same_in_every_later_paper(week: Numbers) -> None:
    assert show(week, THRESHOLD) == show(Numbers(week.total, dict(week.cuts)), THRESHOLD)


def test_weeks_of_which_nothing_was_shown_are_shown_together() -> None:
    weeks = [numbers((1, 1, 1)), numbers((2, 1, 1)), numbers((0, 0, 2)), numbers((1, 0, 2))]
    shown = [show(week, SCHOOL_THRESHOLD) for week in weeks]
    together = show_together(weeks, [shown], SCHOOL_THRESHOLD)
    assert together is not None and (together.total, parts_of(together)) == (12, [None, None, 6])


def test_weeks_of_which_one_number_was_shown_to_anybody_are_not_added_up() -> None:
    weeks = [numbers((1, 0, 1)), numbers((6, 0, 0))]
    school = [show(week, SCHOOL_THRESHOLD) for week in weeks]
    bureau = [show(week, BUREAU_THRESHOLD, shown) for week, shown in zip(weeks, school, strict=True)]
    assert all(week.says_nothing for week in bureau)
    assert show_together(weeks, [school, bureau], BUREAU_THRESHOLD) is None


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=2, max_size=3))
def test_a_sum_of_hidden_weeks_tells_no_week(parts: list[tuple[int, int]]) -> None:
    weeks = [numbers(part) for part in parts]
    shown = [show(week, THRESHOLD) for week in weeks]
    together = show_together(weeks, [shown], THRESHOLD)
    if together is None:
        return
    # For each week the cuts that fit what is shown of it; of these, the tables that fit the sum as well.
    alone = [[cut for cut in product(range(LARGEST), repeat=2) if fits(cut, week.cuts["cut 0"])] for week in shown]
    tried = [
        table
        for table in product(*alone)
        if together.total in (None, sum(map(sum, table)))
        and fits((sum(cut[0] for cut in table), sum(cut[1] for cut in table)), together.cuts["cut 0"])
    ]
    for at, (cut, week) in enumerate(zip(parts, shown, strict=True)):
        for place, known in enumerate(week.cuts["cut 0"].values()):
            assert known is not None or cut[place] == 0 or len({table[at][place] for table in tried}) > 1, cut

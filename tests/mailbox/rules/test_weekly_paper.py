"""What each version of the weekly paper shows of the counted weeks, and what nobody learns from several of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbox.rules.suppression import Numbers
from mailbox.rules.weekly_paper import BLOCK_WEEKS, Column, CountedWeek, Version, Wait, paper_of

ORIGIN = date(2026, 3, 6)
LEVELS = ("urgent", "unscreened", "soon", "routine")


def week(number: int, *levels: int, topics: dict[str, int] | None = None, raised: int = 0) -> CountedWeek:
    """A week with so many urgent, unscreened, soon and routine letters, all of them read and none answered."""
    total = sum(levels)
    cuts = {
        "level": dict(zip(LEVELS, levels, strict=True)),
        "reading": {"read": total, "unread": 0},
    }
    return CountedWeek(
        ends_on=ORIGIN + timedelta(weeks=number),
        letters=Numbers(total, cuts),
        replies=Numbers(total, {"collected": {"collected": total, "not_yet": 0}}),
        singles={"raised": raised},
        waits={"reading": Wait(total, 1.0, 3.0)},
        topics=topics,
    )


@pytest.mark.parametrize(
    ("lowered", "eased", "shown"), [(12, 7, 7), (12, 0, 0), (12, 12, 12), (12, 9, None), (12, 4, None), (4, 4, None)]
)
def test_how_many_were_lowered_from_urgent_is_told_where_the_rest_is_not_small(
    lowered: int, eased: int, shown: int | None
) -> None:
    counted = replace(week(0, 9, 9, 9, 9), singles={"lowered": lowered, "eased": eased})
    (column,) = paper_of([counted], Version.SCHOOL, ORIGIN).columns
    assert column.singles["eased"] == shown


def totals(weeks: list[CountedWeek], version: Version = Version.SCHOOL) -> list[int | None]:
    return [column.letters.total for column in paper_of(weeks, version, ORIGIN).columns]


@pytest.mark.parametrize(("letters", "shown"), [(0, 0), (1, None), (4, None), (5, 5)])
def test_a_week_of_few_letters_is_hidden_and_a_week_without_is_not(letters: int, shown: int | None) -> None:
    assert totals([week(0, 0, 0, 0, letters)]) == [shown]


def test_the_bureau_sees_only_larger_numbers() -> None:
    weeks = [week(0, 0, 0, 0, 9), week(1, 0, 0, 0, 12)]
    assert totals(weeks) == [9, 12]
    assert totals(weeks, Version.BUREAU) == [None, 12]


def test_a_small_school_shows_four_weeks_together_once_they_are_over() -> None:
    weeks = [week(number, 0, 0, 1, 2) for number in range(6)]
    columns = paper_of(weeks, Version.SCHOOL, ORIGIN).columns
    assert [(column.is_block, column.letters.total) for column in columns] == [(True, 12), (False, None), (False, None)]
    assert (columns[0].first_ends_on, columns[0].ends_on) == (ORIGIN, ORIGIN + timedelta(weeks=3))


def test_four_weeks_of_which_one_was_shown_stay_apart() -> None:
    weeks = [week(number, 0, 0, 0, 8 if number == 2 else 1) for number in range(4)]
    assert totals(weeks) == [None, None, 8, None]
    assert totals(weeks, Version.BUREAU) == [None, None, None, None]


def test_a_paper_that_begins_inside_a_block_does_not_make_another_block() -> None:
    weeks = [week(number, 0, 0, 0, 2) for number in range(2, 6)]
    assert totals(weeks) == [None, None, None, None]


def test_how_long_it_took_is_told_only_of_enough_letters() -> None:
    few, many = paper_of([week(0, 0, 0, 0, 4), week(1, 0, 0, 0, 6)], Version.SCHOOL, ORIGIN).columns
    assert few.waits == {"reading": None}
    assert many.waits == {"reading": Wait(6, 1.0, 3.0)}


def topics_of(weeks: list[CountedWeek]) -> list[dict[str, int | None]]:
    return [dict(block.topics) for block in paper_of(weeks, Version.SCHOOL, ORIGIN).topics]


def test_topics_are_told_of_four_weeks_together_and_small_ones_are_hidden() -> None:
    weeks = [week(number, 0, 0, 0, 9, topics={"mood": 9, "study": 1, "abuse": 0}) for number in range(6)]
    assert topics_of(weeks) == [{"mood": 36, "study": None, "abuse": 0}]


def test_topics_of_four_weeks_are_told_only_when_all_of_them_are_counted() -> None:
    weeks = [week(number, 0, 0, 0, 9, topics={"mood": 9} if number else None) for number in range(4)]
    assert topics_of(weeks) == []


def test_a_hidden_topic_that_would_have_to_be_four_takes_another_with_it() -> None:
    weeks = [week(number, 0, 0, 0, 9, topics={"mood": 8, "study": 1}) for number in range(4)]
    assert topics_of(weeks) == [{"mood": None, "study": None}]


def test_a_sum_is_made_of_what_is_shown_and_says_that_something_is_missing() -> None:
    paper = paper_of([week(0, 0, 0, 0, 8), week(1, 0, 0, 0, 2)], Version.SCHOOL, ORIGIN)
    assert paper.total([column.letters.total for column in paper.columns]) == (8, True)
    assert paper.total([8, 0]) == (8, False)


def shown_numbers(column: Column) -> list[int | None]:
    parts = [
        count for shown in (column.letters, column.replies) for cut in shown.cuts.values() for count in cut.values()
    ]
    return [
        column.letters.total,
        column.replies.total,
        *parts,
        *column.singles.values(),
    ]


WEEKS = st.lists(
    st.tuples(*[st.integers(0, 14)] * 4, st.integers(0, 7), st.integers(0, 20)), min_size=1, max_size=2 * BLOCK_WEEKS
).map(
    lambda rows: [
        week(number, *row[:4], raised=row[4], topics={"mood": row[5], "study": max(0, sum(row[:4]) - 2), "other": 2})
        for number, row in enumerate(rows)
    ]
)


@settings(max_examples=150, deadline=None)
@given(WEEKS)
def test_no_version_shows_a_number_below_its_threshold(weeks: list[CountedWeek]) -> None:
    for version in Version:
        paper = paper_of(weeks, version, ORIGIN)
        for column in paper.columns:
            assert all(number is None or number == 0 or number >= paper.threshold for number in shown_numbers(column))
        for block in paper.topics:
            assert all(count is None or count == 0 or count >= paper.threshold for count in block.topics.values())


@settings(max_examples=150, deadline=None)
@given(WEEKS)
def test_what_the_schools_paper_hides_the_bureaus_hides_too(weeks: list[CountedWeek]) -> None:
    school = {column.ends_on: column for column in paper_of(weeks, Version.SCHOOL, ORIGIN).columns}
    for column in paper_of(weeks, Version.BUREAU, ORIGIN).columns:
        # The bureau never has a block where the school has single weeks, nor the other way round.
        pairs = zip(shown_numbers(school[column.ends_on]), shown_numbers(column), strict=True)
        assert school[column.ends_on].first_ends_on == column.first_ends_on
        assert all(theirs is None or theirs == ours for ours, theirs in pairs)
    blocks = [paper_of(weeks, version, ORIGIN).topics for version in (Version.SCHOOL, Version.BUREAU)]
    for ours, theirs in zip(*blocks, strict=True):
        assert all(theirs.topics[topic] in (None, count) for topic, count in ours.topics.items())


@settings(max_examples=100, deadline=None)
@given(WEEKS)
def test_a_later_paper_shows_an_earlier_week_as_the_earlier_paper_did(weeks: list[CountedWeek]) -> None:
    for version in Version:
        later = {column.ends_on: column for column in paper_of(weeks, version, ORIGIN).columns}
        for column in paper_of(weeks[:-1], version, ORIGIN).columns:
            if column.ends_on in later:
                assert later[column.ends_on] == column or later[column.ends_on].is_block

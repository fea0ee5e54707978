"""A school's judgements move two numbers a level, within limits, and never below what the rules say."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.adjust import Adjustment, Judged, Line, propose
from triage.assessor import DEFAULT_MODEL, Assessor
from triage.classifier import AT_LEAST_SOON, URGENT, identity_of
from triage.protocol import AdjustmentBroken, Urgency

LEVELS = (Urgency.ROUTINE, Urgency.SOON, Urgency.URGENT)


def letter(week: int, probability: float, level: Urgency, by_rules: Urgency = Urgency.ROUTINE) -> Judged:
    return Judged(f"2026-{week:02}", {URGENT: probability, AT_LEAST_SOON: min(1.0, probability + 0.1)}, by_rules, level)


# In this school the model is too anxious: what it half believes to be urgent never is.
ANXIOUS = [letter(week, 0.35 + 0.01 * number, Urgency.ROUTINE) for week in range(1, 6) for number in range(12)] + [
    letter(week, 0.97, Urgency.URGENT) for week in range(1, 6)
]


def test_a_model_that_is_too_anxious_here_becomes_calmer() -> None:
    proposal = propose(ANXIOUS, DEFAULT_MODEL)
    before, after = proposal.here_before.raised_for_nothing, proposal.here_after.raised_for_nothing
    assert before is not None and after is not None and after < before
    assert proposal.here_after.urgent_found == 1.0


def test_the_training_notes_are_compared_too() -> None:
    proposal = propose(ANXIOUS, DEFAULT_MODEL)
    assert proposal.training_before and proposal.training_after
    assert proposal.training_before.letters == proposal.training_after.letters > 1_000


def test_what_the_rules_raise_stays_raised() -> None:
    anxious = [letter(week, 0.4, Urgency.ROUTINE, by_rules=Urgency.URGENT) for week in range(1, 6) for _ in range(20)]
    assert propose(anxious, DEFAULT_MODEL).here_after.raised_for_nothing == 1.0


def test_few_letters_move_little() -> None:
    line = propose(ANXIOUS[:2], DEFAULT_MODEL).adjustment.urgent
    assert abs(line.slope - 1) < 0.1 and abs(line.offset) < 0.2


@given(
    st.lists(
        st.builds(
            letter,
            st.integers(1, 9),
            st.floats(0, 1),
            st.sampled_from(LEVELS),
            st.sampled_from(LEVELS),
        ),
        min_size=1,
        max_size=40,
    )
)
def test_whatever_was_judged_the_numbers_stay_within_their_limits(judged: list[Judged]) -> None:
    proposal = propose(judged, DEFAULT_MODEL)
    for line in (proposal.adjustment.urgent, proposal.adjustment.at_least_soon):
        assert 0.5 <= line.slope <= 2.0 and -2.0 <= line.offset <= 2.0
    assert Adjustment.from_json(proposal.adjustment.to_json()) == proposal.adjustment


@pytest.mark.parametrize("kept", ["", "[]", "{}", '{"model": "x", "urgent": [1], "at_least_soon": [1, 0]}'])
def test_what_is_no_adjustment_is_refused(kept: str) -> None:
    with pytest.raises(AdjustmentBroken):
        Adjustment.from_json(kept)


@pytest.mark.parametrize("line", [[0.1, 0], [1, -9], [math.nan, 0]])
def test_numbers_that_would_make_triage_deaf_are_refused(line: list[float]) -> None:
    with pytest.raises(AdjustmentBroken):
        Adjustment.from_json(json.dumps({"model": "x", "urgent": line, "at_least_soon": [1, 0]}))


HARD_TO_SAY = "放学他们又在后门等我,要我交钱"


def test_an_adjustment_changes_the_level_and_not_the_kept_scores(assessor: Assessor) -> None:
    calm = Adjustment(identity_of(DEFAULT_MODEL), Line(1.0, -2.0), Line(1.0, -2.0))
    plain, adjusted = assessor.assess(HARD_TO_SAY), assessor.assess(HARD_TO_SAY, calm)
    assert plain.scores == adjusted.scores
    assert LEVELS.index(adjusted.urgency) <= LEVELS.index(plain.urgency)


def test_an_adjustment_never_goes_below_the_rules(assessor: Assessor) -> None:
    calm = Adjustment(identity_of(DEFAULT_MODEL), Line(0.5, -2.0), Line(0.5, -2.0))
    assert assessor.assess("我不想活了", calm).urgency is Urgency.URGENT


def test_an_adjustment_for_another_model_counts_for_nothing(assessor: Assessor) -> None:
    foreign = Adjustment("0" * 16, Line(0.5, -2.0), Line(0.5, -2.0))
    assert assessor.assess(HARD_TO_SAY, foreign) == assessor.assess(HARD_TO_SAY)


def test_no_adjustment_and_the_line_that_changes_nothing_are_the_same(assessor: Assessor) -> None:
    unchanged = Adjustment(identity_of(DEFAULT_MODEL), Line(), Line())
    for text in (HARD_TO_SAY, "今天的菜很好吃", "妈妈最近总是哭", "我不想活了"):
        assert assessor.assess(text, unchanged).urgency is assessor.assess(text).urgency

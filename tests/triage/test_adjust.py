"""A school's judgements move two numbers a level, within limits, and never below what the rules say."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage import features, rules
from triage.adjust import MOST_RECALL_LOST, Adjustment, Judged, Line, Reference, propose
from triage.assessor import DEFAULT_MODEL, Assessor
from triage.classifier import AT_LEAST_SOON, HEADS, URGENT, Classifier, identity_of, note_scores
from triage.held_out import load_reference
from triage.normalize import read
from triage.protocol import AdjustmentBroken, Urgency

LEVELS = (Urgency.ROUTINE, Urgency.SOON, Urgency.URGENT)
REFERENCE = load_reference(DEFAULT_MODEL)


def letter(week: int, probability: float, level: Urgency, by_rules: Urgency = Urgency.ROUTINE) -> Judged:
    return Judged(f"2026-{week:02}", {URGENT: probability, AT_LEAST_SOON: min(1.0, probability + 0.1)}, by_rules, level)


# In this school the model is too anxious: what it half believes to be urgent, just above its bar, never is.
ANXIOUS = [
    letter(week, REFERENCE.bars[URGENT] + 0.01 * number, Urgency.ROUTINE)
    for week in range(1, 6)
    for number in range(12)
] + [letter(week, 0.99, Urgency.URGENT) for week in range(1, 6)]


def test_a_model_that_is_too_anxious_here_becomes_calmer() -> None:
    proposal = propose(ANXIOUS, REFERENCE)
    before, after = proposal.here_before.raised_for_nothing, proposal.here_after.raised_for_nothing
    assert before is not None and after is not None and after < before
    assert proposal.here_after.urgent_found == 1.0


def test_a_calmer_school_does_not_cost_the_training_notes_their_recall() -> None:
    """Fifty false alarms say nothing of the grave letters that a school has not had yet."""
    calm = [letter(week, 0.9, Urgency.ROUTINE) for week in range(1, 9) for _ in range(40)]
    proposal = propose(calm, REFERENCE)
    before, after = proposal.training_before, proposal.training_after
    assert before and after and before.urgent_found and after.urgent_found and before.worried_found
    assert before.urgent_found - after.urgent_found <= MOST_RECALL_LOST
    assert before.worried_found - (after.worried_found or 0) <= MOST_RECALL_LOST


def test_the_training_notes_are_compared_too() -> None:
    proposal = propose(ANXIOUS, REFERENCE)
    assert proposal.training_before and proposal.training_after
    assert proposal.training_before.letters == proposal.training_after.letters > 1_000


def test_what_the_rules_raise_stays_raised() -> None:
    anxious = [letter(week, 0.4, Urgency.ROUTINE, by_rules=Urgency.URGENT) for week in range(1, 6) for _ in range(20)]
    assert propose(anxious, REFERENCE).here_after.raised_for_nothing == 1.0


def test_a_slope_at_its_limit_leaves_the_best_offset_beside_it() -> None:
    """What the model is sure of is wrong half of the time: the slope wants to be far below its limit."""
    wrong = [
        letter(week, probability, level)
        for week in range(1, 9)
        for probability in (0.9, 0.99)
        for level in (Urgency.URGENT, Urgency.ROUTINE, Urgency.ROUTINE, Urgency.ROUTINE)
    ] + [letter(week, 0.2, level) for week in range(1, 9) for level in (Urgency.URGENT, Urgency.ROUTINE)]
    line = propose(wrong, Reference(REFERENCE.model, REFERENCE.bars, training=None)).adjustment.urgent
    odds = np.array([np.log(one.probabilities[URGENT] / (1 - one.probabilities[URGENT])) for one in wrong])
    truth = np.array([one.level is Urgency.URGENT for one in wrong])

    def loss(slope: float, offset: float) -> float:
        said = 1 / (1 + np.exp(-(slope * odds + offset)))
        fit = -np.where(truth, np.log(said), np.log(1 - said)).sum()
        return float(fit + 20 * (slope - 1) ** 2 + 5 * offset**2)

    best = min(loss(slope, offset) for slope in np.arange(0.5, 2.01, 0.05) for offset in np.arange(-2, 2.01, 0.05))
    assert loss(line.slope, line.offset) <= best + 0.01


def test_few_letters_move_little() -> None:
    line = propose(ANXIOUS[:2], REFERENCE).adjustment.urgent
    assert abs(line.slope - 1) < 0.1 and abs(line.offset) < 0.2


@settings(deadline=None)
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
    proposal = propose(judged, REFERENCE)
    for line in (proposal.adjustment.urgent, proposal.adjustment.at_least_soon):
        assert 0.5 <= line.slope <= 2.0 and -2.0 <= line.offset <= 2.0
    assert Adjustment.from_json(proposal.adjustment.to_json()) == proposal.adjustment


@pytest.mark.parametrize(
    "kept", ["", "[]", "{}", "[" * 90_000, '{"model": "x", "urgent": [1], "at_least_soon": [1, 0]}']
)
def test_what_is_no_adjustment_is_refused(kept: str) -> None:
    with pytest.raises(AdjustmentBroken):
        Adjustment.from_json(kept)


@pytest.mark.parametrize("line", [[0.1, 0], [1, -9], [math.nan, 0]])
def test_numbers_that_would_make_triage_deaf_are_refused(line: list[float]) -> None:
    with pytest.raises(AdjustmentBroken):
        Adjustment.from_json(json.dumps({"model": "x", "urgent": line, "at_least_soon": [1, 0]}))


NOT_QUITE = "弟弟把我的画撕了,妈妈还说让着他"
HARD_TO_SAY = "放学他们又在后门等我,要我交钱"


def test_an_adjustment_changes_the_level_and_not_the_kept_scores(assessor: Assessor) -> None:
    anxious = Adjustment(identity_of(DEFAULT_MODEL), Line(0.5, 2.0), Line(0.5, 2.0))
    plain, adjusted = assessor.assess(NOT_QUITE), assessor.assess(NOT_QUITE, anxious)
    assert plain.scores == adjusted.scores
    assert plain.urgency is not Urgency.URGENT
    assert adjusted.urgency is Urgency.URGENT


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


def test_the_line_that_changes_nothing_keeps_a_note_that_just_reaches_its_bar() -> None:
    classifier = Classifier.load(DEFAULT_MODEL)
    reading = read(HARD_TO_SAY)
    passages = features.passages(reading.plain, rules.find(reading))
    raw = classifier.read_again(classifier.score(passages), reading.plain, passages)
    reached = float(note_scores(raw, classifier.parameters.window_margin)[HEADS.index(URGENT)]) - 1e-6
    parameters = replace(classifier.parameters, thresholds={**classifier.parameters.thresholds, URGENT: reached})
    assessor = Assessor(replace(classifier, parameters=parameters))
    unchanged = Adjustment(classifier.identity, Line(), Line())
    assert assessor.assess(HARD_TO_SAY).urgency is Urgency.URGENT
    assert assessor.assess(HARD_TO_SAY, unchanged).urgency is Urgency.URGENT

"""From which score each head speaks, and what its scores mean: chosen on held-out scores, never on a model's own notes.

Owns how many alarms can be borne and how much recall is aimed at (docs/decisions/0008).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from triage.classifier import AT_LEAST_SOON, HEADS, URGENT, Parameters

if TYPE_CHECKING:
    from triage.evaluate import Material

Array = npt.NDArray[Any]
URGENT_RECALL = 0.97  # aimed at in choosing the threshold, rules and model together
# Share of the corpus's notes that are not urgent and may be raised, at most: alarms that ring for nothing are not
# answered. Most of these notes are twins of urgent ones, so ordinary mail rings less often.
ALARMS = 0.11
TOPIC_PROBABILITY = 0.4  # from which a topic is said beside the likeliest one
SOON_RECALL = 0.95  # of notes that are soon or urgent, to be labelled at least soon
# A window of a long note must be this much darker than a whole note: it has many windows, and each may look dark once.
WINDOW_MARGIN = 1.5


def choose(material: Material, notes: Array, scores: Array) -> Parameters:
    """Thresholds and calibration from held-out scores: recall first, within the alarms that can be borne."""
    levels, by_rule = material.levels[notes], material.rule_levels[notes]
    bearable = bearable_threshold(scores[:, 0], levels, by_rule, ALARMS)
    thresholds = {
        URGENT: max(bearable, _threshold(scores[:, 0], levels == 2, by_rule == 2, URGENT_RECALL)),
        AT_LEAST_SOON: _threshold(scores[:, 1], levels >= 1, by_rule >= 1, SOON_RECALL),
    }
    calibration: dict[str, tuple[float, float]] = {}
    for index, head in enumerate(HEADS):
        target = material.targets[notes, index]
        calibration[head] = _calibrate(scores[:, index], target)
        if index >= 2:
            thresholds[head] = _speaks_from(TOPIC_PROBABILITY, *calibration[head])
    return Parameters(thresholds, calibration, WINDOW_MARGIN)


def bearable_threshold(scores: Array, levels: Array, by_rule: Array, alarms: float) -> float:
    """The lowest score at which rules and model together raise at most this share of the notes that aren't urgent."""
    harmless = levels < 2
    by_rules_already = int((harmless & (by_rule == 2)).sum())
    left = int(alarms * harmless.sum()) - by_rules_already
    rest = np.sort(scores[harmless & (by_rule < 2)])[::-1]
    if not len(rest):
        return 0.0
    return float(rest[min(max(left, 0), len(rest) - 1)]) + 1e-6


def _threshold(scores: Array, wanted: Array, by_rule: Array, recall: float) -> float:
    """The highest score at which rules and model together find ``recall`` of the wanted notes."""
    found = wanted & by_rule
    missing = int(np.ceil(recall * wanted.sum())) - int(found.sum())
    rest = np.sort(scores[wanted & ~by_rule])[::-1]
    if missing <= 0 or not len(rest):
        return float(rest[0]) + 1.0 if len(rest) else 0.0
    return float(rest[min(missing, len(rest)) - 1]) - 1e-6


def _speaks_from(probability: float, slope: float, offset: float) -> float:
    """The raw score at which a calibrated head reaches a probability; one that learned nothing never speaks."""
    if slope <= 0:
        return 100.0
    return float((np.log(probability / (1 - probability)) - offset) / slope)


def _calibrate(scores: Array, target: Array) -> tuple[float, float]:
    """Platt's two numbers; a head without both answers is simply never probable."""
    if not 0 < target.sum() < len(target):
        return 0.0, -10.0
    model = LogisticRegression(C=100.0).fit(scores.reshape(-1, 1), target)
    return float(model.coef_[0, 0]), float(model.intercept_[0])

"""Grouped cross-validation of the whole: rules, model and thresholds, chosen anew in every fold.

Owns the figures of the card. A family of notes is never on both sides, and no threshold is chosen on the notes it is
measured on. Says nothing of real children's letters: the corpus is invented.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from triage import features, rules
from triage.classifier import AT_LEAST_SOON, HEADS, URGENT, Parameters, note_scores
from triage.corpus import Note
from triage.normalize import read
from triage.protocol import Topic, Urgency

Array = npt.NDArray[Any]
URGENT_RECALL = 0.90  # aimed at in choosing the threshold, rules and model together
ROUTINE_ALARMS = 0.20  # no lower than this: alarms that ring for nothing are soon not answered
SOON_RECALL = 0.95  # of notes that are soon or urgent, to be labelled at least soon
INVERSE_PENALTY = 10.0
WINDOW_MARGIN = 1.5  # so that a line among four happy ones is found about as often as alone, and not more
INNER_FOLDS = 4
OUTER_FOLDS = 5
SEED = 20240901
LEVELS = (Urgency.ROUTINE, Urgency.SOON, Urgency.URGENT)


@dataclass(frozen=True)
class Material:
    """The corpus as numbers. ``rows[i]`` are the rows of note i in ``matrix``, the whole note first."""

    matrix: csr_matrix
    rows: tuple[Array, ...]
    rule_levels: Array
    levels: Array
    targets: Array  # notes × heads, 0 or 1
    families: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Fitted:
    """Weights of all heads, fitted on whole notes only: columns × heads, and one offset a head."""

    weights: Array
    offsets: Array

    def scores(self, material: Material, notes: Array, window_margin: float) -> Array:
        """Raw scores of some notes, by all their passages: len(notes) × heads."""
        wanted = np.concatenate([material.rows[note] for note in notes])
        raw = np.asarray(material.matrix[wanted] @ self.weights + self.offsets, dtype=np.float32)
        cuts = np.cumsum([len(material.rows[note]) for note in notes])[:-1]
        return np.stack([note_scores(of_note, window_margin) for of_note in np.split(raw, cuts)])


def prepare(notes: Sequence[Note]) -> Material:
    """Read every note as the assessor does."""
    passages: list[features.Passage] = []
    rows: list[Array] = []
    rule_levels: list[int] = []
    for note in notes:
        reading = read(note.text)
        findings = rules.find(reading)
        own = features.passages(reading.plain, findings)
        rows.append(np.arange(len(passages), len(passages) + len(own)))
        passages.extend(own)
        rule_levels.append(LEVELS.index(rules.gravest(findings)))
    levels = np.array([LEVELS.index(note.urgency) for note in notes])
    topics = np.array([[topic in note.topics for topic in Topic] for note in notes])
    targets = np.column_stack([levels == 2, levels >= 1, topics]).astype(np.int8)
    families = tuple(note.family for note in notes)
    return Material(features.matrix(passages), tuple(rows), np.array(rule_levels), levels, targets, families)


def fit(material: Material, notes: Array) -> Fitted:
    """Fit all heads on some notes. A topic with no note, or with nothing else, is a head that never speaks."""
    whole = material.matrix[[material.rows[note][0] for note in notes]]
    weights = np.zeros((features.COLUMNS, len(HEADS)), dtype=np.float32)
    offsets = np.full(len(HEADS), -10.0, dtype=np.float32)
    for head in range(len(HEADS)):
        target = material.targets[notes, head]
        if 0 < target.sum() < len(target):
            model = LogisticRegression(
                C=INVERSE_PENALTY, class_weight="balanced", solver="liblinear", random_state=SEED
            ).fit(whole, target)
            weights[:, head], offsets[head] = model.coef_[0], model.intercept_[0]
    return Fitted(weights, offsets)


def out_of_fold(material: Material, notes: Array, count: int, window_margin: float) -> Array:
    """Scores of each note by a model that saw no note of its family: len(notes) × heads."""
    scores = np.zeros((len(notes), len(HEADS)), dtype=np.float32)
    for learn, held in folds(material, notes, count):
        scores[held] = fit(material, notes[learn]).scores(material, notes[held], window_margin)
    return scores


def folds(material: Material, notes: Array, count: int) -> list[tuple[Array, Array]]:
    """Cut some notes into learning and held-out places, by family: (places to learn from, places held out)."""
    splitter = StratifiedGroupKFold(count, shuffle=True, random_state=SEED)
    families = [material.families[note] for note in notes]
    return list(splitter.split(np.zeros(len(notes)), material.levels[notes], families))


def choose(material: Material, notes: Array, scores: Array, window_margin: float) -> Parameters:
    """Thresholds and calibration from out-of-fold scores: recall first, with the rules' share already counted."""
    levels, by_rule = material.levels[notes], material.rule_levels[notes]
    bearable = float(np.quantile(scores[levels == 0, 0], 1 - ROUTINE_ALARMS))
    thresholds = {
        URGENT: max(bearable, _threshold(scores[:, 0], levels == 2, by_rule == 2, URGENT_RECALL)),
        AT_LEAST_SOON: _threshold(scores[:, 1], levels >= 1, by_rule >= 1, SOON_RECALL),
    }
    calibration: dict[str, tuple[float, float]] = {}
    for index, head in enumerate(HEADS):
        target = material.targets[notes, index]
        calibration[head] = _calibrate(scores[:, index], target)
        if index >= 2:
            thresholds[head] = _best_f1(scores[:, index], target)
    return Parameters(thresholds, calibration, window_margin)


def _threshold(scores: Array, wanted: Array, by_rule: Array, recall: float) -> float:
    """The highest score at which rules and model together find ``recall`` of the wanted notes."""
    found = wanted & by_rule
    missing = int(np.ceil(recall * wanted.sum())) - int(found.sum())
    rest = np.sort(scores[wanted & ~by_rule])[::-1]
    if missing <= 0 or not len(rest):
        return float(rest[0]) + 1.0 if len(rest) else 0.0
    return float(rest[min(missing, len(rest)) - 1]) - 1e-6


def _best_f1(scores: Array, target: Array) -> float:
    if not target.any():
        return 100.0
    order = np.argsort(-scores)
    hits = np.cumsum(target[order])
    f1 = 2 * hits / (np.arange(1, len(scores) + 1) + target.sum())
    return float(scores[order[int(np.argmax(f1))]]) - 1e-6


def _calibrate(scores: Array, target: Array) -> tuple[float, float]:
    """Platt's two numbers; a head without both answers is simply never probable."""
    if not 0 < target.sum() < len(target):
        return 0.0, -10.0
    model = LogisticRegression(C=100.0).fit(scores.reshape(-1, 1), target)
    return float(model.coef_[0, 0]), float(model.intercept_[0])


def decide(by_rule: Array, scores: Array, parameters: Parameters) -> Array:
    """Levels 0..2: the higher of what the rules and the model say."""
    urgent = scores[:, 0] >= parameters.thresholds[URGENT]
    soon = scores[:, 1] >= parameters.thresholds[AT_LEAST_SOON]
    return np.maximum(by_rule, np.where(urgent, 2, np.where(soon, 1, 0)))


@dataclass(frozen=True)
class Outcome:
    """What cross-validation said of every note, in the order of the material."""

    decided: Array
    by_rule: Array
    by_model: Array
    levels: Array
    topics_said: Array
    topics_true: Array
    probabilities: Array  # calibrated, of urgent


Probe = Callable[[Fitted, Parameters, Array], None]


def cross_validate(material: Material, probe: Probe | None = None, window_margin: float = WINDOW_MARGIN) -> Outcome:
    """Five outer folds; in each, thresholds are chosen by four inner folds of the rest.

    ``probe`` is shown what was fitted in each fold and the notes held out of it, to measure something more.
    """
    everyone = np.arange(len(material))
    decided, by_model = np.zeros(len(material), dtype=int), np.zeros(len(material), dtype=int)
    topics = np.zeros((len(material), len(Topic)), dtype=bool)
    probabilities = np.zeros(len(material))
    for learn, held in folds(material, everyone, OUTER_FOLDS):
        inner = out_of_fold(material, learn, INNER_FOLDS, window_margin)
        parameters = choose(material, learn, inner, window_margin)
        fitted = fit(material, learn)
        if probe:
            probe(fitted, parameters, held)
        scores = fitted.scores(material, held, window_margin)
        decided[held] = decide(material.rule_levels[held], scores, parameters)
        by_model[held] = decide(np.zeros(len(held), dtype=int), scores, parameters)
        topics[held] = scores[:, 2:] >= [parameters.thresholds[topic.value] for topic in Topic]
        slope, offset = parameters.calibration[URGENT]
        probabilities[held] = 1 / (1 + np.exp(-(slope * scores[:, 0] + offset)))
    truth = material.targets[:, 2:].astype(bool)
    return Outcome(decided, material.rule_levels, by_model, material.levels, topics, truth, probabilities)

"""Grouped cross-validation of the whole: rules, model and thresholds, chosen anew in every fold.

Owns the figures of the card. A family of notes is never on both sides; the thresholds of a fold are chosen on the
held-out scores of the other folds, so none is measured on a note that it was chosen on. Says nothing of real
children's letters: the corpus is invented.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed
from scipy.sparse import csr_matrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from triage import features, rules
from triage.classifier import (
    AT_LEAST_SOON,
    HEADS,
    KINDS,
    URGENT,
    Parameters,
    Weights,
    note_scores,
    topics_said,
    urgency_scores,
)
from triage.corpus import Note
from triage.hashing import Rows
from triage.normalize import read
from triage.protocol import LEVELS, Topic
from triage.thresholds import WINDOW_MARGIN, choose

Array = npt.NDArray[Any]
KIND_INVERSE_PENALTY = 8.0
TOPIC_INVERSE_PENALTY = 3.0
MOST_STEPS = 50  # of the optimiser; held-out figures no longer change after about forty
OUTER_FOLDS = 5
_FEW = 2_000  # notes that are fitted before another process has begun
_PROCESSES = 2  # each holds the corpus once more, about half a gigabyte
_NEVER = -20.0  # offset of what no note has taught
SEED = 20240901


@dataclass(frozen=True)
class Material:
    """The corpus as numbers. ``rows[i]`` are the rows of note i in ``matrix``, the whole note first."""

    matrix: csr_matrix
    rows: tuple[Array, ...]
    rule_levels: Array
    levels: Array
    kinds: Array  # places in classifier.KINDS
    targets: Array  # notes × heads, 0 or 1
    families: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class Fitted:
    """What was fitted on whole notes, as it is saved; and the scores it gives."""

    weights: Weights

    def scores(self, material: Material, notes: Array) -> Array:
        """Raw scores of some notes, by all their passages: len(notes) × heads."""
        wanted = np.concatenate([material.rows[note] for note in notes])
        rows = weighed(material.matrix[wanted], self.weights.worth)
        kinds = rows @ self.weights.kinds + self.weights.kind_offsets
        topics = rows @ self.weights.topics.astype(np.float32) + self.weights.topic_offsets
        raw = np.column_stack([urgency_scores(np.asarray(kinds)), topics]).astype(np.float32)
        cuts = np.cumsum([len(material.rows[note]) for note in notes])[:-1]
        return np.stack([note_scores(of_note, WINDOW_MARGIN) for of_note in np.split(raw, cuts)])


def weighed(matrix: csr_matrix, worth: Array) -> csr_matrix:
    """The same rows with each column's worth, as the classifier weighs them."""
    rows = Rows(matrix.indptr, matrix.indices, matrix.data)
    return csr_matrix((features.weigh(rows, worth), matrix.indices, matrix.indptr), shape=matrix.shape)


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
    kinds = np.array([KINDS.index(note.rule if note.rule in KINDS[:7] else note.urgency.value) for note in notes])
    return Material(features.matrix(passages), tuple(rows), np.array(rule_levels), levels, kinds, targets, families)


def fit(material: Material, notes: Array, *, with_topics: bool = True) -> Fitted:
    """Fit kinds and topics on some notes. A kind or topic with no note, or with nothing else, never speaks."""
    whole = material.matrix[[material.rows[note][0] for note in notes]]
    worth = features.rarity(np.bincount(whole.indices, minlength=features.COLUMNS), len(notes))
    whole = weighed(whole, worth)
    whole.eliminate_zeros()
    # Most columns are empty; fitting only the others is several times faster.
    used = np.unique(whole.indices)
    narrow = whole[:, used]
    kinds = np.zeros((features.COLUMNS, len(KINDS)), dtype=np.float32)
    kind_offsets = np.full(len(KINDS), _NEVER, dtype=np.float32)
    present = np.unique(material.kinds[notes])
    if len(present) > 1:
        model = LogisticRegression(C=KIND_INVERSE_PENALTY, max_iter=MOST_STEPS, tol=1e-3)
        with warnings.catch_warnings():
            # Stopping early is meant: it regularises, and every step costs a pass over the corpus.
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(narrow, material.kinds[notes])
        # Two kinds alone have one line between them.
        lines = model.coef_ if len(present) > 2 else np.vstack([-model.coef_ / 2, model.coef_ / 2])
        points = model.intercept_ if len(present) > 2 else np.array([-1, 1]) * model.intercept_ / 2
        kinds[np.ix_(used, present)] = lines.T
        kind_offsets[present] = points
    topics = np.zeros((features.COLUMNS, len(Topic)), dtype=np.float32)
    topic_offsets = np.full(len(Topic), _NEVER, dtype=np.float32)
    for place in range(len(Topic)) if with_topics else ():
        target = material.targets[notes, place + 2]
        if 0 < target.sum() < len(target):
            single = LogisticRegression(
                C=TOPIC_INVERSE_PENALTY, class_weight="balanced", solver="liblinear", tol=1e-3, random_state=SEED
            ).fit(narrow, target)
            topics[used, place], topic_offsets[place] = single.coef_[0], single.intercept_[0]
    return Fitted(Weights(worth, kinds, topics, kind_offsets, topic_offsets))


@dataclass(frozen=True)
class Held:
    """Scores of every note by a model that saw no note of its family, and which fold held it out."""

    scores: Array  # notes × heads
    fold: Array
    fitted: tuple[Fitted, ...]


def hold_out(material: Material, share: float = 1.0, *, with_topics: bool = True) -> Held:
    """Five folds; each is scored by a model fitted on the others, or on a share of the others' families."""
    everyone = np.arange(len(material))
    scores = np.zeros((len(material), len(HEADS)), dtype=np.float32)
    fold = np.zeros(len(material), dtype=int)
    cut = folds(material, everyone, OUTER_FOLDS)
    # Each fold is fitted in a process of its own; what comes out does not depend on how many there are.
    outcomes = Parallel(n_jobs=_PROCESSES if len(material) > _FEW else 1)(
        delayed(_fit_and_score)(
            material, learn if share >= 1 else _of_families(material, learn, share), held, with_topics
        )
        for learn, held in cut
    )
    for number, ((_, held), (_, scored)) in enumerate(zip(cut, outcomes, strict=True)):
        scores[held], fold[held] = scored, number
    return Held(scores, fold, tuple(fitted for fitted, _ in outcomes))


def _fit_and_score(material: Material, learn: Array, held: Array, with_topics: bool) -> tuple[Fitted, Array]:
    fitted = fit(material, learn, with_topics=with_topics)
    return fitted, fitted.scores(material, held)


def _of_families(material: Material, notes: Array, share: float) -> Array:
    names = sorted({material.families[note] for note in notes})
    chosen = np.random.default_rng(SEED).permutation(len(names))[: max(2, round(len(names) * share))]
    kept = {names[place] for place in chosen}
    return np.array([note for note in notes if material.families[note] in kept])


def folds(material: Material, notes: Array, count: int) -> list[tuple[Array, Array]]:
    """Cut some notes into learning and held-out places, by family: (places to learn from, places held out)."""
    splitter = StratifiedGroupKFold(count, shuffle=True, random_state=SEED)
    families = [material.families[note] for note in notes]
    return list(splitter.split(np.zeros(len(notes)), material.levels[notes], families))


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
    both_probabilities: Array  # notes × 2, calibrated: of urgent, of at least soon

    @property
    def probabilities(self) -> Array:
        """Calibrated, of urgent."""
        return self.both_probabilities[:, 0]


Probe = Callable[[Fitted, Parameters, Array], None]


def cross_validate(material: Material, probe: Probe | None = None, held: Held | None = None) -> Outcome:
    """What is said of every note by a model and by thresholds that never saw its family's labels.

    ``probe`` is shown what was fitted for each fold and the notes held out of it, to measure something more.
    """
    held = held or hold_out(material)
    decided, by_model = np.zeros(len(material), dtype=int), np.zeros(len(material), dtype=int)
    topics = np.zeros((len(material), len(Topic)), dtype=bool)
    probabilities = np.zeros((len(material), 2))
    for number, fitted in enumerate(held.fitted):
        others, own = np.flatnonzero(held.fold != number), np.flatnonzero(held.fold == number)
        parameters = choose(material, others, held.scores[others])
        if probe:
            probe(fitted, parameters, own)
        scores = held.scores[own]
        decided[own] = decide(material.rule_levels[own], scores, parameters)
        by_model[own] = decide(np.zeros(len(own), dtype=int), scores, parameters)
        topics[own] = topics_said(scores, parameters)
        for at, head in enumerate((URGENT, AT_LEAST_SOON)):
            slope, offset = parameters.calibration[head]
            probabilities[own, at] = 1 / (1 + np.exp(-np.clip(slope * scores[:, at] + offset, -30, 30)))
    truth = material.targets[:, 2:].astype(bool)
    return Outcome(decided, material.rule_levels, by_model, material.levels, topics, truth, probabilities)

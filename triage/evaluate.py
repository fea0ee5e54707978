"""Grouped cross-validation of the whole: rules, model and thresholds, chosen anew in every fold.

Owns the figures of the card. A family of notes is never on both sides; the thresholds of a fold are chosen on the
held-out scores of the other folds, so none is measured on a note that it was chosen on. Says nothing of real
children's letters: the corpus is invented.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
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
    URGENT,
    Parameters,
    Weights,
    note_scores,
    read_again,
    topics_said,
)
from triage.corpus import Note
from triage.hashing import Rows
from triage.kinds import KINDS, urgency_scores
from triage.network import Network
from triage.normalize import read
from triage.protocol import LEVELS, Topic, Urgency
from triage.thresholds import WINDOW_MARGIN, choose

Array = npt.NDArray[Any]
KIND_INVERSE_PENALTY = 8.0
TOPIC_INVERSE_PENALTY = 3.0
MOST_STEPS = 50  # of the optimiser; held-out figures no longer change after about forty
OUTER_FOLDS = 5
PARTS = 3  # of the corpus; a network learns from two, and the third measures it
_FEW = 2_000  # notes that are fitted before another process has begun
_PROCESSES = 2  # each holds the corpus once more, about half a gigabyte
_NEVER = -20.0  # offset of what no note has taught
SEED = 20240901


@dataclass(frozen=True)
class Material:
    """The corpus as numbers. ``rows[i]`` are the rows of note i in ``matrix``, the whole note first; ``spans[i]`` the
    places of the same passages in ``plains[i]``."""

    matrix: csr_matrix
    rows: tuple[Array, ...]
    plains: tuple[str, ...]
    spans: tuple[tuple[tuple[int, int], ...], ...]
    rule_levels: Array
    levels: Array
    kinds: Array  # places in classifier.KINDS
    targets: Array  # notes × heads, 0 or 1
    families: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.rows)

    def part(self, notes: Array) -> Material:
        """The same of some notes, in their order."""
        firsts = np.cumsum([0, *(len(self.rows[note]) for note in notes)])
        return Material(
            self.matrix[np.concatenate([self.rows[note] for note in notes])],
            tuple(np.arange(start, end) for start, end in pairwise(firsts)),
            tuple(self.plains[note] for note in notes),
            tuple(self.spans[note] for note in notes),
            self.rule_levels[notes],
            self.levels[notes],
            self.kinds[notes],
            self.targets[notes],
            tuple(self.families[note] for note in notes),
        )


@dataclass(frozen=True)
class Fitted:
    """What was fitted on whole notes, as it is saved; and the scores it gives, with a network if there is one."""

    weights: Weights
    network: Network | None = None

    def scores(self, material: Material, notes: Array) -> Array:
        """Raw scores of some notes, by all their passages: len(notes) × heads."""
        wanted = np.concatenate([material.rows[note] for note in notes])
        rows = weighed(material.matrix[wanted], self.weights.worth)
        kinds = rows @ self.weights.kinds + self.weights.kind_offsets
        topics = rows @ self.weights.topics.astype(np.float32) + self.weights.topic_offsets
        raw = np.column_stack([urgency_scores(np.asarray(kinds)), topics]).astype(np.float32)
        cuts = np.cumsum([len(material.rows[note]) for note in notes])[:-1]
        answer = []
        for note, linear in zip(notes, np.split(raw, cuts), strict=True):
            plain, spans = material.plains[note], material.spans[note]
            again = read_again(linear, plain, spans, self.network, WINDOW_MARGIN)
            answer.append(note_scores(again, WINDOW_MARGIN))
        return np.stack(answer)


def weighed(matrix: csr_matrix, worth: Array) -> csr_matrix:
    """The same rows with each column's worth, as the classifier weighs them."""
    rows = Rows(matrix.indptr, matrix.indices, matrix.data)
    return csr_matrix((features.weigh(rows, worth), matrix.indices, matrix.indptr), shape=matrix.shape)


def prepare(notes: Sequence[Note]) -> Material:
    """Read every note as the assessor does."""
    passages: list[features.Passage] = []
    rows: list[Array] = []
    rule_levels: list[int] = []
    plains: list[str] = []
    spans: list[tuple[tuple[int, int], ...]] = []
    for note in notes:
        reading = read(note.text)
        findings = rules.find(reading)
        own = features.passages(reading.plain, findings)
        rows.append(np.arange(len(passages), len(passages) + len(own)))
        passages.extend(own)
        plains.append(reading.plain)
        spans.append(tuple((passage.start, passage.end) for passage in own))
        rule_levels.append(LEVELS.index(rules.gravest(findings)))
    levels = np.array([LEVELS.index(note.urgency) for note in notes])
    topics = np.array([[topic in note.topics for topic in Topic] for note in notes])
    targets = np.column_stack([levels == 2, levels >= 1, topics]).astype(np.int8)
    families = tuple(note.family for note in notes)
    kinds = np.array([kind_of(note) for note in notes])
    return Material(
        features.matrix(passages),
        tuple(rows),
        tuple(plains),
        tuple(spans),
        np.array(rule_levels),
        levels,
        kinds,
        targets,
        families,
    )


def fit(material: Material, notes: Array, *, with_topics: bool = True) -> Fitted:
    """Fit the linear model on some notes. A kind or topic with no note, or with nothing else, never speaks."""
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
    """Scores of every note by a model that saw no note of its family, and which fold it belongs to."""

    scores: Array  # notes × heads
    fold: Array
    fitted: tuple[Fitted, ...]


def hold_out(material: Material, share: float = 1.0, *, with_topics: bool = True) -> Held:
    """Five folds; each is scored by a linear model fitted on the others, or on a share of the others' families."""
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


def hold_out_third(material: Material, network: Network) -> tuple[Array, Held]:
    """A network and a linear model that learned from the same two thirds of the families, on the last third.

    Returns the notes of that third, and their scores; its folds share both models, and differ in what chose thresholds.
    """
    learn, third = learned_and_held(material.levels, material.families)
    fitted = replace(fit(material, learn), network=network)
    fold = np.zeros(len(third), dtype=int)
    for number, (_, own) in enumerate(folds(material, third, OUTER_FOLDS)):
        fold[own] = number
    return third, Held(fitted.scores(material, third), fold, (fitted,) * OUTER_FOLDS)


def learned_and_held(levels: Sequence[int] | Array, families: Sequence[str]) -> tuple[Array, Array]:
    """The notes that a network learns from, and those that it never sees."""
    return _cut(levels, families, PARTS)[0]


def _of_families(material: Material, notes: Array, share: float) -> Array:
    names = sorted({material.families[note] for note in notes})
    chosen = np.random.default_rng(SEED).permutation(len(names))[: max(2, round(len(names) * share))]
    kept = {names[place] for place in chosen}
    return np.array([note for note in notes if material.families[note] in kept])


def folds(material: Material, notes: Array, count: int) -> list[tuple[Array, Array]]:
    """Cut some notes into learning and held-out places, by family: (places to learn from, places held out)."""
    return _cut(material.levels[notes], [material.families[note] for note in notes], count)


def _cut(levels: Sequence[int] | Array, families: Sequence[str], count: int) -> list[tuple[Array, Array]]:
    splitter = StratifiedGroupKFold(count, shuffle=True, random_state=SEED)
    return list(splitter.split(np.zeros(len(families)), np.asarray(levels), families))


def kind_of(note: Note) -> int:
    """The place in ``KINDS`` of what a note teaches."""
    return KINDS.index(note.rule if note.urgency is Urgency.URGENT else note.urgency.value)


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

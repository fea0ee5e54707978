"""A model's levels fitted to one school: two numbers a level, from letters whose level its counselors judged.

Owns the fit, its limits and the comparison of before and after. Nothing here is word-shaped: it sees probabilities
and levels only, so that no model remembers a letter whose key is gone. Pure: keeps nothing, opens nothing.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from triage.classifier import AT_LEAST_SOON, HELD_OUT, URGENT, Parameters, checked_file, identity_of
from triage.protocol import AdjustmentBroken, Urgency

LEVELS = (Urgency.ROUTINE, Urgency.SOON, Urgency.URGENT)
HEADS = (URGENT, AT_LEAST_SOON)
FEWEST_CORRECTIONS = 50
FEWEST_WEEKS = 4
# How firmly a level stays as it was trained: about this many letters of the school weigh as much as the training.
_PRIOR_SLOPE, _PRIOR_OFFSET = 40.0, 10.0
_SLOPES, _OFFSETS = (0.5, 2.0), (-2.0, 2.0)
_STEPS = 40
_FURTHEST = 12.0  # log-odds
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Line:
    """Log-odds in, log-odds out: ``slope * x + offset``. The line (1, 0) changes nothing."""

    slope: float = 1.0
    offset: float = 0.0

    def of(self, probability: Numbers) -> Numbers:
        moved: Numbers = self.slope * _log_odds(probability) + self.offset
        return moved


@dataclass(frozen=True)
class Adjustment:
    """The lines of both levels, for the model of this identity and for no other."""

    model: str
    urgent: Line
    at_least_soon: Line

    def line(self, head: str) -> Line:
        return self.urgent if head == URGENT else self.at_least_soon

    def probabilities(self, calibrated: Mapping[str, float]) -> dict[str, float]:
        """The probabilities of both levels as this school's letters suggest them."""
        moved = {head: self.line(head).of(np.array(calibrated[head])) for head in HEADS}
        return {head: float(1 / (1 + np.exp(-np.clip(value, -30, 30)))) for head, value in moved.items()}

    def to_json(self) -> str:
        lines = {head: [self.line(head).slope, self.line(head).offset] for head in HEADS}
        return json.dumps({"model": self.model, **lines}, sort_keys=True)

    @classmethod
    def from_json(cls, kept: str) -> Adjustment:
        """Read back what ``to_json`` wrote. Raises AdjustmentBroken, also for numbers beyond the limits."""
        try:
            fields = json.loads(kept)
            lines = [Line(float(fields[head][0]), float(fields[head][1])) for head in HEADS]
            model = str(fields["model"])
        except (KeyError, IndexError, TypeError, ValueError) as broken:
            raise AdjustmentBroken("not an adjustment") from broken
        for line in lines:
            if not (_SLOPES[0] <= line.slope <= _SLOPES[1] and _OFFSETS[0] <= line.offset <= _OFFSETS[1]):
                raise AdjustmentBroken("beyond its limits")
        return cls(model, *lines)


@dataclass(frozen=True)
class Judged:
    """One letter: what the unadjusted model and the rules said of it, and the level a person left it at."""

    week: str
    probabilities: Mapping[str, float]
    by_rules: Urgency
    level: Urgency


@dataclass(frozen=True)
class Effect:
    """What one way of deciding does to some letters. Shares of 1; None where there is nothing to share."""

    letters: int
    urgent_found: float | None
    raised_for_nothing: float | None
    worried_found: float | None  # urgent and soon letters that are called at least soon
    routine_raised: float | None  # routine letters that are called at least soon


@dataclass(frozen=True)
class Proposal:
    """An adjustment, and what it changes: here on weeks it was not fitted on, and on the notes the model came from."""

    adjustment: Adjustment
    here_before: Effect
    here_after: Effect
    training_before: Effect | None
    training_after: Effect | None


@dataclass(frozen=True)
class _Letters:
    """The same letters as arrays: n × 2 probabilities, n levels of the rules, n levels of people."""

    probabilities: Numbers
    by_rules: npt.NDArray[np.int64]
    levels: npt.NDArray[np.int64]


def propose(judged: Sequence[Judged], model_dir: Path) -> Proposal:
    """Fit both levels to the judged letters of one school, and compare. Raises ModelMissing, ValueError for none."""
    if not judged:
        raise ValueError("no letters")
    parameters, identity = Parameters.load(model_dir), identity_of(model_dir)
    bars = {head: parameters.probability(head, parameters.thresholds[head]) for head in HEADS}
    here, unchanged = _arrays(judged), Adjustment(identity, Line(), Line())
    adjustment = _fit(here, identity)
    weeks = np.array([one.week for one in judged])
    after = np.zeros(len(judged), dtype=np.int64)
    for week in sorted(set(weeks)):
        own = weeks == week
        # Each week is decided by what the other weeks teach, or the comparison would flatter.
        others = _part(here, ~own)
        after[own] = _decide(_part(here, own), _fit(others, identity) if (~own).any() else unchanged, bars)
    training = _held_out(model_dir)
    return Proposal(
        adjustment,
        _effect(_decide(here, unchanged, bars), here.levels),
        _effect(after, here.levels),
        _effect(_decide(training, unchanged, bars), training.levels) if training else None,
        _effect(_decide(training, adjustment, bars), training.levels) if training else None,
    )


def save_held_out(
    model_dir: Path,
    probabilities: npt.NDArray[np.float64],
    by_rules: npt.NDArray[np.int64],
    levels: npt.NDArray[np.int64],
) -> None:
    """Write what cross-validation said of the training notes: n × 2 probabilities and n levels, no id and no word."""
    np.savez_compressed(
        model_dir / HELD_OUT,
        probabilities=probabilities.astype(np.float16),
        by_rules=by_rules.astype(np.int8),
        levels=levels.astype(np.int8),
    )


def _held_out(model_dir: Path) -> _Letters | None:
    if not (model_dir / HELD_OUT).exists():
        return None
    with np.load(io.BytesIO(checked_file(model_dir, HELD_OUT)), allow_pickle=False) as kept:
        return _Letters(
            kept["probabilities"].astype(np.float64),
            kept["by_rules"].astype(np.int64),
            kept["levels"].astype(np.int64),
        )


def _arrays(judged: Sequence[Judged]) -> _Letters:
    return _Letters(
        np.array([[one.probabilities[head] for head in HEADS] for one in judged]),
        np.array([LEVELS.index(one.by_rules) for one in judged]),
        np.array([LEVELS.index(one.level) for one in judged]),
    )


def _part(letters: _Letters, chosen: npt.NDArray[np.bool_]) -> _Letters:
    return _Letters(letters.probabilities[chosen], letters.by_rules[chosen], letters.levels[chosen])


def _fit(letters: _Letters, identity: str) -> Adjustment:
    return Adjustment(
        identity,
        _fit_line(_log_odds(letters.probabilities[:, 0]), letters.levels == 2),
        _fit_line(_log_odds(letters.probabilities[:, 1]), letters.levels >= 1),
    )


def _fit_line(log_odds: Numbers, truth: npt.NDArray[np.bool_]) -> Line:
    """Logistic regression with two numbers, held near (1, 0) by a prior; Newton's method, then cut to the limits."""
    prior, firmness = np.array([1.0, 0.0]), np.array([_PRIOR_SLOPE, _PRIOR_OFFSET])
    seen = np.column_stack([log_odds, np.ones_like(log_odds)])
    line = prior.copy()
    for _ in range(_STEPS):
        said = 1 / (1 + np.exp(-np.clip(seen @ line, -30, 30)))
        slope_of_loss = seen.T @ (said - truth) + firmness * (line - prior)
        curve = (seen * (said * (1 - said))[:, None]).T @ seen + np.diag(firmness)
        line = line - np.linalg.solve(curve, slope_of_loss)
        line = np.clip(line, [_SLOPES[0], _OFFSETS[0]], [_SLOPES[1], _OFFSETS[1]])
    return Line(round(float(line[0]), 4), round(float(line[1]), 4))


def _decide(letters: _Letters, adjustment: Adjustment, bars: Mapping[str, float]) -> npt.NDArray[np.int64]:
    """Levels 0..2: the higher of what the rules say and what the adjusted model says."""
    speaks = [
        adjustment.line(head).of(letters.probabilities[:, at]) >= _log_odds(np.array(bars[head]))
        for at, head in enumerate(HEADS)
    ]
    return np.maximum(letters.by_rules, np.where(speaks[0], 2, np.where(speaks[1], 1, 0)))


def _effect(said: npt.NDArray[np.int64], truth: npt.NDArray[np.int64]) -> Effect:
    return Effect(
        len(said),
        _share(said[truth == 2] == 2),
        _share(said[truth < 2] == 2),
        _share(said[truth >= 1] >= 1),
        _share(said[truth == 0] >= 1),
    )


def _share(found: npt.NDArray[np.bool_]) -> float | None:
    return float(found.mean()) if len(found) else None


def _log_odds(probability: Numbers) -> Numbers:
    held = np.clip(probability, 1e-6, 1 - 1e-6)
    return np.clip(np.log(held / (1 - held)), -_FURTHEST, _FURTHEST)

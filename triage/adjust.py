"""A model's levels fitted to one school: two numbers a level, from letters whose level its counselors judged.

Owns the fit, its limits and the comparison of before and after. Nothing here is word-shaped: it sees probabilities
and levels only, so that no model remembers a letter whose key is gone. Pure: keeps nothing, opens nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from triage.classifier import AT_LEAST_SOON, URGENT
from triage.protocol import LEVELS, AdjustmentBroken, Urgency

LEVEL_HEADS = (URGENT, AT_LEAST_SOON)
FEWEST_CORRECTIONS = 50
FEWEST_WEEKS = 4
# How firmly a level stays as it was trained. One letter weighs a quarter at most, so dozens are needed to move it.
_PRIOR_SLOPE, _PRIOR_OFFSET = 40.0, 10.0
_SLOPES, _OFFSETS = (0.5, 2.0), (-2.0, 2.0)
_STEPS = 40
# A school may become calmer only as far as the notes that the model came from allow: recall comes first.
MOST_RECALL_LOST = 0.05
_TENTHS = 10
_FURTHEST = 12.0  # log-odds
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Line:
    """Log-odds in, log-odds out: ``slope * x + offset``. The line (1, 0) changes nothing."""

    slope: float = 1.0
    offset: float = 0.0

    def of(self, probability: Numbers) -> Numbers:
        """The moved log-odds of some probabilities in 0..1."""
        moved: Numbers = self.slope * _log_odds(probability) + self.offset
        return moved


@dataclass(frozen=True)
class Adjustment:
    """The lines of both levels, for the model of this identity and for no other."""

    model: str
    urgent: Line
    at_least_soon: Line

    def line(self, head: str) -> Line:
        """The line of one of ``LEVEL_HEADS``."""
        return self.urgent if head == URGENT else self.at_least_soon

    def probabilities(self, calibrated: Mapping[str, float]) -> dict[str, float]:
        """The probabilities of both levels as this school's letters suggest them."""
        moved = {head: self.line(head).of(np.array(calibrated[head])) for head in LEVEL_HEADS}
        return {head: float(1 / (1 + np.exp(-np.clip(value, -30, 30)))) for head, value in moved.items()}

    def to_json(self) -> str:
        """The numbers as text of less than 400 characters, the same for the same numbers."""
        lines = {head: [self.line(head).slope, self.line(head).offset] for head in LEVEL_HEADS}
        return json.dumps({"model": self.model, **lines}, sort_keys=True)

    @classmethod
    def from_json(cls, kept: str) -> Adjustment:
        """Read back what ``to_json`` wrote. Raises AdjustmentBroken, also for numbers beyond the limits."""
        try:
            fields = json.loads(kept)
            lines = [Line(float(fields[head][0]), float(fields[head][1])) for head in LEVEL_HEADS]
            model = str(fields["model"])
        except (KeyError, IndexError, TypeError, ValueError, OverflowError, RecursionError) as broken:
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
class Letters:
    """Letters as arrays: n × 2 probabilities, n levels of the rules, n levels of people; levels are 0 to 2."""

    probabilities: Numbers
    by_rules: npt.NDArray[np.int64]
    levels: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Reference:
    """The model an adjustment is for: its identity, the probability from which each level speaks, its own notes."""

    model: str
    bars: Mapping[str, float]
    training: Letters | None


def propose(judged: Sequence[Judged], reference: Reference) -> Proposal:
    """Fit both levels to the judged letters of one school, and compare with the levels as they came.

    Raises ValueError for no letters. The order of the letters changes nothing.
    """
    if not judged:
        raise ValueError("no letters")
    judged = sorted(judged, key=lambda one: (one.week, sorted(one.probabilities.items()), one.by_rules, one.level))
    here, unchanged = _arrays(judged), Adjustment(reference.model, Line(), Line())
    adjustment = _fit(here, reference)
    weeks = np.array([one.week for one in judged])
    after = np.zeros(len(judged), dtype=np.int64)
    for week in sorted(set(weeks)):
        own = weeks == week
        # Each week is decided by what the other weeks teach, or the comparison would flatter.
        of_others = _fit(_part(here, ~own), reference) if (~own).any() else unchanged
        after[own] = _decide(_part(here, own), of_others, reference.bars)
    training = reference.training
    return Proposal(
        adjustment,
        _effect(_decide(here, unchanged, reference.bars), here.levels),
        _effect(after, here.levels),
        _effect(_decide(training, unchanged, reference.bars), training.levels) if training else None,
        _effect(_decide(training, adjustment, reference.bars), training.levels) if training else None,
    )


def _arrays(judged: Sequence[Judged]) -> Letters:
    return Letters(
        np.array([[one.probabilities[head] for head in LEVEL_HEADS] for one in judged]),
        np.array([LEVELS.index(one.by_rules) for one in judged]),
        np.array([LEVELS.index(one.level) for one in judged]),
    )


def _part(letters: Letters, chosen: npt.NDArray[np.bool_]) -> Letters:
    return Letters(letters.probabilities[chosen], letters.by_rules[chosen], letters.levels[chosen])


def _fit(letters: Letters, reference: Reference) -> Adjustment:
    """What the letters suggest, or as much of it as leaves the training notes their recall."""
    urgent = _fit_line(_log_odds(letters.probabilities[:, 0]), letters.levels == 2)
    soon = _fit_line(_log_odds(letters.probabilities[:, 1]), letters.levels >= 1)
    unchanged = Adjustment(reference.model, Line(), Line())
    if reference.training is None:
        return Adjustment(reference.model, urgent, soon)
    before = _recalls(reference.training, unchanged, reference.bars)
    for tenths in range(_TENTHS, 0, -1):
        part = Adjustment(reference.model, _part_of(urgent, tenths), _part_of(soon, tenths))
        after = _recalls(reference.training, part, reference.bars)
        if all(now >= was - MOST_RECALL_LOST for now, was in zip(after, before, strict=True)):
            return part
    return unchanged


def _part_of(line: Line, tenths: int) -> Line:
    share = tenths / _TENTHS
    return Line(round(1 + share * (line.slope - 1), 4), round(share * line.offset, 4))


def _recalls(letters: Letters, adjustment: Adjustment, bars: Mapping[str, float]) -> tuple[float, float]:
    """Of the urgent letters those called urgent, and of the urgent and soon ones those called at least soon."""
    effect = _effect(_decide(letters, adjustment, bars), letters.levels)
    return effect.urgent_found or 0.0, effect.worried_found or 0.0


def _fit_line(log_odds: Numbers, truth: npt.NDArray[np.bool_]) -> Line:
    """Logistic regression with two numbers, held near (1, 0) by a prior and within limits: projected Newton steps."""
    prior, firmness = np.array([1.0, 0.0]), np.array([_PRIOR_SLOPE, _PRIOR_OFFSET])
    low, high = np.array([_SLOPES[0], _OFFSETS[0]]), np.array([_SLOPES[1], _OFFSETS[1]])
    seen = np.column_stack([log_odds, np.ones_like(log_odds)])
    line = prior.copy()
    for _ in range(_STEPS):
        said = 1 / (1 + np.exp(-np.clip(seen @ line, -30, 30)))
        uphill = seen.T @ (said - truth) + firmness * (line - prior)
        curve = (seen * (said * (1 - said))[:, None]).T @ seen + np.diag(firmness)
        # A number at its limit that wants to go on stays there, and the other one is fitted to that.
        free = ~(((line <= low) & (uphill > 0)) | ((line >= high) & (uphill < 0)))
        if not free.any():
            break
        line[free] -= np.linalg.solve(curve[np.ix_(free, free)], uphill[free])
        line = np.clip(line, low, high)
    return Line(round(float(line[0]), 4), round(float(line[1]), 4))


def _decide(letters: Letters, adjustment: Adjustment, bars: Mapping[str, float]) -> npt.NDArray[np.int64]:
    """Levels 0..2: the higher of what the rules say and what the adjusted model says."""
    speaks = [
        adjustment.line(head).of(letters.probabilities[:, at]) >= _log_odds(np.array(bars[head]))
        for at, head in enumerate(LEVEL_HEADS)
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

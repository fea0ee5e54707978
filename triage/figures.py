"""Figures of an evaluation, and the sentences of a model's card. Pure: from arrays to numbers to text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from triage.corpus import Note
from triage.evaluate import Outcome
from triage.protocol import LEVELS, Topic

Figures = dict[str, Any]


def figures(outcome: Outcome, notes: Sequence[Note]) -> Figures:
    """All figures of one evaluation as plain numbers; shares in 0..1."""
    return {
        "notes": len(notes),
        "families": len({note.family for note in notes}),
        "together": levels_said(outcome.decided, outcome.levels),
        "rules alone": levels_said(outcome.by_rule, outcome.levels),
        "model alone": levels_said(outcome.by_model, outcome.levels),
        "confusion": [
            [int(((outcome.levels == t) & (outcome.decided == d)).sum()) for d in (2, 1, 0)] for t in (2, 1, 0)
        ],
        "by_trait": _by(outcome, [note.trait for note in notes]),
        "by_rule": _by(outcome, [note.rule if note.rule.startswith("U") else "" for note in notes]),
        "topics": _topics(outcome),
        "calibration_error": _calibration_error(outcome),
    }


RAISED = (0.05, 0.10, 0.15, 0.20)  # shares of the notes that are not urgent


def ranking(scores: npt.NDArray[Any], levels: npt.NDArray[Any], by_rule: npt.NDArray[Any]) -> dict[str, Figures]:
    """How well the urgent notes come first, by the model alone and with the rules' notes before all others."""
    with_rules = np.where(by_rule == 2, scores + 1000.0, scores)
    return {"model alone": _ranked(scores, levels == 2), "with the rules": _ranked(with_rules, levels == 2)}


def _ranked(scores: npt.NDArray[Any], urgent: npt.NDArray[Any]) -> Figures:
    if not 0 < urgent.sum() < len(urgent):
        return {"AUC": None, "average precision": None} | {f"recall at {share:.0%}": None for share in RAISED}
    # Among equal scores the urgent ones come last, so that no tie flatters.
    order = np.lexsort((urgent, -scores))
    hits, misses = np.cumsum(urgent[order]), np.cumsum(~urgent[order])
    precision = hits / np.arange(1, len(order) + 1)
    others = int((~urgent).sum())
    found = {
        f"recall at {share:.0%}": round(float(hits[misses <= share * others].max(initial=0) / urgent.sum()), 3)
        for share in RAISED
    }
    return {
        "AUC": round(float(hits[~urgent[order]].sum() / (urgent.sum() * others)), 4),
        "average precision": round(float(precision[urgent[order]].mean()), 4),
    } | found


def price(scores: npt.NDArray[Any], levels: npt.NDArray[Any], recall: float) -> float:
    """The share of the other notes that the model alone raises where it finds ``recall`` of the urgent ones."""
    bar = np.quantile(scores[levels == 2], 1 - recall)
    return float((scores[levels < 2] >= bar).mean())


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 3) if whole else None


def levels_said(said: npt.NDArray[Any], truth: npt.NDArray[Any]) -> Figures:
    urgent, soon, routine = truth == 2, truth == 1, truth == 0
    return {
        "urgent recall": _share(int((said[urgent] == 2).sum()), int(urgent.sum())),
        "urgent precision": _share(int((urgent & (said == 2)).sum()), int((said == 2).sum())),
        "urgent labelled at least soon": _share(int((said[urgent] >= 1).sum()), int(urgent.sum())),
        "soon labelled at least soon": _share(int((said[soon] >= 1).sum()), int(soon.sum())),
        "soon raised to urgent": _share(int((said[soon] == 2).sum()), int(soon.sum())),
        "routine raised to soon": _share(int((said[routine] == 1).sum()), int(routine.sum())),
        "routine raised to urgent": _share(int((said[routine] == 2).sum()), int(routine.sum())),
        "routine left routine": _share(int((said[routine] == 0).sum()), int(routine.sum())),
    }


def _by(outcome: Outcome, labels: Sequence[str]) -> dict[str, Figures]:
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for index, label in enumerate(labels):
        if label:
            groups[label].append(index)
    answer: dict[str, Figures] = {}
    for label, members in sorted(groups.items()):
        said, truth = outcome.decided[members], outcome.levels[members]
        answer[label] = {
            "urgent notes": int((truth == 2).sum()),
            "urgent recall": _share(int((said[truth == 2] == 2).sum()), int((truth == 2).sum())),
            "routine notes": int((truth == 0).sum()),
            "routine raised to urgent": _share(int((said[truth == 0] == 2).sum()), int((truth == 0).sum())),
        }
    return answer


def _topics(outcome: Outcome) -> dict[str, Figures]:
    answer: dict[str, Figures] = {}
    for index, topic in enumerate(Topic):
        said, true = outcome.topics_said[:, index], outcome.topics_true[:, index]
        answer[topic.value] = {
            "notes": int(true.sum()),
            "recall": _share(int((said & true).sum()), int(true.sum())),
            "precision": _share(int((said & true).sum()), int(said.sum())),
        }
    said, true = outcome.topics_said, outcome.topics_true
    answer["all, micro"] = {
        "notes": len(true),
        "recall": _share(int((said & true).sum()), int(true.sum())),
        "precision": _share(int((said & true).sum()), int(said.sum())),
    }
    return answer


def _calibration_error(outcome: Outcome) -> float:
    """Expected calibration error of the probability of ``urgent`` over ten equal bins."""
    bins = np.minimum((outcome.probabilities * 10).astype(int), 9)
    total = 0.0
    for bin_number in range(10):
        inside = bins == bin_number
        if inside.any():
            total += abs(outcome.probabilities[inside].mean() - (outcome.levels[inside] == 2).mean()) * inside.mean()
    return round(float(total), 3)


def tables(measured: Figures) -> str:
    """The figures as Markdown tables."""
    names = list(measured["together"])
    lines = ["| | rules alone | model alone | together |", "|---|---|---|---|"]
    lines += [
        f"| {name} | {_cell(measured['rules alone'][name])} | {_cell(measured['model alone'][name])} "
        f"| {_cell(measured['together'][name])} |"
        for name in names
    ]
    lines += ["", "| labelled by people ↓, by triage → | urgent | soon | routine |", "|---|---|---|---|"]
    lines += [
        f"| {level.value} | {row[0]} | {row[1]} | {row[2]} |"
        for level, row in zip(reversed(LEVELS), measured["confusion"], strict=True)
    ]
    for title, key in (("trait", "by_trait"), ("rule", "by_rule")):
        lines += ["", f"| {title} | urgent notes | urgent recall | routine notes | routine raised to urgent |"]
        lines += ["|---|---|---|---|---|"]
        lines += [
            f"| {label} | " + " | ".join(_cell(value) for value in row.values()) + " |"
            for label, row in measured[key].items()
        ]
    lines += ["", "| topic | notes | recall | precision |", "|---|---|---|---|"]
    lines += [
        f"| {topic} | " + " | ".join(_cell(value) for value in row.values()) + " |"
        for topic, row in measured["topics"].items()
    ]
    return "\n".join(lines)


def _cell(value: float | int | None) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else str(value)

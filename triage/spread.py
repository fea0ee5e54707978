"""How sure the figures are, and whether more notes would help: intervals by resampling families, and a learning curve.

Pure: from outcomes to numbers to text. Chooses nothing; whatever is chosen was chosen before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from triage.corpus import Note
from triage.evaluate import SEED, Array, Held, Material, Outcome, hold_out
from triage.figures import Figures, ranking

RESAMPLES = 400
SHARES = (0.25, 0.5, 1.0)
SHORT, LONG = 30, 90  # characters


def length_of(note: Note) -> str:
    """The group of lengths a note belongs to, in words for the card."""
    size = len(note.text)
    return f"up to {SHORT} characters" if size <= SHORT else f"over {LONG}" if size > LONG else f"{SHORT + 1} to {LONG}"


def grade_of(note: Note) -> str:
    return "grades 1 to 3" if note.grade <= 3 else "grades 4 to 6" if note.grade <= 6 else "grades 7 to 9"


def intervals(outcome: Outcome, notes: Sequence[Note]) -> dict[str, Figures]:
    """Group → urgent notes, recall with its 95% interval, other notes, their share raised to urgent with its interval.

    Families are drawn with replacement, because the notes of one family are not independent.
    """
    names = sorted({note.family for note in notes})
    place = {name: index for index, name in enumerate(names)}
    family = np.array([place[note.family] for note in notes])
    draws = np.random.default_rng(SEED).multinomial(len(names), np.full(len(names), 1 / len(names)), size=RESAMPLES)
    raised, urgent = outcome.decided == 2, outcome.levels == 2
    answer: dict[str, Figures] = {}
    for group, members in _groups(notes).items():
        inside = np.zeros(len(notes), dtype=bool)
        inside[members] = True
        answer[group] = {
            "urgent notes": int((inside & urgent).sum()),
            "urgent recall": _interval(raised, inside & urgent, family, draws),
            "other notes": int((inside & ~urgent).sum()),
            "raised to urgent": _interval(raised, inside & ~urgent, family, draws),
        }
    return answer


def _groups(notes: Sequence[Note]) -> dict[str, list[int]]:
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for index, note in enumerate(notes):
        urgent_rule = note.rule if note.rule.startswith("U") else ""
        of = ("all", f"level {note.urgency.value}", urgent_rule, note.trait, grade_of(note), length_of(note))
        for number, name in enumerate(of):
            if name:
                groups[f"{number} {name}"].append(index)
    return {name.split(" ", 1)[1]: groups[name] for name in sorted(groups)}


def _interval(said: Array, among: Array, family: Array, draws: Array) -> list[float] | None:
    if not among.any():
        return None
    hits = np.bincount(family, said & among, draws.shape[1])
    whole = np.bincount(family, among, draws.shape[1])
    counted = draws @ whole
    shares = (draws @ hits)[counted > 0] / counted[counted > 0]
    low, high = np.quantile(shares, [0.025, 0.975])
    return [round(float(hits.sum() / whole.sum()), 3), round(float(low), 3), round(float(high), 3)]


def curve(material: Material, whole: Held) -> dict[str, Figures]:
    """Share of the families learned from → how well the model alone ranks the held-out notes."""
    answer: dict[str, Figures] = {}
    for share in SHARES:
        held = whole if share >= 1 else hold_out(material, share, with_topics=False)
        answer[f"{share:.0%}"] = ranking(held.scores[:, 0], material.levels, material.rule_levels)["model alone"]
    return answer


def spread_tables(measured: dict[str, Any]) -> str:
    """The same as Markdown tables."""
    columns = list(next(iter(measured["curve"].values())))
    head = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    lines = [
        "How the notes are ranked; recall is that of urgent notes when so many of the others are raised:",
        "",
        *head,
    ]
    lines += [f"| {name} | " + _cells(row) + " |" for name, row in measured["ranking"].items()]
    if "linear part" in measured:
        lines.append(f"| without the network | {_cells(measured['linear part']['model alone'])} |")
    lines += ["", "Learned from a part of the families, five folds, without a network:", "", *head]
    lines += [f"| {name} | " + _cells(row) + " |" for name, row in measured["curve"].items()]
    lines += ["", "Together, with 95% intervals (families resampled):", ""]
    lines += ["| group | urgent notes | urgent recall | other notes | raised to urgent |", "|---|---|---|---|---|"]
    for name, row in measured["intervals"].items():
        lines.append(f"| {name} | " + " | ".join(_between(value) for value in row.values()) + " |")
    return "\n".join(lines)


def _cells(row: Figures) -> str:
    return " | ".join("–" if value is None else f"{value:.3f}" for value in row.values())


def _between(value: int | list[float] | None) -> str:
    if value is None:
        return "–"
    return f"{value[0]:.3f} ({value[1]:.3f} to {value[2]:.3f})" if isinstance(value, list) else str(value)

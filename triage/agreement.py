"""How far a second labeller, who had not seen the first labels, agrees with them.

Owns reading ``second-labels.jsonl`` and the figures. The first labels stay what the corpus says; a disagreement that
was settled is mended there and stays visible here.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from triage.corpus import URGENT_RULES, CorpusBroken, Note
from triage.protocol import Urgency

SECOND_LABELS = "second-labels.jsonl"


@dataclass(frozen=True)
class Agreement:
    """``by_rule``: first rule (U1…U7, soon, routine) → (notes, same level, same U-rule or level)."""

    notes: int
    same_level: int
    kappa: float
    by_rule: Mapping[str, tuple[int, int, int]]


@dataclass(frozen=True)
class _Label:
    urgency: Urgency
    rule: str


def load_second(corpus_dir: Path, notes: Sequence[Note]) -> dict[str, _Label]:
    """Read the second labels by note id; none where nobody has labelled yet. Raises CorpusBroken naming the lines."""
    file = corpus_dir / SECOND_LABELS
    if not file.exists():
        return {}
    known = {note.id for note in notes}
    labels: dict[str, _Label] = {}
    faults: list[str] = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            fields = json.loads(line)
            note_id, label = str(fields["id"]), _Label(Urgency(fields["urgency"]), str(fields["rule"]))
        except (KeyError, TypeError, ValueError):
            faults.append(f"{file.name}:{number}: cannot be read")
            continue
        if note_id not in known or note_id in labels:
            faults.append(f"{file.name}:{number}: no such note, or labelled twice")
        labels[note_id] = label
    if faults:
        raise CorpusBroken(faults)
    return labels


def agreement(notes: Sequence[Note], second: Mapping[str, _Label]) -> Agreement:
    """Compare the two labellers on the notes that both have labelled."""
    pairs = [(note, second[note.id]) for note in notes if note.id in second]
    by_rule: dict[str, list[int]] = {}
    for note, label in pairs:
        counted = by_rule.setdefault(_kind(note.urgency, note.rule), [0, 0, 0])
        counted[0] += 1
        counted[1] += note.urgency is label.urgency
        counted[2] += _kind(note.urgency, note.rule) == _kind(label.urgency, label.rule)
    levels = [(note.urgency, label.urgency) for note, label in pairs]
    return Agreement(
        notes=len(pairs),
        same_level=sum(first is other for first, other in levels),
        kappa=_kappa(levels),
        by_rule={kind: (counted[0], counted[1], counted[2]) for kind, counted in sorted(by_rule.items())},
    )


def _kind(urgency: Urgency, rule: str) -> str:
    return rule if rule in URGENT_RULES else urgency.value


def _kappa(levels: Sequence[tuple[Urgency, Urgency]]) -> float:
    """Cohen's kappa: agreement beyond what two labellers with these habits would have by chance."""
    if not levels:
        return 0.0
    total = len(levels)
    seen = sum(first is other for first, other in levels) / total
    first, other = (Counter(pair[side] for pair in levels) for side in (0, 1))
    chance = sum(first[level] * other[level] for level in Urgency) / total**2
    return 1.0 if chance == 1.0 else (seen - chance) / (1 - chance)

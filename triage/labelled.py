"""A trained model measured on any labelled file: JSON lines of id, text, urgency, and topics and trait where known.

Owns reading such a file and the figures of one model on it. Names a bad line by its number, never by its text. A
note of the model's own corpus was learned from; its figures are then too good.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from triage.assessor import Assessor
from triage.classifier import URGENT
from triage.figures import Figures, levels_said, ranking
from triage.protocol import LEVELS, Assessment, Cause, Topic, Urgency
from triage.wordlist import raised_by


class FileBroken(Exception):
    """The file cannot be used; ``faults`` names each line and the kind of fault."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults[:5]))
        self.faults = tuple(faults)


@dataclass(frozen=True)
class Labelled:
    id: str
    text: str
    urgency: Urgency
    topics: tuple[Topic, ...]
    trait: str


def load_labelled(file: Path) -> list[Labelled]:
    """All notes of one file. Raises FileBroken."""
    notes: list[Labelled] = []
    faults: list[str] = []
    for number, line in enumerate(file.read_bytes().splitlines(), start=1):
        if not line.strip():
            continue
        try:
            notes.append(_labelled(json.loads(line.decode("utf-8-sig"))))
        except KeyError as missing:
            faults.append(f"line {number}: no {missing.args[0]}")
        except (ValueError, TypeError, AttributeError, RecursionError):
            faults.append(f"line {number}: not a labelled note")
    if not notes and not faults:
        faults.append("no notes")
    if faults:
        raise FileBroken(faults)
    return notes


def _labelled(fields: dict[str, Any]) -> Labelled:
    if not isinstance(fields["text"], str) or Urgency(fields["urgency"]) is Urgency.UNSCREENED:
        raise ValueError("a text and one of three levels")
    topics = tuple(Topic(topic) for topic in fields.get("topics", ()))
    return Labelled(str(fields["id"]), fields["text"], Urgency(fields["urgency"]), topics, str(fields.get("trait", "")))


def level_of(assessment: Assessment) -> int:
    """0 to 2; a note that waits for a person counts as soon, a note that triage failed on as urgent."""
    if assessment.urgency is Urgency.UNSCREENED:
        return 2 if assessment.cause is Cause.FAILED else 1
    return LEVELS.index(assessment.urgency)


def measure(assessor: Assessor, notes: Sequence[Labelled]) -> Figures:
    """Figures of what the assessor says of these notes; shares of 1, None where there is nothing to share."""
    assessed = assessor.assess_many([note.text for note in notes])
    said = np.array([level_of(one) for one in assessed])
    truth = np.array([LEVELS.index(note.urgency) for note in notes])
    # Notes that are called urgent come before all others, as they do in the queue.
    scores = np.array([one.scores.get(URGENT, 0.0) for one in assessed])
    ranked = ranking(scores, truth, said)["with the rules"]
    traits: defaultdict[str, list[int]] = defaultdict(list)
    for index, note in enumerate(notes):
        traits[note.trait or "(none)"].append(index)
    urgent, others = truth == 2, truth < 2
    return {
        "notes": len(notes),
        "levels": levels_said(said, truth)
        | {
            "false alarms (others raised to urgent)": _share(said[others] == 2),
            "average precision": ranked["average precision"],
            "recall at 10% false alarms": ranking(scores, truth, said)["model alone"]["recall at 10%"],
        },
        "topics": _topics(assessed, notes),
        "traits": {
            trait: {
                "notes": len(members),
                "urgent recall": _share(said[members][urgent[members]] == 2),
                "raised to urgent": _share(said[members][others[members]] == 2),
            }
            for trait, members in sorted(traits.items())
        },
    }


def _share(found: Any) -> float | None:
    return round(float(found.mean()), 3) if len(found) else None


def _topics(assessed: Sequence[Assessment], notes: Sequence[Labelled]) -> Figures:
    tagged = [(set(one.topics), set(note.topics)) for one, note in zip(assessed, notes, strict=True) if note.topics]
    hits = sum(len(said & true) for said, true in tagged)
    said_all, true_all = sum(len(said) for said, _ in tagged), sum(len(true) for _, true in tagged)
    return {
        "recall": round(hits / true_all, 3) if true_all else None,
        "precision": round(hits / said_all, 3) if said_all else None,
        "micro-F1": round(2 * hits / (said_all + true_all), 3) if said_all + true_all else None,
    }


def by_words(words: Sequence[str], notes: Sequence[Labelled]) -> Figures:
    """Recall and false alarms of a list of words that calls every note urgent which holds one of them."""
    raised = raised_by(words, [note.text for note in notes])
    urgent = np.array([note.urgency is Urgency.URGENT for note in notes])
    return {"urgent recall": _share(raised[urgent]), "false alarms": _share(raised[~urgent])}


def table(columns: dict[str, Figures]) -> str:
    """Figures of one model or of several side by side, as Markdown."""
    names = list(columns)
    first = columns[names[0]]
    lines = [f"{first['notes']} notes", "", "| | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    for figure in first["levels"]:
        lines.append(f"| {figure} | " + " | ".join(_cell(columns[name]["levels"][figure]) for name in names) + " |")
    for figure in first["topics"]:
        cells = (_cell(columns[name]["topics"][figure]) for name in names)
        lines.append(f"| {figure} of topics | " + " | ".join(cells) + " |")
    for figure in ("urgent recall", "raised to urgent"):
        lines += ["", f"| trait: {figure} | notes | " + " | ".join(names) + " |", "|---" * (len(names) + 2) + "|"]
        for trait, row in first["traits"].items():
            cells = (_cell(columns[name]["traits"][trait][figure]) for name in names)
            lines.append(f"| {trait} | {row['notes']} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"

"""Notes by another hand, never learned from: what the whole says of them, beside two lists of words.

Owns the table of the card. The notes lie in ``models/independent``; their writer saw the protocol only, neither the
corpus nor the lexicon.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from triage.assessor import Assessor
from triage.figures import Figures
from triage.labelled import Labelled, by_words, load_labelled, measure
from triage.wordlist import SHORT, WIDE

_SHOWN = (
    "urgent recall",
    "false alarms (others raised to urgent)",
    "urgent labelled at least soon",
    "urgent precision",
)
_RANKED = ("average precision", "recall at 10% false alarms")


def read_all(folder: Path) -> dict[str, list[Labelled]]:
    """File name → its notes, for each file of the folder. Raises FileBroken."""
    return {file.stem: load_labelled(file) for file in sorted(folder.glob("*.jsonl"))}


def measure_all(sets: Mapping[str, Sequence[Labelled]], model_dir: Path) -> dict[str, Figures]:
    """Name → figures of the written model on each set. Raises ModelMissing."""
    if not sets:
        return {}
    assessor = Assessor.load(model_dir)
    answer: dict[str, Figures] = {}
    for name, notes in sets.items():
        lists = {"list of 18 words": by_words(SHORT, notes), "wide list": by_words(WIDE, notes)}
        answer[name] = measure(assessor, notes) | {"lists": lists}
    return answer


def table(measured: dict[str, Figures]) -> str:
    """The figures as one Markdown table, a row for each file."""
    names = [*_SHOWN, *_RANKED, "topics, micro-F1"]
    lines = ["| set | notes | " + " | ".join(names) + " |", "|---" * (len(names) + 2) + "|"]
    for name, figures in measured.items():
        values = [*(figures["levels"][one] for one in (*_SHOWN, *_RANKED)), figures["topics"]["micro-F1"]]
        lines.append(f"| {name} | {figures['notes']} | " + " | ".join(_cell(value) for value in values) + " |")
    lines += ["", "| set | list | urgent recall | false alarms |", "|---|---|---|---|"]
    for name, figures in measured.items():
        for words, row in figures["lists"].items():
            lines.append(f"| {name} | {words} | " + " | ".join(_cell(value) for value in row.values()) + " |")
    return "\n".join(lines)


def _cell(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"

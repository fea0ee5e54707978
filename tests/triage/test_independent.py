"""Notes by another hand are measured beside two lists of words, and nobody trained on them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from triage import independent
from triage.assessor import DEFAULT_MODEL
from triage.commands import CORPUS, INDEPENDENT
from triage.corpus import load
from triage.labelled import by_words, load_labelled
from triage.wordlist import SHORT, WIDE, raised_by


def test_no_independent_note_stands_in_the_corpus() -> None:
    learned = {note.text for note in load(CORPUS)}
    for file in INDEPENDENT.glob("*.jsonl"):
        assert learned.isdisjoint(note.text for note in load_labelled(file))


def test_each_file_gets_a_row_beside_both_lists(tmp_path: Path) -> None:
    notes = [
        {"id": 1, "text": "我想自杀", "urgency": "urgent", "topics": ["self_harm"]},
        {"id": 2, "text": "电影太好看了,我们都看哭了", "urgency": "routine", "topics": ["mood"]},
    ]
    (tmp_path / "few.jsonl").write_text("\n".join(json.dumps(note) for note in notes), encoding="utf-8")
    table = independent.table(independent.measure_all(independent.read_all(tmp_path), DEFAULT_MODEL))
    assert "| few | 2 | 1.000 | 0.000 |" in table
    assert "| few | list of 18 words | 1.000 | 0.000 |" in table
    assert "| few | wide list | 1.000 | 1.000 |" in table


def test_without_files_nothing_is_measured(tmp_path: Path) -> None:
    assert independent.measure_all(independent.read_all(tmp_path / "none"), DEFAULT_MODEL) == {}


def test_a_list_of_words_raises_what_holds_one_of_them() -> None:
    assert np.array_equal(raised_by(["想死"], ["我想死", "我想家"]), [True, False])
    assert set(SHORT) < set(WIDE) and len(SHORT) == 18


@pytest.mark.parametrize("file", sorted(INDEPENDENT.glob("*.jsonl")), ids=lambda one: one.stem)
def test_the_lists_of_words_find_few_of_the_urgent_notes(file: Path) -> None:
    """What the project exists for: were this not so, a list would do."""
    recall = by_words(SHORT, load_labelled(file))["urgent recall"]
    assert recall is not None and recall < 0.2

"""Two labellers compared, on tiny corpora."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from triage.agreement import SECOND_LABELS, agreement, load_second
from triage.corpus import CorpusBroken, Note
from triage.protocol import Topic, Urgency


def note(note_id: str, urgency: Urgency, rule: str) -> Note:
    return Note(note_id, f"信{note_id}", urgency, (Topic.OTHER,), rule, 5, "plain", note_id)


NOTES = [
    note("1", Urgency.URGENT, "U1"),
    note("2", Urgency.URGENT, "U2"),
    note("3", Urgency.SOON, "low_mood"),
    note("4", Urgency.ROUTINE, "joke"),
]


def second(folder: Path, *rows: tuple[str, str, str]) -> Path:
    lines = [json.dumps({"id": note_id, "urgency": urgency, "rule": rule}) for note_id, urgency, rule in rows]
    (folder / SECOND_LABELS).write_text("\n".join(lines), encoding="utf-8")
    return folder


def test_labellers_who_say_the_same_agree_fully(tmp_path: Path) -> None:
    rows = [(one.id, one.urgency.value, one.rule) for one in NOTES]
    found = agreement(NOTES, load_second(second(tmp_path, *rows), NOTES))
    assert (found.notes, found.same_level, found.kappa) == (4, 4, 1.0)


def test_another_rule_at_the_same_level_counts_as_the_level_only(tmp_path: Path) -> None:
    found = agreement(NOTES, load_second(second(tmp_path, ("1", "urgent", "U7")), NOTES))
    assert found.by_rule["U1"] == (1, 1, 0)


def test_another_word_for_a_lesser_rule_is_no_disagreement(tmp_path: Path) -> None:
    found = agreement(NOTES, load_second(second(tmp_path, ("3", "soon", "crying")), NOTES))
    assert found.by_rule["soon"] == (1, 1, 1)


def test_a_label_for_an_unknown_note_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusBroken, match="no such note"):
        load_second(second(tmp_path, ("9", "soon", "crying")), NOTES)


def test_where_nobody_has_labelled_there_is_nothing_to_compare(tmp_path: Path) -> None:
    assert agreement(NOTES, load_second(tmp_path, NOTES)).notes == 0

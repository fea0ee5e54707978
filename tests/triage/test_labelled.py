"""Any labelled file can be measured, and two models beside each other; a bad line is named by its number alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from triage.assessor import DEFAULT_MODEL, Assessor
from triage.commands import triage
from triage.labelled import FileBroken, load_labelled, measure

NOTES = [
    {"id": "1", "text": "我不想活了", "urgency": "urgent", "topics": ["self_harm"], "trait": "plain"},
    {"id": "2", "text": "谢谢老师,今天的饭很好吃", "urgency": "routine", "topics": ["thanks"], "trait": "plain"},
    {"id": "3", "text": "他们每天都给我起外号", "urgency": "soon"},
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    kept = tmp_path / "notes.jsonl"
    kept.write_text("\n".join(json.dumps(note, ensure_ascii=False) for note in NOTES), encoding="utf-8")
    return kept


def test_a_labelled_file_is_measured(assessor: Assessor, file: Path) -> None:
    measured = measure(assessor, load_labelled(file))
    assert measured["levels"]["urgent recall"] == 1.0
    assert set(measured["traits"]) == {"plain", "(none)"}


def test_the_table_of_a_file_names_what_a_reader_asks_for(file: Path) -> None:
    result = CliRunner().invoke(triage, ["evaluate", str(file)])
    assert result.exit_code == 0, result.output
    asked = ("urgent recall", "urgent precision", "false alarms", "average precision", "10% false alarms", "plain")
    assert all(words in result.output for words in asked)


def test_two_models_stand_side_by_side(file: Path) -> None:
    result = CliRunner().invoke(triage, ["compare", str(DEFAULT_MODEL), str(DEFAULT_MODEL), str(file)])
    assert f"| old {DEFAULT_MODEL.name} | new {DEFAULT_MODEL.name} |" in result.output


def test_a_missing_model_is_said_in_a_sentence(tmp_path: Path, file: Path) -> None:
    result = CliRunner().invoke(triage, ["compare", str(tmp_path / "none"), str(DEFAULT_MODEL), str(file)])
    assert result.exit_code == 1
    assert "none" in result.output and "Traceback" not in result.output


@pytest.mark.parametrize(
    "line",
    [
        '{"id": 1, "text": "王小明"}',
        '{"id": 1, "text": "王小明", "urgency": "bad"}',
        '{"id": 1, "text": "王小明", "urgency": "unscreened"}',
        '{"id": 1, "text": "王小明", "urgency": "soon", "topics": ["no"]}',
        '["王小明"]',
        "王小明",
    ],
)
def test_a_bad_line_is_named_without_its_text(tmp_path: Path, line: str) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text(line, encoding="utf-8")
    with pytest.raises(FileBroken, match="line 1") as broken:
        load_labelled(bad)
    assert "王小明" not in str(broken.value)


def test_the_table_is_written_too_where_somebody_asks_for_it(tmp_path: Path, file: Path) -> None:
    out = tmp_path / "table.md"
    result = CliRunner().invoke(triage, ["evaluate", str(file), "--out", str(out)])
    assert out.read_text(encoding="utf-8") == result.output

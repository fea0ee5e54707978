"""The stages before training refuse what is missing or belongs to other notes, in a sentence that says what to do."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.triage.small_corpus import write_small_corpus
from tests.triage.small_network import CODE_POINTS, small_arrays
from triage import teaching
from triage.commands import triage
from triage.corpus import load
from triage.network import save
from triage.protocol import ModelMissing, Urgency


@pytest.fixture
def corpus_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    write_small_corpus(folder)
    return folder


def test_a_network_without_a_teachers_word_is_refused(corpus_dir: Path, tmp_path: Path) -> None:
    folders = ["--teacher", str(tmp_path / "teacher"), "--out", str(tmp_path / "network")]
    result = CliRunner().invoke(triage, ["teach", "network", "--corpus", str(corpus_dir), *folders])
    assert result.exit_code == 1
    assert "teach the teacher first" in result.output and "Traceback" not in result.output
    assert not (tmp_path / "network").exists()


def test_public_texts_that_are_not_there_are_said(corpus_dir: Path, tmp_path: Path) -> None:
    folders = ["--teacher", str(tmp_path / "teacher"), "--out", str(tmp_path / "network"), "--public", str(tmp_path)]
    result = CliRunner().invoke(triage, ["teach", "network", "--corpus", str(corpus_dir), *folders])
    assert result.exit_code == 1
    assert "smilechat-client.txt.gz" in result.output and "Traceback" not in result.output


def test_what_a_network_learned_from_is_kept_beside_it(tmp_path: Path) -> None:
    taught_from = {"notes": "0", "teacher": True, "mixed": 60, "public": 20}
    (tmp_path / teaching.TAUGHT_FROM).write_text(json.dumps(taught_from), "utf-8")
    assert teaching.taught_beside_labels(tmp_path) == {"teacher": 1, "mixed": 60, "public": 20}


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"teacher": true, "mixed": null, "public": 2}'])
def test_a_folder_that_does_not_say_so_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / teaching.TAUGHT_FROM).write_text(content, "utf-8")
    with pytest.raises(ModelMissing, match="teach it first"):
        teaching.taught_beside_labels(tmp_path)


def test_an_encoder_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / teaching.ENCODER).write_bytes(b"")
    with pytest.raises(ModelMissing, match="cannot be read"):
        teaching.load_encoder(tmp_path)


@pytest.mark.parametrize("change", [{"urgency": Urgency.SOON}, {"family": "another"}, {"text": "别的话"}], ids=str)
def test_a_network_of_other_labels_or_families_is_refused(
    corpus_dir: Path, tmp_path: Path, change: dict[str, Any]
) -> None:
    notes = load(corpus_dir)
    (tmp_path / teaching.TAUGHT_FROM).write_text(json.dumps({"notes": teaching.hash_of(notes)}), "utf-8")
    for name in (teaching.MEASURED, teaching.SHIPPED):
        save(tmp_path / name, CODE_POINTS, small_arrays())
    teaching.load_networks(notes, tmp_path)
    routine = next(place for place, note in enumerate(notes) if note.urgency is Urgency.ROUTINE)
    notes[routine] = replace(notes[routine], **change)
    with pytest.raises(ModelMissing, match="taught from other notes"):
        teaching.load_networks(notes, tmp_path)

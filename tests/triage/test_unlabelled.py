"""Texts that nobody labelled: new ones from clauses of notes, the same every time, and public sentences."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from triage import gaps, unlabelled
from triage.labelled import FileBroken
from triage.network import LONGEST

NOTES = [
    "今天同桌借我橡皮,我很开心,放学一起走。",
    "奶奶咳得厉害。我不敢睡。谁能来看看她。",
    "数学又没考好,爸爸说没关系,下次再来。",
]
CLAUSES = {clause for note in NOTES for clause in re.split(r"[,。]", note)}


def test_mixed_notes_are_made_of_clauses_of_notes_alone() -> None:
    # A clause that ended a note without a stop runs on into the next, as children write; here every note has one.
    for text in unlabelled.mixed(NOTES, 40):
        assert {clause for clause in re.split(r"[,。]", text) if clause} <= CLAUSES


def test_they_are_different_and_the_same_every_time() -> None:
    first = unlabelled.mixed(NOTES, 40)
    assert len(set(first)) == 40
    assert unlabelled.mixed(NOTES, 40) == first


def test_most_are_no_note_that_there_was() -> None:
    assert len(set(unlabelled.mixed(NOTES, 40)) - set(NOTES)) >= 37


def test_each_fits_into_one_window() -> None:
    long = ["，".join(["明天要交的作业我一个字都没有写"] * 5 + [str(number)]) for number in range(9)]
    assert all(len(text) < LONGEST for text in unlabelled.mixed(long, 30))


@pytest.mark.parametrize("notes", [[], ["只有一句话没有停顿"], ["甲乙丙,丁戊己"]])
def test_few_notes_give_few_and_it_ends(notes: list[str]) -> None:
    assert len(unlabelled.mixed(notes, 1_000)) < 50


def test_sentences_are_turns_of_the_dialogues_that_are_neither_short_nor_long(tmp_path: Path) -> None:
    turns = ["嗯", "最近晚上总是睡不着该怎么办呢", "长" * 81, "谢谢你愿意听我说这么多话"]
    (tmp_path / gaps.DIALOGUES).write_bytes(gzip.compress(" ｜ ".join(turns).encode()))
    assert sorted(unlabelled.sentences(tmp_path)) == sorted([turns[1], turns[3]])
    assert len(unlabelled.sentences(tmp_path, 1)) == 1


def test_public_texts_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileBroken, match=gaps.DIALOGUES):
        unlabelled.sentences(tmp_path)

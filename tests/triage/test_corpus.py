"""A corpus that would make a measurement lie is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from triage import corpus
from triage.commands import CORPUS, triage
from triage.composition import FEWEST_NOTES, faults_of, harmless_dangers
from triage.corpus import CorpusBroken

GOOD: dict[str, Any] = {
    "id": "t-0001",
    "text": "今天的菜很好吃,谢谢食堂阿姨",
    "urgency": "routine",
    "topics": ["thanks"],
    "rule": "thanks",
    "grade": 3,
    "trait": "plain",
    "family": "t-f001",
}


def write(folder: Path, *notes: dict[str, Any]) -> Path:
    lines = "".join(json.dumps(note, ensure_ascii=False) + "\n" for note in notes)
    (folder / "notes-t.jsonl").write_text(lines, encoding="utf-8")
    return folder


def test_a_good_note_is_read(tmp_path: Path) -> None:
    [note] = corpus.load(write(tmp_path, GOOD))
    assert (note.id, note.urgency, note.topics) == ("t-0001", "routine", ("thanks",))


@pytest.mark.parametrize(
    "change",
    [
        {"urgency": "very"},
        {"urgency": "unscreened"},
        {"urgency": "urgent"},
        {"rule": "U1"},
        {"topics": []},
        {"topics": ["thanks", "thanks"]},
        {"topics": ["weather"]},
        {"grade": 0},
        {"trait": "odd"},
        {"family": ""},
        {"text": "  "},
        {"text": "长" * 4001},
    ],
)
def test_a_note_that_the_protocol_does_not_know_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    with pytest.raises(CorpusBroken):
        corpus.load(write(tmp_path, {**GOOD, **change}))


def test_a_fault_names_its_line_and_not_its_text(tmp_path: Path) -> None:
    with pytest.raises(CorpusBroken) as refused:
        corpus.load(write(tmp_path, GOOD, {**GOOD, "id": "t-0002", "grade": 12}))
    assert refused.value.faults == ("notes-t.jsonl:2: grade, trait or family is not known",)


@pytest.mark.parametrize("field", ["grade", "urgency", "topics"])
def test_a_fault_never_repeats_what_stands_in_a_field(tmp_path: Path, field: str) -> None:
    with pytest.raises(CorpusBroken) as broken:
        corpus.load(write(tmp_path, GOOD, GOOD | {field: "小明打我"}))
    assert broken.value.faults == ("notes-t.jsonl:2: a field holds what it may not",)


def test_an_id_used_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusBroken, match="t-0001 is used 2 times"):
        corpus.load(write(tmp_path, GOOD, GOOD))


def test_an_empty_corpus_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusBroken):
        corpus.load(tmp_path)


def test_the_same_note_in_two_families_is_refused(tmp_path: Path) -> None:
    twin = {**GOOD, "id": "t-0002", "text": GOOD["text"] + "!", "family": "t-f002"}
    write(tmp_path, GOOD, twin)
    result = CliRunner().invoke(triage, ["corpus", "check", "--corpus", str(tmp_path)])
    assert result.exit_code == 1
    assert "t-0001 and t-0002 are alike" in result.output


def test_the_same_note_within_a_family_is_allowed(tmp_path: Path) -> None:
    twin = {**GOOD, "id": "t-0002", "text": GOOD["text"] + "!"}
    assert corpus.near_duplicates(corpus.load(write(tmp_path, GOOD, twin))) == []


def test_openings_from_one_mould_are_refused(tmp_path: Path) -> None:
    rows = [
        {
            **GOOD,
            "id": f"t-{number}",
            "family": f"t-f{number}",
            "text": f"{'妈妈' if number % 9 == 0 else chr(0x4E00 + number)}{number}",
        }
        for number in range(450)
    ]
    skewed = corpus.skewed_openings(corpus.load(write(tmp_path, *rows)))
    assert [opening for opening, _ in skewed] == ["妈妈"]


def test_twins_of_one_family_may_begin_alike(tmp_path: Path) -> None:
    rows = [{**GOOD, "id": f"t-{number}", "text": f"妈妈{number}"} for number in range(450)]
    assert corpus.skewed_openings(corpus.load(write(tmp_path, *rows))) == []


def test_the_projects_own_corpus_has_no_fault() -> None:
    result = CliRunner().invoke(triage, ["corpus", "check", "--corpus", str(CORPUS)])
    assert result.exit_code == 0, result.output
    assert "no fault" in result.output


def many(count: int, **more: Any) -> list[corpus.Note]:
    return [corpus._note({**GOOD, "id": f"t-{number}", **more}) for number in range(count)]


def test_a_corpus_that_is_thin_somewhere_says_where() -> None:
    faults = " ".join(faults_of(many(FEWEST_NOTES)))
    assert all(
        words in faults for words in ("0% of the notes are urgent", "0 notes of U3", "0 notes are denial", "danger")
    )


def test_of_a_small_corpus_nothing_is_asked() -> None:
    assert faults_of(many(FEWEST_NOTES - 1)) == []


def test_a_harmless_note_with_a_danger_word_counts_and_a_phone_call_does_not() -> None:
    assert harmless_dangers(many(1, text="作业写死我了") + many(1, text="妈妈晚上打电话来")) == 0.5


def test_no_note_of_the_tests_was_trained_on() -> None:
    from tests.triage.own_notes import ORDINARY, PLAIN_URGENT

    trained = {note.text for note in corpus.load(CORPUS)}
    assert trained.isdisjoint([*ORDINARY, *(text for texts in PLAIN_URGENT.values() for text in texts)])

"""Training writes a model that loads, a card that says what was measured, and the same weights twice."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.triage.small_corpus import THINGS, write_small_corpus
from triage import evaluate, figures, thresholds, train
from triage.assessor import Assessor
from triage.corpus import Note, load
from triage.evaluate import Material


@pytest.fixture(scope="module")
def corpus_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    write_small_corpus(folder)
    return folder


@pytest.fixture(scope="module")
def model_dir(corpus_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "small-1"
    train.train(corpus_dir, folder)
    return folder


def test_a_trained_model_loads_and_raises_what_no_rule_knows(model_dir: Path) -> None:
    assert Assessor.load(model_dir).assess("他们放学等我,要我交积木,我躲在楼梯后面").urgency == "urgent"


def test_the_card_says_what_it_was_made_from(model_dir: Path) -> None:
    card = (model_dir / "card.md").read_text(encoding="utf-8")
    assert "48 notes in 48 families" in card.replace("\n  ", " ")


def test_the_model_folder_holds_no_word_of_the_corpus(model_dir: Path) -> None:
    plain = b"".join(file.read_bytes() for file in model_dir.iterdir() if file.suffix != ".npz")
    assert not any(thing.encode() in plain for thing in THINGS)
    for file in model_dir.glob("*.npz"):
        with np.load(file, allow_pickle=False) as arrays:
            # Floating point, or levels 0 to 2 (held_out.npz): nowhere is there room for a code point.
            assert all(array.dtype.kind == "f" or array.max() <= 2 for array in map(arrays.get, arrays.files))


def test_training_twice_gives_the_same_weights(corpus_dir: Path, model_dir: Path, tmp_path: Path) -> None:
    train.train(corpus_dir, tmp_path / "small-1")
    assert (tmp_path / "small-1" / "weights.npz").read_bytes() == (model_dir / "weights.npz").read_bytes()


@pytest.fixture(scope="module")
def material(corpus_dir: Path) -> Material:
    return evaluate.prepare(load(corpus_dir))


def test_a_family_is_never_on_both_sides_of_a_fold(corpus_dir: Path) -> None:
    notes: list[Note] = [note for note in load(corpus_dir) for _ in range(2)]
    doubled = evaluate.prepare(notes)
    for learn, held in evaluate.folds(doubled, np.arange(len(notes)), 5):
        assert {notes[one].family for one in learn}.isdisjoint(notes[one].family for one in held)


def test_the_higher_of_rules_and_model_decides(material: Material) -> None:
    held = evaluate.hold_out(material, with_topics=False)
    parameters = thresholds.choose(material, np.arange(len(material)), held.scores)
    urgent_by_rule = np.full(len(material), 2)
    assert set(evaluate.decide(urgent_by_rule, held.scores, parameters)) == {2}


def test_no_more_than_the_bearable_share_is_raised() -> None:
    scores = np.arange(100.0)
    levels = np.where(np.arange(100) % 2, 2, 0)
    threshold = thresholds.bearable_threshold(scores, levels, np.zeros(100, dtype=int), 0.1)
    raised = scores >= threshold
    assert (raised & (levels == 0)).sum() == 5
    assert (raised & (levels == 2)).sum() == 5 + 1


def test_what_the_rules_raise_counts_among_the_alarms() -> None:
    scores, levels = np.arange(100.0), np.zeros(100, dtype=int)
    by_rule = np.where(np.arange(100) < 6, 2, 0)
    threshold = thresholds.bearable_threshold(scores, levels, by_rule, 0.1)
    assert int(((scores >= threshold) | (by_rule == 2)).sum()) == 10


def test_a_part_of_the_families_is_the_same_part_every_time(material: Material) -> None:
    first = evaluate.hold_out(material, 0.5, with_topics=False).scores
    assert np.array_equal(first, evaluate.hold_out(material, 0.5, with_topics=False).scores)


def test_the_card_tells_intervals_and_the_learning_curve(model_dir: Path) -> None:
    card = (model_dir / "card.md").read_text(encoding="utf-8")
    assert all(words in card for words in ("95% intervals", "| 25% |", "| 50% |", "| grades 4 to 6 |", "blind spots"))


def test_an_interval_holds_its_figure(model_dir: Path) -> None:
    measured = json.loads((model_dir / "figures.json").read_text(encoding="utf-8"))
    shares = [row[name] for row in measured["intervals"].values() for name in ("urgent recall", "raised to urgent")]
    assert all(low <= share <= high for share, low, high in (one for one in shares if one))


def test_notes_in_perfect_order_are_ranked_perfectly() -> None:
    ranked = figures.ranking(np.array([3.0, 2.0, 1.0, 0.0]), np.array([2, 2, 1, 0]), np.zeros(4, dtype=int))
    assert ranked["model alone"] == {
        "AUC": 1.0,
        "average precision": 1.0,
        "recall at 5%": 1.0,
        "recall at 10%": 1.0,
        "recall at 15%": 1.0,
        "recall at 20%": 1.0,
    }


def test_the_rules_notes_come_before_all_others() -> None:
    ranked = figures.ranking(np.array([0.0, 2.0, 1.0]), np.array([2, 1, 0]), np.array([2, 0, 0]))
    assert (ranked["model alone"]["AUC"], ranked["with the rules"]["AUC"]) == (0.0, 1.0)

"""Training writes a model that loads, a card that says what was measured, and the same weights twice."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from triage import evaluate, train
from triage.assessor import Assessor
from triage.corpus import Note, load
from triage.evaluate import Material

SITUATIONS = [
    ("urgent", "U4", "bullying", "他们放学等我,要我交{},我躲在楼梯后面"),
    ("soon", "low_mood", "mood", "这几个星期一想到{}就睡不好,吃饭也没味道"),
    ("routine", "thanks", "thanks", "谢谢老师教我们做{},大家都很喜欢"),
]
THINGS = "作业 游戏机 零食 风筝 书包 铅笔 雨伞 篮球 手表 卡片 橡皮 水杯 帽子 围巾 台灯 毽子".split()  # noqa: SIM905


@pytest.fixture(scope="module")
def corpus_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    lines = []
    for number, thing in enumerate(THINGS):
        for urgency, rule, topic, text in SITUATIONS:
            note_id = f"t-{len(lines):04}"
            fields = {"id": note_id, "text": text.format(thing) + thing * 12, "urgency": urgency, "topics": [topic]}
            fields |= {"rule": rule, "grade": 4, "trait": "plain", "family": f"t-{rule}-{number}"}
            lines.append(json.dumps(fields, ensure_ascii=False))
    (folder / "notes-t.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
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
    kept = b"".join(file.read_bytes() for file in model_dir.iterdir())
    assert not any(thing.encode() in kept for thing in THINGS)


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
    everyone = np.arange(len(material))
    scores = evaluate.out_of_fold(material, everyone, 3, evaluate.WINDOW_MARGIN)
    parameters = evaluate.choose(material, everyone, scores, evaluate.WINDOW_MARGIN)
    urgent_by_rule = np.full(len(material), 2)
    assert set(evaluate.decide(urgent_by_rule, scores, parameters)) == {2}

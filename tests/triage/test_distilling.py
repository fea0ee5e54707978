"""A lesson: labels and the teacher's word are weighed as they should be, and judgments of other texts are refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from triage import distilling
from triage.distilling import SMOOTHED, TEACHER_SHARE, Judgments
from triage.kinds import KINDS
from triage.protocol import ModelMissing, Topic


def judged(texts: int) -> Judgments:
    rng = np.random.default_rng(3)
    seen = rng.normal(size=(texts, 6)) * 4 + 2
    return Judgments(rng.normal(size=(texts, len(KINDS))), rng.normal(size=(texts, len(Topic))), seen)


def lesson(labels: list[int], texts: int) -> distilling.Lesson:
    topics = np.ones((len(labels), len(Topic)), dtype=np.float32)
    return distilling.lesson(np.zeros((texts, 4)), judged(texts), np.array(labels, dtype=int), topics)


def test_what_is_wanted_of_a_text_adds_up_to_one() -> None:
    assert lesson([0, 3], 5).kinds.sum(axis=1) == pytest.approx(1, abs=1e-5)


def test_a_text_without_a_label_teaches_what_the_teacher_says() -> None:
    raw = judged(3).kinds[2]
    assert lesson([0, 1], 3).kinds[2] == pytest.approx(np.exp(raw) / np.exp(raw).sum(), abs=1e-5)


def test_a_label_has_its_share_beside_the_teachers() -> None:
    with_label, without = lesson([4], 2), lesson([], 2)
    label = np.full(len(KINDS), SMOOTHED / len(KINDS))
    label[4] += 1 - SMOOTHED
    wanted = TEACHER_SHARE * without.kinds[0] + (1 - TEACHER_SHARE) * label
    assert with_label.kinds[0] == pytest.approx(wanted, abs=1e-5)
    assert with_label.topics[0] == pytest.approx(TEACHER_SHARE * without.topics[0] + 1 - TEACHER_SHARE, abs=1e-5)


def test_labels_alone_are_a_lesson_without_a_teacher() -> None:
    topics = np.ones((2, len(Topic)))
    alone = distilling.of_labels(np.zeros((2, 4)), np.array([4, 0]), topics)
    assert not alone.has_teacher and lesson([4, 0], 2).has_teacher
    assert alone.kinds[0, 4] == pytest.approx(1 - SMOOTHED + SMOOTHED / len(KINDS))
    assert alone.kinds.sum(axis=1) == pytest.approx(1) and (alone.topics == topics).all()


def test_of_what_the_teacher_saw_the_directions_remain_in_which_texts_differ() -> None:
    rng = np.random.default_rng(5)
    two = rng.normal(size=(400, 2)) @ rng.normal(size=(2, 30)) * 7 + 3
    seen = Judgments(judged(400).kinds, judged(400).topics, two).condensed(2).seen
    assert seen.shape == (400, 2)
    assert seen.mean() == pytest.approx(0, abs=0.01) and (seen**2).mean() == pytest.approx(1, abs=0.01)
    again = seen @ np.linalg.lstsq(seen, two - two.mean(axis=0), rcond=None)[0] + two.mean(axis=0)
    assert again == pytest.approx(two, abs=0.05)


def test_judgments_are_kept_and_read_again(tmp_path: Path) -> None:
    distilling.save(tmp_path / distilling.JUDGMENTS, judged(4), [("one", 4)])
    again = distilling.load(tmp_path / distilling.JUDGMENTS, ["one"])
    assert again.kinds == pytest.approx(judged(4).kinds, abs=0.01)
    assert again.seen == pytest.approx(judged(4).seen, abs=0.1)
    assert again.of(np.array([2, 0])).topics == pytest.approx(judged(4).topics[[2, 0]], abs=0.01)


def test_the_first_parts_can_be_read_without_the_last(tmp_path: Path) -> None:
    distilling.save(tmp_path / distilling.JUDGMENTS, judged(5), [("notes", 3), ("public", 2)])
    assert len(distilling.load(tmp_path / distilling.JUDGMENTS, ["notes"])) == 3
    assert len(distilling.load(tmp_path / distilling.JUDGMENTS, ["notes", "public"])) == 5


@pytest.mark.parametrize("asked", [["two"], ["one", "more"], ["more", "one"]])
def test_judgments_of_other_texts_are_refused(tmp_path: Path, asked: list[str]) -> None:
    distilling.save(tmp_path / distilling.JUDGMENTS, judged(4), [("one", 4)])
    with pytest.raises(ModelMissing, match="other texts"):
        distilling.load(tmp_path / distilling.JUDGMENTS, asked)


@pytest.mark.parametrize("content", [None, b"", b"PK\3\4 broken"])
def test_judgments_that_cannot_be_read_are_named(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / distilling.JUDGMENTS).write_bytes(content)
    with pytest.raises(ModelMissing, match="teach the teacher first"):
        distilling.load(tmp_path / distilling.JUDGMENTS, ["one"])

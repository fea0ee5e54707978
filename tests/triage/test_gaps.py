"""What the encoder learns from: every row once a round, a known share of gaps, and only what was hidden counts."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from triage import gaps
from triage.corpus import CorpusBroken
from triage.labelled import FileBroken
from triage.network import BEGIN, HIDDEN, LONGEST, PADDING, SPECIALS, alphabet_of
from triage.teaching import balanced

TEXTS = ["我今天很高兴", "谢谢老师" * 10, "他" * 200, ""]


def numbers() -> np.ndarray:
    return gaps.filled(TEXTS, alphabet_of([ord(character) for character in "我今天很高兴谢老师他"]))


def test_a_text_is_filled_up_to_one_window() -> None:
    assert numbers().shape == (len(TEXTS), LONGEST)
    assert list(gaps.lengths_of(numbers())) == [7, 41, LONGEST, 1]
    assert (numbers()[:, 0] == BEGIN).all()


def test_a_round_shows_every_row_once() -> None:
    lengths = np.arange(1, 41)
    shown = np.concatenate(list(gaps.batches(lengths, 4, np.random.default_rng(0), 5)))
    assert sorted(shown) == list(range(40))


def test_a_batch_holds_rows_of_about_the_same_length() -> None:
    lengths = np.tile([5, 50], 20)
    assert all(np.ptp(lengths[rows]) == 0 for rows in gaps.batches(lengths, 10, np.random.default_rng(0), 4))


def test_the_same_seed_gives_the_same_rounds() -> None:
    first, second = (list(gaps.batches(np.arange(40), 4, np.random.default_rng(3), 5)) for _ in range(2))
    assert all(np.array_equal(one, other) for one, other in zip(first, second, strict=True))


def test_only_what_was_hidden_has_changed_and_the_beginning_never() -> None:
    before = numbers().astype(np.int32)
    seen, places, truth, counted = gaps.with_gaps(before, 30, np.random.default_rng(0))
    rows = np.arange(len(before))[:, None]
    assert (before[rows, places] == truth).all()
    restored = seen.copy()
    restored[rows, places] = truth
    assert np.array_equal(restored, before)
    assert (seen[:, 0] == BEGIN).all() and not ((seen == HIDDEN) & (before == PADDING)).any()
    assert list(counted.sum(axis=1)) == [1, int(41 * gaps.GAPS), int(LONGEST * gaps.GAPS), 0]


def test_characters_are_known_by_how_often_they_stand_there() -> None:
    points = gaps.code_points(["啊" * 12, "哦" * 11], ["我我我"])
    assert [chr(point) for point in points] == ["我", "啊"]


def test_public_texts_are_joined_to_passages_and_read_as_the_rules_read(tmp_path: Path) -> None:
    with gzip.open(tmp_path / gaps.DIALOGUES, "wt", encoding="utf-8") as file:
        file.write("我很难过 ｜ Ａ好\n" + "长" * 80 + " ｜ " + "短" * 20 + "\n")
    with gzip.open(tmp_path / gaps.COMMENTS, "wt", encoding="utf-8") as file:
        file.write(json.dumps({"text": "一句话"}) + "\n")
    assert sorted(gaps.public_passages(tmp_path)) == sorted(["我很难过\na好", "长" * 80, "短" * 20, "一句话"])


def test_public_texts_that_are_not_there_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileBroken, match="smilechat"):
        gaps.public_passages(tmp_path)


def test_topics_speak_as_if_every_second_note_held_them() -> None:
    topics = np.array([[1, 0], [1, 0], [1, 0], [0, 1]], dtype=np.float32)
    [often, seldom] = balanced({"topic_offsets": np.zeros(2)}, topics)["topic_offsets"]
    assert often == pytest.approx(-np.log(3)) and seldom == pytest.approx(np.log(3))


def test_a_few_lengths_are_enough() -> None:
    assert [gaps.padded_length(longest) for longest in (1, 33, LONGEST)] == [32, 48, LONGEST]
    assert SPECIALS > HIDDEN


def test_texts_that_make_no_step_are_refused() -> None:
    with pytest.raises(CorpusBroken, match="3 texts are too few to teach from"):
        next(gaps.batches(np.array([5, 5, 5]), 4, np.random.default_rng(1), 2))

"""Hashing by numpy gives what scikit-learn gives, bit for bit, and serving loads neither scikit-learn nor scipy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import hstack
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.utils.murmurhash import murmurhash3_bytes_s32

from triage.assessor import DEFAULT_MODEL
from triage.classifier import Classifier, urgency_scores
from triage.evaluate import weighed
from triage.features import LONGEST_RUN, RULE_COLUMNS, WORD_COLUMNS, Passage, matrix, passages
from triage.hashing import Block, hash_rows, listed, murmur3, runs_of
from triage.normalize import read
from triage.rules import find

HOUSE = Path(__file__).resolve().parents[2]
NAMES = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), min_size=1, max_size=40)
LONG = "今天的作业写不完,我不想活了。wo xiang 回家!老师😀您好。" * 12


def theirs(rows: list[list[str]], columns: int, *, only_marks: bool) -> object:
    vectorizer = HashingVectorizer(
        analyzer=lambda names: names, n_features=columns, norm="l2", binary=only_marks, dtype=np.float32
    )
    return vectorizer.transform(rows)


def passages_of(text: str) -> list[Passage]:
    reading = read(text)
    return passages(reading.plain, find(reading))


@given(NAMES)
def test_each_name_has_the_hash_that_scikit_learn_gives_it(names: list[str]) -> None:
    expected = [murmurhash3_bytes_s32(name.encode("utf-8"), 0) for name in names]
    assert murmur3(listed([names])).tolist() == expected


# Few columns make many names share one, so that names also cancel each other out.
@pytest.mark.parametrize("only_marks", [False, True])
@settings(deadline=None)
@given(rows=st.lists(NAMES, min_size=1, max_size=5), columns=st.sampled_from([4, 64, WORD_COLUMNS]))
def test_rows_are_those_of_scikit_learn(rows: list[list[str]], columns: int, only_marks: bool) -> None:
    ours = hash_rows([Block(listed(rows), columns, only_marks)], len(rows))
    expected = theirs(rows, columns, only_marks=only_marks)
    assert np.array_equal(ours.starts, expected.indptr)
    assert np.array_equal(ours.columns, expected.indices)
    assert np.array_equal(ours.values, expected.data)


@settings(deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40), min_size=1, max_size=5))
def test_runs_are_all_neighbours_of_one_text_and_never_of_two(texts: list[str]) -> None:
    named = [
        [
            text[start : start + length]
            for length in range(1, LONGEST_RUN + 1)
            for start in range(len(text) - length + 1)
        ]
        for text in texts
    ]
    ours = hash_rows([Block(runs_of(texts, LONGEST_RUN), RULE_COLUMNS)], len(texts))
    expected = hash_rows([Block(listed(named), RULE_COLUMNS)], len(texts))
    assert np.array_equal(ours.columns, expected.columns)
    assert np.array_equal(ours.values, expected.values)


def test_blocks_stand_side_by_side_each_of_length_one() -> None:
    first, second = ["我们", "回家", "我们"], ["none"]
    ours = hash_rows([Block(listed([first]), 64), Block(listed([second]), 32, only_marks=True)], 1)
    expected = hstack([theirs([first], 64, only_marks=False), theirs([second], 32, only_marks=True)], format="csr")
    assert np.array_equal(ours.columns, expected.indices)
    assert np.array_equal(ours.values, expected.data)


@pytest.mark.parametrize("text", ["我不想活了", LONG, "a" * 3_990, "1", "😀" * 200])
def test_a_served_score_is_the_one_that_the_training_matrix_gives(text: str) -> None:
    model, some = Classifier.load(DEFAULT_MODEL), passages_of(text)
    fitted, rows = model.weights, weighed(matrix(some), model.weights.worth)
    kinds = np.asarray(rows @ fitted.kinds + fitted.kind_offsets)
    topics = rows[:1] @ fitted.topics.astype(np.float32) + fitted.topic_offsets
    scores = model.score(some)
    # A sum of a thousand products is rounded by the order it is taken in.
    np.testing.assert_allclose(scores[:, :2], urgency_scores(kinds), rtol=0, atol=1e-3)
    np.testing.assert_allclose(scores[:1, 2:], topics, rtol=0, atol=1e-3)


def test_reading_a_note_loads_neither_scikit_learn_nor_scipy() -> None:
    told = (
        "import sys, app; from triage.assessor import Assessor, DEFAULT_MODEL;"
        "Assessor.load(DEFAULT_MODEL).assess('我不想活了' * 40);"
        "print({name.split('.')[0] for name in sys.modules} & {'sklearn', 'scipy', 'joblib'})"
    )
    done = subprocess.run([sys.executable, "-c", told], cwd=HOUSE, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"

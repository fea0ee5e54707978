"""The network reads one window at a time: always the same, whatever stands beside it, and nothing it can't read."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest

from tests.triage.small_network import CHARACTERS, CODE_POINTS, small_arrays, small_network
from triage import network
from triage.kinds import KINDS
from triage.network import BEGIN, LONGEST, SPECIALS, UNKNOWN, Network
from triage.protocol import Topic


def saved(**changed: np.ndarray) -> bytes:
    kept = {"code_points": np.array(CODE_POINTS, dtype=np.uint32), **small_arrays(), **changed}
    file = io.BytesIO()
    np.savez(file, **{name: array for name, array in kept.items() if array.size})
    return file.getvalue()


def test_a_window_gets_a_score_for_every_kind_and_topic() -> None:
    kinds, topics = small_network().score("我不想活了")
    assert kinds.shape == (len(KINDS),) and topics.shape == (len(Topic),)


@pytest.mark.parametrize("text", ["", "\ud800", "龘龘龘", "我" * 5_000, "\n", "a b c", CHARACTERS * 40])
def test_whatever_is_written_gets_finite_scores(text: str) -> None:
    kinds, topics = small_network().score(text)
    assert np.isfinite(kinds).all() and np.isfinite(topics).all()


def test_the_same_window_always_scores_the_same() -> None:
    one = small_network()
    first = one.score("我不想活了")[0]
    one.score("谢谢老师" * 20)
    assert np.array_equal(one.score("我不想活了")[0], first)


def test_the_order_of_words_counts() -> None:
    assert not np.allclose(small_network().score("爸爸打我")[0], small_network().score("我打爸爸")[0])


def test_what_is_beyond_the_window_is_not_read() -> None:
    fitting = "我" * (LONGEST - 1)
    assert np.array_equal(small_network().score(fitting + "不想活了")[0], small_network().score(fitting)[0])


def test_characters_have_numbers_and_strangers_share_one() -> None:
    alphabet = network.alphabet_of(CODE_POINTS)
    assert network.numbers_of("我龘", alphabet) == [BEGIN, SPECIALS, UNKNOWN]


def test_a_saved_network_says_the_same_when_it_is_loaded(tmp_path: Path) -> None:
    network.save(tmp_path / "network.npz", CODE_POINTS, small_arrays())
    loaded = Network.load((tmp_path / "network.npz").read_bytes())
    assert np.array_equal(loaded.score("我不想活了")[0], small_network().score("我不想活了")[0])


@pytest.mark.parametrize(
    "changed",
    [
        {"look": np.zeros(0)},
        {"look": np.zeros(5)},
        {"more": np.zeros(5)},
        {"code_points": np.array(CODE_POINTS[:-1], dtype=np.uint32)},
        {"kinds": np.array([{"a": 1}], dtype=object)},
    ],
    ids=["one missing", "another shape", "one too many", "another alphabet", "a pickled one"],
)
def test_arrays_that_do_not_fit_are_refused(changed: dict[str, np.ndarray]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the folder's loader turns it into a sentence
        Network.load(saved(**changed))


def test_it_reads_as_it_was_taught() -> None:
    training = pytest.importorskip("triage.network_training", reason="JAX is installed by `make model` only")
    arrays = small_arrays()
    numbers = np.array([network.numbers_of("爸爸在打我,我不想活了。", network.alphabet_of(CODE_POINTS)) + [0] * 5])
    kinds, topics = training.heads(arrays, training.view(arrays, numbers))
    read_kinds, read_topics = small_network().score("爸爸在打我,我不想活了。")
    assert np.allclose(kinds[0], read_kinds, atol=1e-4) and np.allclose(topics[0], read_topics, atol=1e-4)

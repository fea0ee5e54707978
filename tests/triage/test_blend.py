"""The network is asked where its word can change a level, about the darkest windows, and counts one half."""

from __future__ import annotations

import numpy as np
import pytest

from tests.triage.small_network import small_network
from triage import blend
from triage.classifier import HEADS, note_scores, read_again
from triage.kinds import urgency_scores
from triage.network import LONGEST

MARGIN = 1.5
SHORT = "我不想活了"
LONG = "谢谢老师,我在想你。" * 20


def raw_of(*urgent: float) -> np.ndarray:
    raw = np.zeros((len(urgent), len(HEADS)), dtype=np.float32)
    raw[:, 0] = urgent
    return raw


@pytest.mark.parametrize("urgent", [blend.ASKED_FROM - 0.01, blend.ASKED_BELOW])
def test_beyond_the_band_the_linear_model_alone_is_heard(urgent: float) -> None:
    raw = raw_of(urgent)
    assert read_again(raw, SHORT, [(0, len(SHORT))], small_network(), MARGIN) is raw


@pytest.mark.parametrize("urgent", [blend.ASKED_FROM, 0.0, blend.ASKED_BELOW - 0.01])
def test_within_the_band_the_network_counts_one_half(urgent: float) -> None:
    raw = raw_of(urgent)
    kinds, _ = small_network().score(SHORT)
    [mixed] = read_again(raw, SHORT, [(0, len(SHORT))], small_network(), MARGIN)
    assert np.allclose(mixed[:2], (raw[0, :2] + urgency_scores(kinds[None])[0]) / 2)


def test_a_model_without_a_network_says_what_it_said() -> None:
    raw = raw_of(0.0)
    assert read_again(raw, SHORT, [(0, len(SHORT))], None, MARGIN) is raw


def test_a_note_that_fits_is_read_as_a_whole() -> None:
    assert blend.darkest(raw_of(0, 5, 9), [LONGEST - 1, 60, 35]) == [0]


def test_of_a_long_note_the_darkest_windows_are_read() -> None:
    assert blend.darkest(raw_of(9, 1, 5, 3, 5, -2), [400, 60, 60, 60, 60, 60]) == [2, 4, 3]


def test_a_window_that_was_not_read_counts_no_more() -> None:
    raw = raw_of(-9, 0, 0.1, 0.2, 0.3)
    spans = [(0, len(LONG)), *((start, start + 40) for start in (0, 40, 80, 120))]
    mixed = blend.blended(raw, LONG, spans, small_network())
    assert mixed[1, 0] == blend.NOT_ASKED
    assert note_scores(mixed, MARGIN)[0] == pytest.approx(max(mixed[0, 0], mixed[2:, 0].max() - MARGIN))


def test_what_the_linear_model_said_is_not_overwritten() -> None:
    raw = raw_of(0.0)
    blend.blended(raw, SHORT, [(0, len(SHORT))], small_network())
    assert not raw.any()


def test_the_topics_stay_the_linear_models() -> None:
    raw = raw_of(0.0)
    mixed = blend.blended(raw, SHORT, [(0, len(SHORT))], small_network())
    assert (mixed[:, 2:] == raw[:, 2:]).all()
    assert (mixed[0, :2] != raw[0, :2]).any()

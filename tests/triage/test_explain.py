"""A reason of the model points at the clause that moved it."""

from __future__ import annotations

import numpy as np

from triage import features, rules
from triage.assessor import DEFAULT_MODEL
from triage.blend import NOT_ASKED
from triage.classifier import HEADS, Classifier
from triage.explain import model_reason
from triage.network import LONGEST
from triage.normalize import read
from triage.protocol import Urgency

HAPPY = "今天运动会我们班得了第二名。老师给大家发了糖。"


def test_where_the_network_read_the_whole_note_the_linear_model_says_which_part() -> None:
    text = (HAPPY * 4)[: LONGEST - 2]
    reading = read(text)
    passages = features.passages(reading.plain, rules.find(reading))
    assert len(passages) > 2
    linear = np.zeros((len(passages), len(HEADS)), dtype=np.float32)
    linear[-1, :2] = 1.0
    raw = linear.copy()
    raw[1:, :2] = NOT_ASKED
    reason = model_reason(Classifier.load(DEFAULT_MODEL), reading, passages, linear, raw, Urgency.URGENT)
    assert passages[-1].start <= reason.start < reason.end <= passages[-1].end

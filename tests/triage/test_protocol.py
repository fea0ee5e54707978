"""The words of the protocol survive being kept, and a broken one is refused."""

from __future__ import annotations

import json

import pytest

from triage.protocol import Assessment, AssessmentBroken, Cause, Reason, Source, Topic, Urgency

KEPT = Assessment(
    Urgency.URGENT,
    None,
    (Topic.BULLYING, Topic.MOOD),
    (Reason("被同学打、围堵", 1, 3, 9, Source.RULE, "U4"),),
    "说得很明白",
    {"urgent": 0.8},
)


def test_an_assessment_comes_back_from_json_as_it_was() -> None:
    assert Assessment.from_dict(json.loads(json.dumps(KEPT.to_dict()))) == KEPT


def test_a_failed_assessment_is_unscreened_and_says_so() -> None:
    failed = Assessment.failed()
    assert (failed.urgency, failed.cause, failed.topics) == (Urgency.UNSCREENED, Cause.FAILED, (Topic.OTHER,))


def test_a_failed_assessment_comes_back_too() -> None:
    assert Assessment.from_dict(Assessment.failed().to_dict()) == Assessment.failed()


@pytest.mark.parametrize("part", ["urgency", "cause", "topics", "reasons", "sureness", "scores"])
def test_a_kept_assessment_without_a_part_is_refused(part: str) -> None:
    kept = KEPT.to_dict()
    del kept[part]
    with pytest.raises(AssessmentBroken):
        Assessment.from_dict(kept)


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(AssessmentBroken):
        Assessment.from_dict({**KEPT.to_dict(), "urgency": "very"})


def test_a_place_beyond_all_places_is_refused_without_its_content() -> None:
    reason = {**KEPT.to_dict()["reasons"][0], "start": float("inf")}
    with pytest.raises(AssessmentBroken) as refused:
        Assessment.from_dict({**KEPT.to_dict(), "reasons": [reason]})
    assert refused.value.__cause__ is None


def test_only_an_unscreened_note_has_a_cause() -> None:
    with pytest.raises(AssessmentBroken):
        Assessment(Urgency.ROUTINE, Cause.FAILED, (Topic.OTHER,))


def test_every_level_and_topic_has_a_chinese_name() -> None:
    names = [one.chinese for one in (*Urgency, *Topic)]
    assert len(set(names)) == 4 + 17

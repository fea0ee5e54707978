"""Letters that tell of harm are hard words; a quarrel, a wish and what nobody could read are not."""

from __future__ import annotations

import pytest

from mailbox.rules.hard_words import has_hard_words
from triage.protocol import LEVELS, Assessment, Cause, Reason, Source, Topic, Urgency


def found(urgency: Urgency, topic: Topic, rule: str = "", cause: Cause | None = None) -> Assessment:
    reasons = (Reason("说到了", 1, 0, 1, Source.RULE, rule),) if rule else ()
    return Assessment(urgency, cause, (topic,), reasons, "比较像", {})


@pytest.mark.parametrize("rule", ["U1", "U2", "U3", "U4", "U5"])
def test_what_a_rule_of_harm_found_is_hard(rule: str) -> None:
    assert has_hard_words(found(Urgency.URGENT, Topic.OTHER, rule))


@pytest.mark.parametrize("topic", [Topic.SELF_HARM, Topic.ABUSE, Topic.SEXUAL_HARM, Topic.HARM_OTHERS])
def test_a_topic_of_harm_is_hard_at_every_level(topic: Topic) -> None:
    assert all(has_hard_words(found(urgency, topic)) for urgency in LEVELS)


def test_bullying_is_hard_where_it_is_urgent() -> None:
    assert has_hard_words(found(Urgency.URGENT, Topic.BULLYING))
    assert not has_hard_words(found(Urgency.SOON, Topic.BULLYING))


def test_a_wish_and_what_nobody_could_read_are_not() -> None:
    assert not has_hard_words(found(Urgency.ROUTINE, Topic.THANKS))
    assert not has_hard_words(found(Urgency.URGENT, Topic.SAFETY, "U6"))
    assert not has_hard_words(found(Urgency.UNSCREENED, Topic.OTHER, cause=Cause.NEEDS_PERSON))

"""Which letters are hard to meet unprepared: what triage found in them is violence, sexual harm or self-harm. Pure."""

from __future__ import annotations

from triage.protocol import Assessment, Topic, Urgency

_RULES = frozenset({"U1", "U2", "U3", "U4", "U5"})
_TOPICS = frozenset({Topic.SELF_HARM, Topic.ABUSE, Topic.SEXUAL_HARM, Topic.HARM_OTHERS})


def has_hard_words(found: Assessment) -> bool:
    """Say whether a letter's findings name harm. Bullying does where it is urgent: a nickname is hard to nobody else.

    A letter that nobody could judge, of which nothing is known, is not covered: covering says that there is something.
    """
    if any(reason.rule in _RULES for reason in found.reasons) or not _TOPICS.isdisjoint(found.topics):
        return True
    return Topic.BULLYING in found.topics and found.urgency is Urgency.URGENT

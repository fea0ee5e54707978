"""Reasons: what a counselor should look at first, in Chinese words, with its place in the child's own text.

Owns the wording around a finding and the search for the clause that moved the model. Never shows a number, and never
repeats what the child wrote.
"""

from __future__ import annotations

from collections.abc import Sequence

from triage.classifier import HEADS, Classifier
from triage.features import Passage, clauses
from triage.kinds import Scores
from triage.normalize import Reading
from triage.protocol import MOST_REASONS, Reason, Source, Topic, Urgency
from triage.rules import Finding, Scope, split_sentences

_GRAVE_TOPICS = (
    Topic.SELF_HARM,
    Topic.ABUSE,
    Topic.SEXUAL_HARM,
    Topic.BULLYING,
    Topic.HARM_OTHERS,
    Topic.SAFETY,
)
_SCOPE_WORDS = {Scope.PAST: "(像是过去的事)", Scope.OTHER: "(像是说别人)"}
_LEVELS = (Urgency.URGENT, Urgency.SOON)


def rule_reasons(reading: Reading, findings: Sequence[Finding]) -> list[Reason]:
    """At most three findings that raise the note, the gravest first, each phrase once and no two on one place."""
    reasons: list[Reason] = []
    seen: set[str] = set()
    for level in _LEVELS:
        for finding in findings:
            if not finding.counts or finding.urgency is not level or finding.phrase.words in seen:
                continue
            start, end = reading.place(finding.start, finding.end)
            if any(reason.start <= start and end <= reason.end for reason in reasons):
                continue
            seen.add(finding.phrase.words)
            words = finding.phrase.words + _SCOPE_WORDS.get(finding.scope, "")
            reasons.append(Reason(words, finding.sentence, start, end, Source.RULE, finding.rule))
    return reasons[:MOST_REASONS]


def clearest(findings: Sequence[Finding]) -> bool:
    """Whether an urgent phrase stands there with nothing around it that changes it."""
    return any(finding.urgency is Urgency.URGENT and finding.scope is Scope.PLAIN for finding in findings)


def model_reason(
    classifier: Classifier,
    reading: Reading,
    passages: Sequence[Passage],
    linear: Scores,
    raw: Scores,
    level: Urgency,
) -> Reason:
    """The clause that moved the model most, within the passage that moved it most: the linear model, where the network
    read the whole note only."""
    head = 0 if level is Urgency.URGENT else 1
    shown = list(range(1, len(passages))) or [0]
    passage = passages[max(shown, key=lambda at: (float(raw[at, head]), float(linear[at, head])))]
    own = clauses(reading.plain, passage)
    if len(own) > 1:
        scores = classifier.score(own)
        best = own[int(scores[:, head].argmax())]
    else:
        best = passage
    whole = raw[0]
    topic = max(_GRAVE_TOPICS, key=lambda one: float(whole[HEADS.index(one.value)]))
    start, end = reading.place(best.start, best.end)
    number = split_sentences(reading.plain).number_at(best.start)
    if level is Urgency.URGENT and whole[HEADS.index(topic.value)] >= classifier.parameters.thresholds[topic.value]:
        words = f"这句的说法像“{topic.chinese}”的信"
    elif level is Urgency.URGENT:
        words = "这句的说法像需要当天看的信"
    else:
        words = "这句的说法像有难处的信"
    return Reason(words, number, start, end, Source.MODEL, "model")

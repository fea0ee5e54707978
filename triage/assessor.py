"""Puts rules and model together into one assessment; the machine may raise, nothing lowers.

Owns the combination, the abstentions and the order of the reasons. Reads text only; keeps, logs and repeats nothing
of it. Loaded once, before the server forks; several threads may use it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from threadpoolctl import threadpool_limits

from triage import features, legible, rules, words
from triage.adjust import Adjustment
from triage.classifier import AT_LEAST_SOON, HEADS, URGENT, Classifier, note_scores, topics_said
from triage.explain import clearest, model_reason, rule_reasons
from triage.features import Passage
from triage.kinds import Scores
from triage.legible import Legibility
from triage.lexicon import load_all
from triage.normalize import Reading, read
from triage.protocol import LEVELS, MOST_REASONS, Assessment, Cause, Topic, Urgency
from triage.rules import Finding

DEFAULT_MODEL = Path(__file__).resolve().parent.parent / "models" / "blend-8"
_TOGETHER = 64  # notes; more at a time are no faster and hold more memory
_LIKELY = 0.7  # calibrated probability from which a model's word is called 比较像
# The same from which a note wholly in 拼音 is raised to urgent. The model learned from few of them, and at its own bar
# would ring for a quarter to two fifths of the harmless ones (docs/decisions/0008).
_HEARD_URGENT = 0.6
_ROUNDING = 1e-9  # of a probability that went through its log-odds and back


class Assessor:
    """Reads notes: rules of the lexicon, and the model above them."""

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier

    @classmethod
    def load(cls, model_dir: Path) -> Assessor:
        """Load lexicon, dictionary and model, so that the first note doesn't wait.

        Raises ModelMissing if a file of the model is missing, altered, or made for other features.
        """
        # The network's products are too small to share: a second processor's thread would wait for each in a busy loop,
        # and one letter would cost twice as much (docs/decisions/0009). What is forked later inherits it.
        threadpool_limits(1, user_api="blas")
        classifier = Classifier.load(model_dir)
        load_all()
        words.load()
        return cls(classifier)

    def assess(self, text: str, adjustment: Adjustment | None = None) -> Assessment:
        """Assess one note of 1 to 4,000 characters; longer ones are read too, in linear time."""
        return self.assess_many([text], adjustment)[0]

    def assess_many(self, texts: Sequence[str], adjustment: Adjustment | None = None) -> list[Assessment]:
        """Assess n notes of 1 to 4,000 characters each.

        Returns n assessments in the same order; scores are calibrated probabilities in 0..1, before any adjustment.
        ``adjustment`` moves the model's levels to a school's own; one for another model counts for nothing.
        Source: phrases in lexicon/*.toml; thresholds in models/<name>/parameters.json.
        """
        if adjustment is not None and adjustment.model != self._classifier.identity:
            adjustment = None
        assessed: list[Assessment] = []
        for first in range(0, len(texts), _TOGETHER):
            assessed += self._assess_together(texts[first : first + _TOGETHER], adjustment)
        return assessed

    def _assess_together(self, texts: Sequence[str], adjustment: Adjustment | None) -> list[Assessment]:
        assessed: list[Assessment | None] = [None] * len(texts)
        read_on: list[tuple[int, Legibility, Reading, list[Finding], list[Passage]]] = []
        for at, text in enumerate(texts):
            reading = read(text)
            findings = rules.find(reading)
            judged, by_rule = legible.judge(text, reading), rules.gravest(findings)
            if by_rule is Urgency.URGENT:
                judged = Legibility.READABLE
            if judged in (Legibility.READABLE, Legibility.ONLY_HEARD):
                read_on.append((at, judged, reading, findings, features.passages(reading.plain, findings)))
            else:
                assessed[at] = _abstain(judged, by_rule, reading, findings)
        scored = self._classifier.score_many([passages for *_, passages in read_on])
        for (at, judged, reading, findings, passages), linear in zip(read_on, scored, strict=True):
            raw = self._classifier.read_again(linear, reading.plain, passages)
            combined = self._combine(reading, findings, passages, linear, raw, adjustment)
            grave = combined.urgency is Urgency.URGENT and combined.scores[URGENT] >= _HEARD_URGENT
            unsure = judged is Legibility.ONLY_HEARD and not grave
            assessed[at] = _for_a_person(reading, findings) if unsure else combined
        return [one for one in assessed if one is not None]

    def _combine(
        self,
        reading: Reading,
        findings: Sequence[Finding],
        passages: Sequence[Passage],
        linear: Scores,
        raw: Scores,
        adjustment: Adjustment | None,
    ) -> Assessment:
        parameters = self._classifier.parameters
        scores = note_scores(raw, parameters.window_margin)
        by_rule = rules.gravest(findings)
        probabilities = {head: parameters.probability(head, float(scores[at])) for at, head in enumerate(HEADS)}
        adjusted = probabilities if adjustment is None else probabilities | adjustment.probabilities(probabilities)
        by_model = self._level(scores) if adjustment is None else self._adjusted_level(adjusted)
        urgency = max(by_rule, by_model, key=LEVELS.index)
        reasons = rule_reasons(reading, findings)
        if LEVELS.index(by_model) > LEVELS.index(by_rule):
            # What raised the note stands first; the lesser findings of the rules follow.
            mark = model_reason(self._classifier, reading, passages, linear, raw, by_model)
            place = (mark.start, mark.end)
            reasons = [mark, *(reason for reason in reasons if (reason.start, reason.end) != place)]
        return Assessment(
            urgency=urgency,
            cause=None,
            topics=self._topics(scores, findings),
            reasons=tuple(reasons[:MOST_REASONS]),
            sureness=_sureness(urgency, by_rule, findings, adjusted),
            scores={head: round(probability, 4) for head, probability in probabilities.items()},
            by_rules=by_rule,
            model=self._classifier.identity,
        )

    def _level(self, scores: Scores) -> Urgency:
        thresholds = self._classifier.parameters.thresholds
        if scores[HEADS.index(URGENT)] >= thresholds[URGENT]:
            return Urgency.URGENT
        if scores[HEADS.index(AT_LEAST_SOON)] >= thresholds[AT_LEAST_SOON]:
            return Urgency.SOON
        return Urgency.ROUTINE

    def _adjusted_level(self, adjusted: dict[str, float]) -> Urgency:
        """The level where the bars stay and the probabilities have moved."""
        parameters = self._classifier.parameters
        for head, level in ((URGENT, Urgency.URGENT), (AT_LEAST_SOON, Urgency.SOON)):
            if adjusted[head] >= parameters.probability(head, parameters.thresholds[head]) - _ROUNDING:
                return level
        return Urgency.ROUTINE

    def _topics(self, scores: Scores, findings: Sequence[Finding]) -> tuple[Topic, ...]:
        """Topics of the model, and of what the rules call urgent; lesser phrases name topics in passing."""
        by_model = topics_said(scores[None, :], self._classifier.parameters)[0]
        said = {topic for topic, is_said in zip(Topic, by_model, strict=True) if is_said}
        for finding in findings:
            if finding.counts and finding.urgency is Urgency.URGENT:
                said.update(finding.topics)
        if len(said) > 1:
            said.discard(Topic.OTHER)
        return tuple(topic for topic in Topic if topic in said)


def _abstain(judged: Legibility, by_rule: Urgency, reading: Reading, findings: Sequence[Finding]) -> Assessment:
    if judged is Legibility.NEEDS_PERSON:
        return _for_a_person(reading, findings)
    if by_rule is Urgency.SOON:
        reasons = tuple(rule_reasons(reading, findings))
        return Assessment(Urgency.SOON, None, (Topic.OTHER,), reasons, by_rules=by_rule)
    return Assessment(Urgency.ROUTINE, None, (Topic.OTHER,), (), "比较像", {})


def _for_a_person(reading: Reading, findings: Sequence[Finding]) -> Assessment:
    reasons, by_rule = tuple(rule_reasons(reading, findings)), rules.gravest(findings)
    return Assessment(Urgency.UNSCREENED, Cause.NEEDS_PERSON, (Topic.OTHER,), reasons, "没有读", {}, by_rules=by_rule)


def _sureness(urgency: Urgency, by_rule: Urgency, findings: Sequence[Finding], probabilities: dict[str, float]) -> str:
    if urgency is by_rule and urgency is not Urgency.ROUTINE:
        return "说得很明白" if clearest(findings) else "比较像"
    if urgency is Urgency.ROUTINE:
        return "比较像" if probabilities[AT_LEAST_SOON] <= 1 - _LIKELY else "拿不准"
    head = URGENT if urgency is Urgency.URGENT else AT_LEAST_SOON
    return "比较像" if probabilities[head] >= _LIKELY else "拿不准"

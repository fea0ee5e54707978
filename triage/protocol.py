"""The words of the triage protocol as types: urgency, cause, topic, reason, assessment.

Owns the names that the queue, the desk, the weekly summary and the evaluation share. Reads no text and
loads no model; whoever only needs the names imports nothing heavy from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

MOST_REASONS = 3


class ModelMissing(Exception):
    """The trained model cannot be used: a file is missing, changed, or made for other features."""

    def __init__(self, model: str, why: str) -> None:
        super().__init__(f"model {model}: {why}")
        self.model = model
        self.why = why


class AssessmentBroken(ValueError):
    """A kept assessment does not have the shape that ``Assessment.to_dict`` writes."""


class AdjustmentBroken(ValueError):
    """A kept adjustment is not one that ``triage.adjust`` made."""


class Urgency(StrEnum):
    """How soon a person must read the note; never what is true."""

    URGENT = "urgent"
    SOON = "soon"
    ROUTINE = "routine"
    UNSCREENED = "unscreened"

    @property
    def chinese(self) -> str:
        return {"urgent": "紧急", "soon": "尽快", "routine": "日常", "unscreened": "未筛查"}[self.value]


# The three that a person may give, from the least.
LEVELS = (Urgency.ROUTINE, Urgency.SOON, Urgency.URGENT)


class Cause(StrEnum):
    """Why a note is unscreened. FAILED counts as urgent and raises the alarm; NEEDS_PERSON does not."""

    FAILED = "failed"
    NEEDS_PERSON = "needs_person"


class Topic(StrEnum):
    """What a note is about; any number, at least one."""

    SELF_HARM = "self_harm"
    ABUSE = "abuse"
    SEXUAL_HARM = "sexual_harm"
    BULLYING = "bullying"
    HARM_OTHERS = "harm_others"
    SAFETY = "safety"
    MOOD = "mood"
    MISSING_PARENTS = "missing_parents"
    FAMILY = "family"
    PEERS = "peers"
    STUDY = "study"
    TEACHER = "teacher"
    GROWING_UP = "growing_up"
    HARDSHIP = "hardship"
    HABITS = "habits"
    THANKS = "thanks"
    OTHER = "other"

    @property
    def chinese(self) -> str:
        return _TOPIC_CHINESE[self.value]


_TOPIC_CHINESE = {
    "self_harm": "自杀自伤",
    "abuse": "虐待忽视",
    "sexual_harm": "性侵害",
    "bullying": "欺凌",
    "harm_others": "伤害他人",
    "safety": "人身安全",
    "mood": "情绪",
    "missing_parents": "想念家人",
    "family": "家庭关系",
    "peers": "同伴关系",
    "study": "学习压力",
    "teacher": "师生关系",
    "growing_up": "青春期",
    "hardship": "生活困难",
    "habits": "行为习惯",
    "thanks": "感谢建议",
    "other": "其他",
}


class Source(StrEnum):
    """Who found a reason."""

    RULE = "rule"
    MODEL = "model"


@dataclass(frozen=True)
class Reason:
    """One thing a counselor should look at first.

    words     Chinese words read at a glance; never a score and never the child's own text
    sentence  which sentence of the note, from 1
    start/end half-open places in the ORIGINAL text, in Python characters; 0 <= start < end
    rule      "U1" to "U7", a short word for a lesser rule, or "model"
    """

    words: str
    sentence: int
    start: int
    end: int
    source: Source
    rule: str

    def to_dict(self) -> dict[str, Any]:
        return {
            "words": self.words,
            "sentence": self.sentence,
            "start": self.start,
            "end": self.end,
            "source": self.source.value,
            "rule": self.rule,
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Reason:
        """Read back what ``to_dict`` wrote. Raises AssessmentBroken."""
        try:
            return cls(
                words=str(kept["words"]),
                sentence=int(kept["sentence"]),
                start=int(kept["start"]),
                end=int(kept["end"]),
                source=Source(kept["source"]),
                rule=str(kept["rule"]),
            )
        except (KeyError, TypeError, ValueError, OverflowError):
            # Not chained: what was wrong may be a word of the letter.
            raise AssessmentBroken("reason") from None


@dataclass(frozen=True)
class Assessment:
    """What triage says about one note.

    cause     set exactly when urgency is UNSCREENED
    topics    at least one, in the order of ``Topic``
    reasons   at most three, the gravest first
    sureness  Chinese words: 说得很明白, 比较像, 拿不准, or 没有读
    scores    calibrated probabilities in 0..1 by name ("urgent", "at_least_soon", topics); empty without a model
    by_rules  what the rules alone raise the note to: no adjustment to a school goes below it
    model     which training gave the scores; empty where none did
    """

    urgency: Urgency
    cause: Cause | None
    topics: tuple[Topic, ...]
    reasons: tuple[Reason, ...] = ()
    sureness: str = "拿不准"
    scores: Mapping[str, float] = field(default_factory=dict)
    by_rules: Urgency = Urgency.ROUTINE
    model: str = ""

    def __post_init__(self) -> None:
        if (self.urgency is Urgency.UNSCREENED) != (self.cause is not None):
            raise AssessmentBroken("cause")
        if not self.topics:
            raise AssessmentBroken("topics")
        if len(self.reasons) > MOST_REASONS:
            raise AssessmentBroken("reasons")

    @classmethod
    def failed(cls) -> Assessment:
        """What stands for a note when triage broke or ran out of time: unscreened, treated as urgent."""
        return cls(Urgency.UNSCREENED, Cause.FAILED, (Topic.OTHER,), (), "没有读", {})

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values, to be sealed beside the note."""
        return {
            "urgency": self.urgency.value,
            "cause": self.cause.value if self.cause else None,
            "topics": [topic.value for topic in self.topics],
            "reasons": [reason.to_dict() for reason in self.reasons],
            "sureness": self.sureness,
            "scores": {name: float(score) for name, score in self.scores.items()},
            "by_rules": self.by_rules.value,
            "model": self.model,
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Assessment:
        """Read back what ``to_dict`` wrote. Raises AssessmentBroken, naming the part and never its content."""
        try:
            cause = kept["cause"]
            return cls(
                urgency=Urgency(kept["urgency"]),
                cause=None if cause is None else Cause(cause),
                topics=tuple(Topic(topic) for topic in kept["topics"]),
                reasons=tuple(Reason.from_dict(reason) for reason in kept["reasons"]),
                sureness=str(kept["sureness"]),
                scores={str(name): float(score) for name, score in kept["scores"].items()},
                # Letters sealed before there were adjustments don't say it.
                by_rules=Urgency(kept.get("by_rules", Urgency.ROUTINE)),
                model=str(kept.get("model", "")),
            )
        except AssessmentBroken:
            raise
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            raise AssessmentBroken("assessment") from None

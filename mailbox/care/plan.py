"""The crisis plan as a checklist: situations by rule of triage, and the steps of each. Pure; owns its shape.

``crisis_plan`` is the plan that comes with the program; what a school has instead is kept by ``school_plan``. Ticks
name steps by their keys, and a case keeps the whole plan it began with, as :meth:`Plan.to_json` gives it. English is
found by our Chinese (:func:`english_of`), so that an old case has it too, and words that a school changed lose it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "crisis_plan.toml"


@dataclass(frozen=True)
class Step:
    """One thing to do. ``key`` names its ticks; ``when`` is how soon, in words; ``who`` does it, at ``phone``.

    ``english`` is a school's own for words of its own, and mostly empty.
    """

    key: str
    words: str
    when: str
    who: str = ""
    phone: str = ""
    english: str = ""


@dataclass(frozen=True)
class Situation:
    """What a case may be about. ``rules`` are those of triage that suggest it."""

    key: str
    name: str
    rules: tuple[str, ...]
    must_report: bool
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Plan:
    """The whole plan, with what it was made from and what nobody could verify."""

    situations: tuple[Situation, ...]
    report_situations: tuple[str, ...]
    duty: tuple[str, ...]
    sources: tuple[str, ...]

    def of(self, keys: Sequence[str]) -> list[Situation]:
        """Return the chosen situations in the plan's order."""
        return [one for one in self.situations if one.key in keys]

    def has_step(self, key: str) -> bool:
        return any(step.key == key for one in self.situations for step in one.steps)

    def suggested(self, rules: Iterable[str]) -> list[str]:
        """Return the situations that the rules found in a letter suggest; the last one if none does."""
        found = set(rules)
        keys = [one.key for one in self.situations if found & set(one.rules)]
        return keys or [self.situations[-1].key]

    def to_json(self) -> dict[str, Any]:
        """Return the plan to be kept with a case; where it came from stays out, as it is on the plan's own page."""
        return {
            "situations": [asdict(one) for one in self.situations],
            "report": list(self.report_situations),
            "duty": list(self.duty),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any], sources: tuple[str, ...]) -> Plan:
        """Read back what a case kept. Raises KeyError, TypeError for what is no plan."""
        return cls(
            tuple(
                Situation(
                    one["key"],
                    one["name"],
                    tuple(one["rules"]),
                    bool(one["must_report"]),
                    tuple(Step(**step) for step in one["steps"]),
                )
                for one in kept["situations"]
            ),
            tuple(kept["report"]),
            tuple(kept["duty"]),
            sources,
        )


@cache
def crisis_plan() -> Plan:
    """Return the plan that comes with the program."""
    kept = _kept()
    return Plan(
        tuple(
            Situation(
                one["key"],
                one["name"],
                tuple(one["rules"]),
                bool(one.get("must_report", False)),
                tuple(Step(f"{one['key']}-{step['key']}", step["words"], step["when"]) for step in one["steps"]),
            )
            for one in kept["situations"]
        ),
        tuple(kept["report"]["situations"]),
        tuple(kept["report"]["duty"]),
        tuple(_source(source) for source in kept["sources"]),
    )


def english_of(sentence: str) -> str:
    """Return the English of a sentence of our plan: a step's words, a kind of danger, the law's; empty for others."""
    return _english().get(sentence, "")


@cache
def _english() -> dict[str, str]:
    kept = _kept()
    report = kept["report"]
    found = dict(zip(report["duty"], report["duty_english"], strict=True))
    found |= zip(report["situations"], report["situations_english"], strict=True)
    found |= {_source(source): source["english"] for source in kept["sources"]}
    for one in kept["situations"]:
        found |= {one["name"]: one["english"], **{step["words"]: step["english"] for step in one["steps"]}}
    return found


def _source(source: Mapping[str, str]) -> str:
    return f"{source['name']}（{source['note']}）"


@cache
def _kept() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))

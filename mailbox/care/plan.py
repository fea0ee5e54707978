"""The crisis plan as a checklist: situations by rule of triage, and the steps of each. Owns reading it, not its words.

Today every school has the plan that comes with the program. A school's own text is to be read in ``crisis_plan``, and
ticks name steps by their keys, so a step whose words change keeps its tick.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "crisis_plan.toml"


@dataclass(frozen=True)
class Step:
    """One thing to do. ``key`` names its ticks; ``when`` is how soon, in words."""

    key: str
    words: str
    when: str


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


@cache
def crisis_plan() -> Plan:
    """Return the plan that comes with the program."""
    kept = tomllib.loads(_FILE.read_text(encoding="utf-8"))
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
        tuple(f"{source['name']}（{source['note']}）" for source in kept["sources"]),
    )

"""Our beginnings of replies, by topic, and how a school's person and place get into them. Pure.

Owns the data file ``beginnings.toml`` and the two blanks; what a school changed or added is kept by ``people``.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from triage.protocol import Topic

# What stands where a school has named nobody yet: the gentle check finds it, so that no child gets a blank.
BLANK = "＿＿"
_PERSON, _PLACE = ("〔老师〕", "[person]"), ("〔地点〕", "[place]")


@dataclass(frozen=True)
class Beginning:
    """One beginning; ``key`` names it forever. ``english`` may be empty for a school's own."""

    key: str
    topic: Topic
    chinese: str
    english: str

    def filled(self, person: str, place: str) -> Beginning:
        """Return it with the school's person and place; an empty one leaves a visible blank."""
        return Beginning(self.key, self.topic, _fill(self.chinese, person, place), _fill(self.english, person, place))


def _fill(text: str, person: str, place: str) -> str:
    for marks, words in ((_PERSON, person), (_PLACE, place)):
        for mark in marks:
            text = text.replace(mark, words or BLANK)
    return text


OURS: dict[str, Beginning] = {
    row["key"]: Beginning(row["key"], Topic(row["topic"]), row["chinese"], row["english"])
    for row in tomllib.loads(Path(__file__).with_name("beginnings.toml").read_text("utf-8"))["beginning"]
}

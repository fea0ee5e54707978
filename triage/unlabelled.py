"""Texts that nobody labelled, for a network to learn what its teacher thinks of them. Offline only.

Owns the mixing of notes from their clauses, and the choice of sentences from the public texts. A note whose clauses
were dropped, exchanged or joined with another's asks what a note as it was written does not: which of them mattered.
No text is kept.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from pathlib import Path

from triage import gaps
from triage.network import LONGEST

MIXED, PUBLIC = 60_000, 20_000  # how many of each
SEED = 5
_CLAUSE = re.compile(r"[^，。！？!?,;；\n.~、 ]+[，。！？!?,;；\n.~、 ]*")
_FEWEST, _MOST = 6, LONGEST - 1  # characters
_CLAUSE_FEWEST = 3
_TRIES = 10  # for each text that is wanted
_LOOSE = ",，、 "
_TURN_FEWEST, _TURN_MOST = 10, 80  # characters


def mixed(plains: Sequence[str], count: int = MIXED) -> list[str]:
    """So many different texts of one window, made of clauses of notes; fewer of few notes; the same every time."""
    # Not a secret: an order that is the same every time.
    lot = random.Random(SEED)  # noqa: S311
    cut = [_CLAUSE.findall(plain) for plain in plains if _FEWEST <= len(plain) <= _MOST]
    several = [clauses for clauses in cut if len(clauses) > 1]
    any_clause = [clause for clauses in cut for clause in clauses if len(clause) >= _CLAUSE_FEWEST]
    found: set[str] = set()
    for _ in range(count * _TRIES if several else 0):
        if len(found) == count:
            break
        text = "".join(_one(lot, several, any_clause)).strip(_LOOSE)
        if _FEWEST <= len(text) <= _MOST:
            found.add(text)
    return sorted(found)


def _one(lot: random.Random, several: Sequence[Sequence[str]], any_clause: Sequence[str]) -> list[str]:
    clauses = list(lot.choice(several))
    way = lot.choices(("drop", "exchange", "insert", "join", "shuffle"), (25, 25, 15, 25, 10))[0]
    place = lot.randrange(len(clauses))
    if way == "drop":
        clauses.pop(place)
    elif way == "exchange":
        clauses[place] = lot.choice(any_clause)
    elif way == "insert":
        clauses.insert(place, lot.choice(any_clause))
    elif way == "join":
        other = lot.choice(several)
        clauses = [*clauses[: place + 1], *other[lot.randrange(len(other)) :]]
    else:
        lot.shuffle(clauses)
    return clauses


def sentences(public_dir: Path, count: int = PUBLIC) -> list[str]:
    """So many different turns of the public dialogues, each of one window. Raises FileBroken."""
    turns = {turn for turn in gaps.turns(public_dir) if _TURN_FEWEST <= len(turn) <= _TURN_MOST}
    lot = random.Random(SEED)  # noqa: S311 - an order, the same every time, not a secret
    return gaps.plain_of(lot.sample(sorted(turns), min(count, len(turns))))

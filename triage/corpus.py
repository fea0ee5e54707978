"""The project's own notes: invented, labelled by the protocol, kept as JSON lines in models/corpus.

Owns reading and checking. Refuses a corpus with a field that the protocol doesn't know, an id used twice, or the
same note under two families, because grouped cross-validation would then measure memory; and openings from one mould.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

from triage.protocol import Topic, Urgency

GRAM = 5  # characters
MOST_ALIKE = 0.4  # Jaccard similarity of two notes' character 5-grams
LONGEST_NOTE = 4000
# Length of an opening in characters, and the largest share of families that may begin with the same one: notes from
# one mould teach the mould.
MOST_COMMON_OPENINGS = ((2, 0.05), (4, 0.01))
FEWEST_FOR_OPENINGS = 400  # families; below that, shares say little
TRAITS = frozenset(
    {
        "plain",
        "indirect",
        "homophone",
        "pinyin",
        "dialect",
        "long",
        "one_line",
        "emoji",
        "cheerful_tail",
        "denial",
        "third_person",
        "hyperbole",
        "fiction",
        "negation",
        "typo",
        "list",
        "question",
    }
)
URGENT_RULES = frozenset({"U1", "U2", "U3", "U4", "U5", "U6", "U7"})


class CorpusBroken(Exception):
    """The corpus cannot be used; ``faults`` names each place, never a text."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults[:5]))
        self.faults = tuple(faults)


@dataclass(frozen=True)
class Note:
    """One invented note. ``family``: told differently or minimally changed, notes share one; never split by folds."""

    id: str
    text: str
    urgency: Urgency
    topics: tuple[Topic, ...]
    rule: str
    grade: int
    trait: str
    family: str


class _Unfit(ValueError):
    """A note that is none; the words name the fault, never the content."""


def load(corpus_dir: Path) -> list[Note]:
    """All notes of ``notes-*.jsonl`` in order of file and line. Raises CorpusBroken with every faulty line."""
    notes: list[Note] = []
    faults: list[str] = []
    for file in sorted(corpus_dir.glob("notes-*.jsonl")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            try:
                notes.append(_note(json.loads(line)))
            except (KeyError, TypeError, ValueError) as fault:
                faults.append(f"{file.name}:{number}: {_kind(fault)}")
    faults.extend(f"id {note_id} is used {count} times" for note_id, count in _twice(note.id for note in notes))
    if not notes:
        faults.append(f"no notes in {corpus_dir.name}")
    if faults:
        raise CorpusBroken(faults)
    return notes


def _kind(fault: Exception) -> str:
    if isinstance(fault, json.JSONDecodeError):
        return "not JSON"
    if isinstance(fault, KeyError):
        return f"field {fault} is missing"
    return str(fault) if isinstance(fault, _Unfit) else "a field holds what it may not"


def _note(fields: dict[str, Any]) -> Note:
    note = Note(
        id=str(fields["id"]),
        text=str(fields["text"]),
        urgency=Urgency(fields["urgency"]),
        topics=tuple(Topic(topic) for topic in fields["topics"]),
        rule=str(fields["rule"]),
        grade=int(fields["grade"]),
        trait=str(fields["trait"]),
        family=str(fields["family"]),
    )
    if not 1 <= len(note.text) <= LONGEST_NOTE or not note.text.strip():
        raise _Unfit("text is blank or too long")
    if note.urgency is Urgency.UNSCREENED:
        raise _Unfit("urgency is for the program only")
    if (note.urgency is Urgency.URGENT) != (note.rule in URGENT_RULES):
        raise _Unfit("urgency and rule do not agree")
    if not note.topics or len(set(note.topics)) != len(note.topics):
        raise _Unfit("topics are none or doubled")
    if not 1 <= note.grade <= 9 or note.trait not in TRAITS or not note.family:
        raise _Unfit("grade, trait or family is not known")
    return note


def _twice(ids: Iterable[str]) -> list[tuple[str, int]]:
    return [(one, count) for one, count in Counter(ids).items() if count > 1]


def near_duplicates(notes: Sequence[Note]) -> list[tuple[str, str, float]]:
    """Pairs of different families that share more than ``MOST_ALIKE`` of their 5-grams: (id, id, Jaccard).

    Prefix filtering (Bayardo and others, 2007): two sets that are so alike share one of their rarest elements, so
    only notes that meet there are compared.
    """
    grams = [_grams(note.text) for note in notes]
    holding = Counter(gram for some in grams for gram in some)
    met: defaultdict[str, list[int]] = defaultdict(list)
    alike = []
    for index, some in enumerate(grams):
        rarest = sorted(some, key=lambda gram: (holding[gram], gram))[: len(some) - ceil(MOST_ALIKE * len(some)) + 1]
        for earlier in {one for gram in rarest for one in met[gram]}:
            if notes[earlier].family != notes[index].family:
                shared = len(grams[earlier] & some)
                jaccard = shared / (len(grams[earlier]) + len(some) - shared)
                if jaccard > MOST_ALIKE:
                    alike.append((notes[earlier].id, notes[index].id, jaccard))
        for gram in rarest:
            met[gram].append(index)
    return sorted(alike)


def skewed_openings(notes: Sequence[Note]) -> list[tuple[str, float]]:
    """Openings that too many families share: (opening, share of families)."""
    families = {note.family for note in notes}
    if len(families) < FEWEST_FOR_OPENINGS:
        return []
    skewed: list[tuple[str, float]] = []
    for length, most in MOST_COMMON_OPENINGS:
        # A family's twins begin alike on purpose, so each family counts once.
        begun = Counter(opening for opening, _ in {(note.text.lstrip()[:length], note.family) for note in notes})
        shares = ((opening, count / len(families)) for opening, count in begun.most_common())
        skewed.extend((opening, share) for opening, share in shares if share > most)
    return skewed


def _grams(text: str) -> frozenset[str]:
    kept = "".join(character for character in text if character.isalnum())
    return frozenset(kept[start : start + GRAM] for start in range(max(1, len(kept) - GRAM + 1)))


def counts(notes: Sequence[Note]) -> dict[str, Counter[str]]:
    """How many notes there are by urgency, rule, trait and topic."""
    return {
        "urgency": Counter(note.urgency.value for note in notes),
        "rule": Counter(note.rule for note in notes),
        "trait": Counter(note.trait for note in notes),
        "topic": Counter(topic.value for note in notes for topic in note.topics),
    }

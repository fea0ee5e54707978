"""What a network learns from: labels of notes, and what its teacher says of them and of texts without a label.

Owns how labels and judgments are weighed against each other, and the file of judgments. Needs no JAX. A label says
which level; the teacher says how near the others were, and of many texts more (knowledge distillation: Hinton, Vinyals
and Dean 2015).
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from triage.kinds import KINDS
from triage.network import Array
from triage.protocol import ModelMissing

TEACHER_SHARE = 0.6  # of what a labelled note teaches; the label has the rest
SMOOTHED = 0.05  # share of the label that is spread over all kinds
JUDGMENTS = "judgments.npz"
_FIELDS = ("kinds", "topics", "seen")


@dataclass(frozen=True)
class Judgments:
    """What a teacher says of n texts: n × kinds and n × topics, raw, and n × its width what it saw in them."""

    kinds: Array
    topics: Array
    seen: Array

    def __len__(self) -> int:
        return len(self.kinds)

    def of(self, texts: Array | slice) -> Judgments:
        """The same of some texts, in their order."""
        return Judgments(self.kinds[texts], self.topics[texts], self.seen[texts])


@dataclass(frozen=True)
class Lesson:
    """n texts as numbers, and what is to be said of each: n × kinds and n × topics, shares; n × the teacher's width."""

    numbers: Array
    kinds: Array
    topics: Array
    seen: Array


def lesson(numbers: Array, judged: Judgments, kinds: Array, topics: Array) -> Lesson:
    """Notes with labels first, then texts without: ``numbers`` and ``judged`` of all, places in KINDS and topics of the
    notes."""
    notes = len(kinds)
    wanted, about = _shares(judged.kinds), 1 / (1 + np.exp(-judged.topics.astype(np.float32)))
    label = np.eye(len(KINDS), dtype=np.float32)[kinds] * (1 - SMOOTHED) + SMOOTHED / len(KINDS)
    wanted[:notes] = TEACHER_SHARE * wanted[:notes] + (1 - TEACHER_SHARE) * label
    about[:notes] = TEACHER_SHARE * about[:notes] + (1 - TEACHER_SHARE) * topics
    seen = judged.seen.astype(np.float32)
    even = (seen - seen.mean(axis=0)) / (seen.std(axis=0) + 1e-4)
    return Lesson(numbers, wanted, about.astype(np.float32), even.astype(np.float16))


def _shares(raw: Array) -> Array:
    """n × kinds raw → shares that add up to 1."""
    up = np.exp(raw.astype(np.float32) - raw.max(axis=1, keepdims=True))
    shares: Array = up / up.sum(axis=1, keepdims=True)
    return shares


def save(file: Path, judged: Judgments, asked: str) -> None:
    """Write judgments, with a hash of the texts that were judged."""
    kept = {name: getattr(judged, name).astype(np.float16) for name in _FIELDS}
    np.savez(file, allow_pickle=False, asked=np.array(asked), **kept)


def load(file: Path, asked: str) -> Judgments:
    """Read the judgments of exactly these texts. Raises ModelMissing."""
    name = file.parent.name
    try:
        with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as kept:
            judged, of = Judgments(*(kept[field] for field in _FIELDS)), str(kept["asked"])
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as broken:
        raise ModelMissing(name, f"{file.name} is missing or cannot be read; teach the teacher first") from broken
    if of != asked:
        raise ModelMissing(name, "the teacher judged other texts; teach it again")
    return judged

"""What a network learns from: labels of notes, and what its teacher says of them and of texts without a label.

Owns how labels and judgments are weighed against each other, and the file of judgments: small enough to be kept with
the code, because making it takes a fast machine an hour. Needs no JAX. A label says which level; the teacher says how
near the others were, and of many texts more (knowledge distillation: Hinton, Vinyals and Dean 2015).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from triage.kinds import KINDS
from triage.network import Array
from triage.protocol import ModelMissing

TEACHER_SHARE = 0.6  # of what a labelled note teaches; the label has the rest
SMOOTHED = 0.05  # share of the label that is spread over all kinds
DIRECTIONS = 48  # of what the teacher saw: of hundreds of numbers, those in which texts differ most
JUDGMENTS = "judgments.npz"
_SMALLEST_SPREAD = 1e-4
_INSTEAD = "teach the teacher first, or the network from labels alone"
_STEPS = 127  # from zero to the farthest, on either side


@dataclass(frozen=True)
class Judgments:
    """What a teacher says of n texts: n × kinds and n × topics, raw, and n × some directions of what it saw in them."""

    kinds: Array
    topics: Array
    seen: Array

    def __len__(self) -> int:
        return len(self.kinds)

    def of(self, texts: Array | slice) -> Judgments:
        """The same of some texts, in their order."""
        return Judgments(self.kinds[texts], self.topics[texts], self.seen[texts])

    def condensed(self, directions: int = DIRECTIONS) -> Judgments:
        """The same, but of what was seen only the directions in which these texts differ most, of mean variance one.

        Principal components of what was seen, each of its numbers first brought to mean zero and variance one.
        """
        seen = self.seen.astype(np.float32)
        even = (seen - seen.mean(axis=0)) / (seen.std(axis=0) + _SMALLEST_SPREAD)
        _, vectors = np.linalg.eigh(even.T @ even / len(even))
        turned = even @ vectors[:, ::-1][:, :directions]
        return Judgments(self.kinds, self.topics, turned / np.sqrt((turned**2).mean()))


@dataclass(frozen=True)
class Lesson:
    """n texts as numbers, and what is to be said of each: n × kinds and n × topics, shares; n × directions of what the
    teacher saw, none where there was no teacher."""

    numbers: Array
    kinds: Array
    topics: Array
    seen: Array

    @property
    def has_teacher(self) -> bool:
        return bool(self.seen.size)


def of_labels(numbers: Array, kinds: Array, topics: Array) -> Lesson:
    """Notes with labels, and no teacher's word: n × LONGEST numbers, n places in KINDS and n × topics."""
    return Lesson(numbers, _labels(kinds), topics.astype(np.float32), np.zeros((len(numbers), 0), np.float32))


def lesson(numbers: Array, judged: Judgments, kinds: Array, topics: Array) -> Lesson:
    """Notes with labels first, then texts without: ``numbers`` and ``judged`` of all, places in KINDS and topics of the
    notes."""
    notes = len(kinds)
    wanted, about = _shares(judged.kinds), 1 / (1 + np.exp(-judged.topics.astype(np.float32)))
    wanted[:notes] = TEACHER_SHARE * wanted[:notes] + (1 - TEACHER_SHARE) * _labels(kinds)
    about[:notes] = TEACHER_SHARE * about[:notes] + (1 - TEACHER_SHARE) * topics
    return Lesson(numbers, wanted, about.astype(np.float32), judged.seen.astype(np.float32))


def _labels(kinds: Array) -> Array:
    smoothed: Array = np.eye(len(KINDS), dtype=np.float32)[kinds] * (1 - SMOOTHED) + SMOOTHED / len(KINDS)
    return smoothed


def _shares(raw: Array) -> Array:
    """n × kinds raw → shares that add up to 1."""
    up = np.exp(raw.astype(np.float32) - raw.max(axis=1, keepdims=True))
    shares: Array = up / up.sum(axis=1, keepdims=True)
    return shares


def save(file: Path, judged: Judgments, asked: Sequence[tuple[str, int]]) -> None:
    """Write judgments of several parts, with a hash of the texts of each and their number."""
    farthest = np.abs(judged.seen).max(axis=0) + _SMALLEST_SPREAD
    np.savez_compressed(
        file,
        allow_pickle=False,
        asked=np.array([of for of, _ in asked]),
        counts=np.array([count for _, count in asked]),
        kinds=judged.kinds.astype(np.float16),
        topics=judged.topics.astype(np.float16),
        seen=np.round(judged.seen / farthest * _STEPS).astype(np.int8),
        farthest=farthest.astype(np.float32),
    )


def load(file: Path, asked: Sequence[str]) -> Judgments:
    """Read the judgments of the first parts, whose texts have exactly these hashes. Raises ModelMissing."""
    name = file.parent.name
    try:
        with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as kept:
            known, counts = kept["asked"].tolist(), kept["counts"].tolist()
            seen = kept["seen"].astype(np.float32) * kept["farthest"] / _STEPS
            judged = Judgments(kept["kinds"], kept["topics"], seen)
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as broken:
        raise ModelMissing(name, f"{file.name} is missing or cannot be read; {_INSTEAD}") from broken
    if known[: len(asked)] != list(asked):
        raise ModelMissing(name, f"the teacher judged other texts; {_INSTEAD}")
    return judged.of(slice(sum(counts[: len(asked)])))

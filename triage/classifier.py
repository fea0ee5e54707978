"""The statistical model: a linear one, and beside it, where the model has one, a small network. Loads and scores.

Owns the model's files and their checksums. Predicts with the stored coefficients and numpy alone, so that a server
imports neither scikit-learn nor scipy; the files hold numbers and names of heads, no word of any note.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from triage import blend, features
from triage.features import Passage
from triage.kinds import KINDS, Scores, urgency_scores
from triage.network import Network
from triage.protocol import ModelMissing, Topic

WEIGHTS, PARAMETERS, CHECKSUMS = "weights.npz", "parameters.json", "checksums.json"
NETWORK = "network.npz"  # only of a model that has one
HELD_OUT = "held_out.npz"  # what ``triage.adjust`` compares with; a model works without it
URGENT, AT_LEAST_SOON = "urgent", "at_least_soon"
HEADS: tuple[str, ...] = (URGENT, AT_LEAST_SOON, *(topic.value for topic in Topic))


@dataclass(frozen=True)
class Parameters:
    """What training chose besides the weights; all in log-odds of the raw head, except the calibration.

    thresholds     head → the raw score from which it speaks
    calibration    head → (slope, offset): probability = 1 / (1 + exp(-(slope * raw + offset)))
    window_margin  how much higher a window of a long note must score than a whole note
    with_network   whether thresholds and calibration are those of the linear model and a network together
    """

    thresholds: Mapping[str, float]
    calibration: Mapping[str, tuple[float, float]]
    window_margin: float
    with_network: bool = False

    def probability(self, head: str, raw: float) -> float:
        """The calibrated probability in 0..1 of one head's raw score."""
        slope, offset = self.calibration[head]
        # Nineteen heads are asked of every note, and numpy's clip takes longer than all else here.
        return float(1.0 / (1.0 + np.exp(-min(max(slope * raw + offset, -30.0), 30.0))))

    @classmethod
    def load(cls, model_dir: Path) -> Parameters:
        """Load a model folder's parameters alone. Raises ModelMissing."""
        content = checked_file(model_dir, PARAMETERS)
        try:
            return cls._read(json.loads(content), model_dir.name)
        except (KeyError, IndexError, TypeError, ValueError) as broken:
            raise ModelMissing(model_dir.name, "its files cannot be read") from broken

    @classmethod
    def _read(cls, kept: dict[str, Any], name: str) -> Parameters:
        if kept["features_version"] != features.VERSION or kept["heads"] != list(HEADS):
            raise ModelMissing(name, "it was trained for other features; train it again")
        pairs = kept["calibration"]
        return cls(
            thresholds={head: float(kept["thresholds"][head]) for head in HEADS},
            calibration={head: (float(pairs[head][0]), float(pairs[head][1])) for head in HEADS},
            window_margin=float(kept["window_margin"]),
            with_network=bool(kept.get("with_network", False)),
        )

    def to_dict(self) -> dict[str, Any]:
        return {
            "features_version": features.VERSION,
            "heads": list(HEADS),
            "thresholds": dict(self.thresholds),
            "calibration": {head: list(pair) for head, pair in self.calibration.items()},
            "window_margin": self.window_margin,
            "with_network": self.with_network,
        }


@dataclass(frozen=True)
class Weights:
    """What was fitted: how much a column is worth, columns × kinds, columns × topics, and the offsets of both."""

    worth: Scores
    kinds: Scores
    topics: npt.NDArray[np.float16] | Scores
    kind_offsets: Scores
    topic_offsets: Scores

    @property
    def fits(self) -> bool:
        return (
            self.worth.shape == (features.COLUMNS,)
            and self.kinds.shape == (features.COLUMNS, len(KINDS))
            and self.topics.shape == (features.COLUMNS, len(Topic))
            and self.kind_offsets.shape == (len(KINDS),)
            and self.topic_offsets.shape == (len(Topic),)
        )


@dataclass(frozen=True)
class Classifier:
    """Loaded once, read by many threads."""

    weights: Weights
    parameters: Parameters
    identity: str  # differs for every training
    network: Network | None = None

    @classmethod
    def load(cls, model_dir: Path) -> Classifier:
        """Load a model folder. Raises ModelMissing if a file is missing, altered, or made for other features."""
        name = model_dir.name
        parameters = Parameters.load(model_dir)
        content = checked_file(model_dir, WEIGHTS)
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
                weights = Weights(
                    worth=arrays["worth"].astype(np.float32),
                    kinds=arrays["kinds"].astype(np.float32),
                    # Only the whole note is scored for topics, so that these may stay small.
                    topics=arrays["topics"].astype(np.float16),
                    kind_offsets=arrays["kind_offsets"].astype(np.float32),
                    topic_offsets=arrays["topic_offsets"].astype(np.float32),
                )
        except (KeyError, IndexError, TypeError, ValueError, OSError, zipfile.BadZipFile) as broken:
            raise ModelMissing(name, "its files cannot be read") from broken
        if not weights.fits:
            raise ModelMissing(name, "its arrays have the wrong shape")
        network = _load_network(model_dir) if parameters.with_network else None
        return cls(weights, parameters, identity_of(model_dir), network)

    def score(self, some: Sequence[Passage]) -> Scores:
        """The n passages of one note, the whole note first → n × heads raw scores (log-odds)."""
        return self.score_many([some])[0] if some else np.zeros((0, len(HEADS)), dtype=np.float32)

    def score_many(self, notes: Sequence[Sequence[Passage]]) -> list[Scores]:
        """The passages of each note, the whole note first → for each note, its passages × heads raw scores.

        Only the whole note is scored for topics; they are zero for the others, which are many in a long note. Many
        notes at a time cost much less than as many calls. Every note needs at least one passage.
        """
        if not notes:
            return []
        rows, fitted = features.rows([passage for some in notes for passage in some]), self.weights
        values = features.weigh(rows, fitted.worth)
        # Every passage has at least one name in each block, so that no row is empty.
        kinds = np.add.reduceat(values[:, None] * fitted.kinds[rows.columns], rows.starts[:-1], axis=0)
        scores = np.zeros((len(kinds), len(HEADS)), dtype=np.float32)
        scores[:, :2] = urgency_scores(kinds + fitted.kind_offsets)
        firsts = np.cumsum([0, *map(len, notes)])
        for first in firsts[:-1]:
            whole = slice(rows.starts[first], rows.starts[first + 1])
            topics = values[whole] @ fitted.topics[rows.columns[whole]].astype(np.float32)
            scores[first, 2:] = topics + fitted.topic_offsets
        return np.split(scores, firsts[1:-1])

    def read_again(self, raw: Scores, plain: str, passages: Sequence[Passage]) -> Scores:
        """What ``score`` said of the passages of a note, with the network's word in it where the network is asked."""
        spans = [(passage.start, passage.end) for passage in passages]
        return read_again(raw, plain, spans, self.network, self.parameters.window_margin)

    def probability(self, head: str, raw: float) -> float:
        """The calibrated probability in 0..1 of one head's raw score."""
        return self.parameters.probability(head, raw)


def read_again(
    raw: Scores, plain: str, spans: Sequence[tuple[int, int]], network: Network | None, window_margin: float
) -> Scores:
    """Passages × heads of one note by the linear model → the same, or with the network's word in it."""
    if network is None or not blend.is_asked(float(note_scores(raw, window_margin)[0])):
        return raw
    return blend.blended(raw, plain, spans, network)


def _load_network(model_dir: Path) -> Network:
    content = checked_file(model_dir, NETWORK)
    try:
        return Network.load(content)
    except (KeyError, ValueError, OSError, zipfile.BadZipFile) as broken:
        raise ModelMissing(model_dir.name, "its network cannot be read") from broken


def note_scores(passage_scores: Scores, window_margin: float) -> Scores:
    """The scores of one note from those of its passages, the whole first.

    The two urgency heads take the strongest passage, a window less its margin; topics are those of the whole note.
    """
    scores: Scores = passage_scores[0].copy()
    if len(passage_scores) > 1:
        scores[:2] = np.maximum(scores[:2], passage_scores[1:, :2].max(axis=0) - window_margin)
    return scores


def topics_said(scores: Scores, parameters: Parameters) -> npt.NDArray[np.bool_]:
    """n notes × heads raw scores → n × topics: the likeliest topic, and each other that reaches its threshold."""
    raw = scores[:, 2:]
    slopes, offsets = np.array([parameters.calibration[topic.value] for topic in Topic]).T
    said: npt.NDArray[np.bool_] = raw >= np.array([parameters.thresholds[topic.value] for topic in Topic])
    said[np.arange(len(raw)), (raw * slopes + offsets).argmax(axis=1)] = True
    return said


def save(model_dir: Path, weights: Weights, parameters: Parameters) -> None:
    """Write the model's files, the checksums last. Weights are kept in 16 bits: their noise is far below training's."""
    model_dir.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        model_dir / WEIGHTS,
        worth=weights.worth.astype(np.float16),
        kinds=weights.kinds.astype(np.float16),
        topics=weights.topics.astype(np.float16),
        kind_offsets=weights.kind_offsets.astype(np.float32),
        topic_offsets=weights.topic_offsets.astype(np.float32),
    )
    kept = json.dumps(parameters.to_dict(), indent=1, sort_keys=True) + "\n"
    (model_dir / PARAMETERS).write_text(kept, encoding="utf-8")
    files = [file for file in (WEIGHTS, PARAMETERS, NETWORK, HELD_OUT) if (model_dir / file).exists()]
    sums = {file: hashlib.sha256((model_dir / file).read_bytes()).hexdigest() for file in files}
    (model_dir / CHECKSUMS).write_text(json.dumps(sums, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def identity_of(model_dir: Path) -> str:
    """Return 16 hex digits that differ for every training. Raises ModelMissing."""
    try:
        sums = json.loads((model_dir / CHECKSUMS).read_bytes())
        kept = " ".join([sums[WEIGHTS], sums[PARAMETERS], *([sums[NETWORK]] if NETWORK in sums else [])])
        return hashlib.sha256(kept.encode()).hexdigest()[:16]
    except (OSError, ValueError, KeyError, TypeError) as broken:
        raise ModelMissing(model_dir.name, f"{CHECKSUMS} is missing or cannot be read") from broken


def require_whole(model_dir: Path) -> None:
    """Check every file that the checksums name, those that a model works without too. Raises ModelMissing."""
    identity_of(model_dir)
    for file in json.loads((model_dir / CHECKSUMS).read_bytes()):
        checked_file(model_dir, file)


def checked_file(model_dir: Path, file: str) -> bytes:
    """The bytes of one file, after its SHA-256 was found to be the one kept beside it."""
    try:
        sums = json.loads((model_dir / CHECKSUMS).read_bytes())
        content = (model_dir / file).read_bytes()
    except (OSError, ValueError) as broken:
        raise ModelMissing(model_dir.name, f"{CHECKSUMS} or {file} is missing or cannot be read") from broken
    if not isinstance(sums, dict) or sums.get(file) != hashlib.sha256(content).hexdigest():
        raise ModelMissing(model_dir.name, f"{file} is not the one that {CHECKSUMS} names")
    return content

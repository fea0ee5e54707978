"""What a trained model said of the notes it came from, held out: for comparing a school's own adjustment with.

Owns the file ``held_out.npz`` in a model's folder: probabilities and levels, no id and no word.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from triage.adjust import LEVEL_HEADS, Letters, Reference
from triage.classifier import HELD_OUT, Parameters, checked_file, identity_of
from triage.protocol import ModelMissing


@dataclass(frozen=True)
class HeldOut:
    """n × 2 calibrated probabilities (urgent, at least soon), n levels of the rules, n levels of the labels, 0 to 2."""

    probabilities: npt.NDArray[np.float64]
    by_rules: npt.NDArray[np.int64]
    levels: npt.NDArray[np.int64]


def save_held_out(model_dir: Path, held: HeldOut) -> None:
    """Write the file; whoever saves the model afterwards takes it among the checksums."""
    np.savez_compressed(
        model_dir / HELD_OUT,
        probabilities=held.probabilities.astype(np.float16),
        by_rules=held.by_rules.astype(np.int8),
        levels=held.levels.astype(np.int8),
    )


def load_reference(model_dir: Path) -> Reference:
    """Read what an adjustment is made for: the model's identity, its bars, its held-out notes. Raises ModelMissing."""
    parameters = Parameters.load(model_dir)
    bars = {head: parameters.probability(head, parameters.thresholds[head]) for head in LEVEL_HEADS}
    return Reference(identity_of(model_dir), bars, _letters(model_dir))


def _letters(model_dir: Path) -> Letters | None:
    if not (model_dir / HELD_OUT).exists():
        return None
    try:
        with np.load(io.BytesIO(checked_file(model_dir, HELD_OUT)), allow_pickle=False) as kept:
            letters = Letters(
                kept["probabilities"].astype(np.float64),
                kept["by_rules"].astype(np.int64),
                kept["levels"].astype(np.int64),
            )
    except (KeyError, ValueError, OSError, zipfile.BadZipFile) as broken:
        raise ModelMissing(model_dir.name, f"{HELD_OUT} cannot be read") from broken
    if letters.probabilities.shape != (len(letters.levels), len(LEVEL_HEADS)) or len(letters.by_rules) != len(
        letters.levels
    ):
        raise ModelMissing(model_dir.name, f"{HELD_OUT} has the wrong shape")
    return letters

"""The two stages before training: an encoder that reads, and a network that knows the protocol. Offline only.

Owns their files: ``models/encoder-1``, kept because it takes an hour, and the network that ``triage.train`` puts beside
the linear model. Needs JAX and optax, loaded only while something is taught.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from triage import evaluate, gaps, network
from triage.corpus import Note
from triage.network import LONGEST, SPECIALS, Array, Network
from triage.normalize import read
from triage.protocol import LEVELS, ModelMissing, Topic

ENCODER = "encoder.npz"
MEASURED, SHIPPED = "two_thirds.npz", "all.npz"
TAUGHT_FROM, NOTES_HASH = "taught_from.json", "notes"
STEPS, STEPS_WITHOUT_PUBLIC = 9_000, 3_000
SEED = 1
Say = Callable[[str], None]


def teach_encoder(notes: Sequence[Note], encoder_dir: Path, public_dir: Path | None, say: Say) -> None:
    """Fill gaps in the public texts and the corpus, or in the corpus alone, and write the encoder's folder."""
    from triage.encoder_training import teach

    public = gaps.public_passages(public_dir) if public_dir else []
    own = gaps.plain_of([note.text for note in notes])
    points = gaps.code_points(public, own)
    numbers = gaps.filled(public + own * gaps.OWN_WEIGHT, network.alphabet_of(points))
    steps = STEPS if public else STEPS_WITHOUT_PUBLIC
    save_encoder(encoder_dir, points, teach(numbers, len(points) + SPECIALS, steps, say))


def save_encoder(encoder_dir: Path, points: Sequence[int], arrays: Mapping[str, Array]) -> None:
    """Write the arrays in 16 bits. What only filled the gaps is left out."""
    kept = {name: array.astype(np.float16) for name, array in arrays.items() if name != "gap_offsets"}
    encoder_dir.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        encoder_dir / ENCODER, allow_pickle=False, **{network.CODE_POINTS: np.array(points, dtype=np.uint32)}, **kept
    )


def load_encoder(encoder_dir: Path) -> tuple[list[int], dict[str, Array]]:
    """The code points and the arrays of an encoder. Raises ModelMissing."""
    try:
        with np.load(encoder_dir / ENCODER, allow_pickle=False) as kept:
            arrays = {name: kept[name].astype(np.float32) for name in kept.files if name != network.CODE_POINTS}
            return kept[network.CODE_POINTS].tolist(), arrays
    except (OSError, ValueError, KeyError) as broken:
        raise ModelMissing(encoder_dir.name, f"{ENCODER} is missing or cannot be read") from broken


def teach_network(notes: Sequence[Note], encoder_dir: Path, network_dir: Path, say: Say) -> None:
    """Teach the network twice, with a hash of what it learned from: by two thirds of the families, which the last third
    measures and chooses thresholds for, and by all of them, which is the one to ship. Half an hour."""
    network_dir.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    network_dir.mkdir(mode=0o700, exist_ok=True)
    everyone = np.arange(len(notes))
    for name, learn in ((MEASURED, _learned(notes)), (SHIPPED, everyone)):
        points, arrays = _taught(notes, learn, encoder_dir, say)
        network.save(network_dir / name, points, arrays)
    (network_dir / TAUGHT_FROM).write_text(json.dumps({NOTES_HASH: _hash(notes)}) + "\n", encoding="utf-8")


def _taught(notes: Sequence[Note], learn: Array, encoder_dir: Path, say: Say) -> tuple[list[int], dict[str, Array]]:
    from triage.network_training import fine_tune

    points, encoder = load_encoder(encoder_dir)
    plains = [read(notes[one].text).plain for one in learn]
    # A longer note is read in windows, and nobody labelled those.
    fitting = np.array([len(plain) < LONGEST for plain in plains])
    own = [notes[one] for one in learn[fitting]]
    numbers = gaps.filled([plain for plain in plains if len(plain) < LONGEST], network.alphabet_of(points))
    kinds = np.array([evaluate.kind_of(note) for note in own])
    topics = np.array([[topic in note.topics for topic in Topic] for note in own], dtype=np.float32)
    say(f"{len(own)} notes")
    return points, balanced(fine_tune(encoder, numbers, kinds, topics, SEED, say), topics)


def balanced(arrays: dict[str, Array], topics: Array) -> dict[str, Array]:
    """The same network, whose topics speak as if each stood in every second note: so does the linear model."""
    share = topics.mean(axis=0).clip(1 / len(topics), 1 - 1 / len(topics))
    return arrays | {"topic_offsets": arrays["topic_offsets"] + np.log((1 - share) / share)}


def load_networks(notes: Sequence[Note], network_dir: Path) -> tuple[Network, Network]:
    """The networks taught from two thirds of exactly these notes, and from all. Raises ModelMissing for other ones."""
    try:
        taught_from = json.loads((network_dir / TAUGHT_FROM).read_text(encoding="utf-8"))[NOTES_HASH]
        measured, shipped = (Network.load((network_dir / name).read_bytes()) for name in (MEASURED, SHIPPED))
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as broken:
        raise ModelMissing(network_dir.name, "a file is missing or cannot be read; teach it first") from broken
    if taught_from != _hash(notes):
        raise ModelMissing(network_dir.name, "it was taught from other notes; teach it again")
    return measured, shipped


def _learned(notes: Sequence[Note]) -> Array:
    levels = [LEVELS.index(note.urgency) for note in notes]
    return evaluate.learned_and_held(levels, [note.family for note in notes])[0]


def _hash(notes: Sequence[Note]) -> str:
    """Differs when a note, its words or its labels do."""
    said = [[note.id, note.text, note.rule, *sorted(note.topics)] for note in notes]
    return hashlib.sha256(json.dumps(said, ensure_ascii=True).encode()).hexdigest()

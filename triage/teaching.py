"""The stages before training: an encoder that reads, a teacher, and a network that learns from both. Offline only.

Owns their files: ``models/encoder-1`` and what the teacher says, ``models/teacher-1``, both kept because they take an
hour, and the network that ``triage.train`` puts beside the linear model. Needs JAX and optax, loaded only while
something is taught.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from triage import distilling, evaluate, gaps, network, unlabelled
from triage.corpus import Note
from triage.distilling import Judgments, of_labels
from triage.network import LONGEST, SPECIALS, Array, Network
from triage.normalize import read
from triage.protocol import LEVELS, ModelMissing, Topic

ENCODER = "encoder.npz"
MEASURED, SHIPPED = "two_thirds.npz", "all.npz"
TAUGHT_FROM, NOTES_HASH = "taught_from.json", "notes"
TEACHER, MIXED, PUBLIC = "teacher", "mixed", "public"
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
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as broken:
        raise ModelMissing(encoder_dir.name, f"{ENCODER} is missing or cannot be read") from broken


def teach_teacher(notes: Sequence[Note], teacher_dir: Path, public_dir: Path | None, say: Say) -> None:
    """Teach the teacher from two thirds of the families, and keep what it says of every note, of mixed ones and of
    public sentences. Most of an hour where processors multiply in 16 bits, five hours elsewhere; without the public
    texts it judges fewer."""
    from triage import pretrained, teacher_training

    plains = _plains(notes)
    learned = _learned(notes)
    # Before anything is computed: this forks, and what computes has threads.
    asked = _asked(plains, learned, public_dir)
    reader = teacher_training.Reader.of(pretrained.load(), plains)
    learn = learned[_fitting(plains)[learned]]
    own = [notes[one] for one in learn]
    say(f"{len(own)} notes to learn from, {len(asked.texts)} texts to judge")
    tree = teacher_training.teach(reader, [plains[one] for one in learn], _kinds(own), _topics(own), say)
    _new_folder(teacher_dir)
    judged = teacher_training.judge(tree, reader, asked.texts).condensed()
    distilling.save(teacher_dir / distilling.JUDGMENTS, judged, asked.parts)


def teach_network(
    notes: Sequence[Note],
    encoder_dir: Path,
    teacher_dir: Path | None,
    network_dir: Path,
    public_dir: Path | None,
    say: Say,
) -> None:
    """Teach the network twice, with a hash of what it learned from: by two thirds of the families, which the last third
    measures and chooses thresholds for, and by all of them, which is the one to ship. Half an hour to an hour and a
    half.

    Without a teacher it learns from labels alone; without the public texts it does not hear what the teacher says of
    them. Raises ModelMissing if the teacher judged other texts.
    """
    plains = _plains(notes)
    learned = _learned(notes)
    asked = _asked(plains, learned, public_dir) if teacher_dir else _Asked(_short(plains), [], [])
    judged = distilling.load(teacher_dir / distilling.JUDGMENTS, [of for of, _ in asked.parts]) if teacher_dir else None
    _new_folder(network_dir)
    fitting = np.flatnonzero(_fitting(plains))
    for name, learn in ((MEASURED, np.isin(fitting, learned)), (SHIPPED, np.ones(len(fitting), dtype=bool))):
        chosen = np.concatenate([np.flatnonzero(learn), np.arange(len(fitting), len(asked.texts))])
        own, texts = [notes[one] for one in fitting[learn]], [asked.texts[one] for one in chosen]
        points, arrays = _taught(own, texts, judged.of(chosen) if judged else None, encoder_dir, say)
        network.save(network_dir / name, points, arrays)
    taught_from = {
        NOTES_HASH: hash_of(notes),
        TEACHER: judged is not None,
        MIXED: len(asked.mixed),
        PUBLIC: len(asked.public),
    }
    (network_dir / TAUGHT_FROM).write_text(json.dumps(taught_from) + "\n", encoding="utf-8")


def _taught(
    own: Sequence[Note], texts: Sequence[str], judged: Judgments | None, encoder_dir: Path, say: Say
) -> tuple[list[int], dict[str, Array]]:
    """Notes, the texts of them and then of others, and what the teacher says of all → code points and arrays."""
    from triage.network_training import fine_tune

    points, encoder = load_encoder(encoder_dir)
    numbers, kinds, topics = gaps.filled(texts, network.alphabet_of(points)), _kinds(own), _topics(own)
    say(f"{len(own)} notes, {len(texts) - len(own)} texts without labels")
    lesson = distilling.lesson(numbers, judged, kinds, topics) if judged else of_labels(numbers, kinds, topics)
    return points, balanced(fine_tune(encoder, lesson, SEED, say), topics)


def _plains(notes: Sequence[Note]) -> list[str]:
    return [read(note.text).plain for note in notes]


def _short(plains: Sequence[str]) -> list[str]:
    return [plain for plain, fits in zip(plains, _fitting(plains), strict=True) if fits]


def _fitting(plains: Sequence[str]) -> Array:
    """Whether each fits into one window. A longer note is read in several, and nobody labelled those."""
    return np.array([len(plain) < LONGEST for plain in plains])


@dataclass(frozen=True)
class _Asked:
    """What the teacher is asked about: the notes of one window, mixed ones of those that it learned from, and public
    sentences."""

    notes: list[str]
    mixed: list[str]
    public: list[str]

    @property
    def texts(self) -> list[str]:
        return [*self.notes, *self.mixed, *self.public]

    @property
    def parts(self) -> list[tuple[str, int]]:
        """Hash and number: of the notes with the mixed ones, and of the public sentences, if there are any."""
        own = [*self.notes, *self.mixed]
        return [(_hash_of(some), len(some)) for some in (own, self.public) if some]


def _asked(plains: Sequence[str], learned: Array, public_dir: Path | None) -> _Asked:
    return _Asked(
        _short(plains),
        unlabelled.mixed([plains[one] for one in learned]),
        unlabelled.sentences(public_dir) if public_dir else [],
    )


def _kinds(notes: Sequence[Note]) -> Array:
    return np.array([evaluate.kind_of(note) for note in notes])


def _topics(notes: Sequence[Note]) -> Array:
    return np.array([[topic in note.topics for topic in Topic] for note in notes], dtype=np.float32)


def _new_folder(folder: Path) -> None:
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)


def balanced(arrays: dict[str, Array], topics: Array) -> dict[str, Array]:
    """The same network, whose topics speak as if each stood in every second note: so does the linear model."""
    share = topics.mean(axis=0).clip(1 / len(topics), 1 - 1 / len(topics))
    return arrays | {"topic_offsets": arrays["topic_offsets"] + np.log((1 - share) / share)}


def taught_beside_labels(network_dir: Path) -> dict[str, int]:
    """Whether the networks had a teacher, and how many mixed notes and public sentences they learned its word of.
    Raises ModelMissing."""
    try:
        taught_from = json.loads((network_dir / TAUGHT_FROM).read_text(encoding="utf-8"))
        return {name: int(taught_from[name]) for name in (TEACHER, MIXED, PUBLIC)}
    except (OSError, ValueError, KeyError, TypeError) as broken:
        raise ModelMissing(network_dir.name, f"{TAUGHT_FROM} cannot be read; teach it first") from broken


def load_networks(notes: Sequence[Note], network_dir: Path) -> tuple[Network, Network]:
    """The networks taught from two thirds of exactly these notes, and from all. Raises ModelMissing for other ones."""
    try:
        taught_from = json.loads((network_dir / TAUGHT_FROM).read_text(encoding="utf-8"))[NOTES_HASH]
        measured, shipped = (Network.load((network_dir / name).read_bytes()) for name in (MEASURED, SHIPPED))
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as broken:
        raise ModelMissing(network_dir.name, "a file is missing or cannot be read; teach it first") from broken
    if taught_from != hash_of(notes):
        raise ModelMissing(network_dir.name, "it was taught from other notes; teach it again")
    return measured, shipped


def _learned(notes: Sequence[Note]) -> Array:
    levels = [LEVELS.index(note.urgency) for note in notes]
    return evaluate.learned_and_held(levels, [note.family for note in notes])[0]


def hash_of(notes: Sequence[Note]) -> str:
    """Differs when a note, its words, its labels or its family do: with those, what was held out differs too."""
    return _hash_of(
        [[note.id, note.text, note.urgency, note.rule, note.family, *sorted(note.topics)] for note in notes]
    )


def _hash_of(said: Sequence[str] | Sequence[Sequence[str]]) -> str:
    return hashlib.sha256(json.dumps(said, ensure_ascii=True).encode()).hexdigest()

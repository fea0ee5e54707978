"""What an encoder learns to read from: passages of text with some characters hidden. Offline only; numpy alone.

Owns the choice of texts, the alphabet, the batches and the gaps. No text is kept: the clients' sides of counseling
dialogues (SmileChat, CC0), comments (COLD, Apache-2.0) and the project's own corpus pass through, numbers remain.
"""

from __future__ import annotations

import gzip
import json
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from multiprocessing import Pool
from pathlib import Path

import numpy as np

from triage.corpus import CorpusBroken
from triage.labelled import FileBroken
from triage.network import HIDDEN, LONGEST, PADDING, SPECIALS, Array, numbers_of
from triage.normalize import read

DIALOGUES, COMMENTS = "smilechat-client.txt.gz", "cold.jsonl.gz"
FEWEST_SEEN, MOST_CHARACTERS = 12, 5_200
GAPS = 0.17  # share of the characters that are hidden
OWN_WEIGHT = 2  # how often the corpus is shown beside the public texts
_OWN_CHARACTER = 5  # how often a character counts that stands in the corpus
_BETWEEN_TURNS = " ｜ "
_PASSAGE, _TURN, _COMMENT = 92, 200, 120  # characters
_LENGTHS = (32, 48, 64, 80, LONGEST)
_PROCESSES = 2
_NO_PLACE = 9.0  # above every lot


def public_passages(public_dir: Path) -> list[str]:
    """Passages of at most a window from the public texts, in an order that mixes them. Raises FileBroken."""
    passages = [passage for turns in _dialogues(public_dir) for passage in _joined(turns)]
    try:
        with gzip.open(public_dir / COMMENTS, "rt", encoding="utf-8") as comments:
            passages += [json.loads(line)["text"][:_COMMENT] for line in comments]
    except (OSError, ValueError, KeyError, TypeError) as broken:
        raise FileBroken([f"{COMMENTS} is missing or cannot be read"]) from broken
    random.Random(1).shuffle(passages)  # noqa: S311 - an order, the same every time, not a secret
    return plain_of(passages)


def turns(public_dir: Path) -> list[str]:
    """Every turn of the public dialogues as it was written. Raises FileBroken."""
    return [turn for dialogue in _dialogues(public_dir) for turn in dialogue]


def _dialogues(public_dir: Path) -> list[list[str]]:
    try:
        with gzip.open(public_dir / DIALOGUES, "rt", encoding="utf-8") as lines:
            return [line.strip().split(_BETWEEN_TURNS) for line in lines]
    except (OSError, ValueError) as broken:
        raise FileBroken([f"{DIALOGUES} is missing or cannot be read"]) from broken


def _joined(some: Sequence[str]) -> list[str]:
    """The turns of one dialogue, joined up to about the length of a passage."""
    passages: list[str] = []
    joined = ""
    for turn in some:
        if joined and len(joined) + len(turn) > _PASSAGE:
            passages.append(joined)
            joined = turn[:_TURN]
        else:
            joined = f"{joined}\n{turn[:_TURN]}" if joined else turn[:_TURN]
    return [*passages, joined] if joined else passages


def plain_of(texts: Sequence[str]) -> list[str]:
    """What the network is shown of some texts: as the rules read them, cut to one window."""
    with Pool(_PROCESSES) as processes:
        return processes.map(_plain_of_one, texts, chunksize=500)


def _plain_of_one(text: str) -> str:
    return read(text).plain[: LONGEST - 1]


def code_points(public: Sequence[str], own: Sequence[str]) -> list[int]:
    """The characters that are known, the commonest first; those of the corpus count more."""
    seen: Counter[str] = Counter()
    for text in public:
        seen.update(text)
    for text in own:
        for character in text:
            seen[character] += _OWN_CHARACTER
    common = sorted(seen.items(), key=lambda item: (-item[1], item[0]))[:MOST_CHARACTERS]
    return [ord(character) for character, count in common if count >= FEWEST_SEEN]


def filled(texts: Sequence[str], alphabet: dict[str, int]) -> Array:
    """n texts → n × LONGEST numbers, padded."""
    numbers = np.zeros((len(texts), LONGEST), np.int16)
    for row, text in enumerate(texts):
        own = numbers_of(text, alphabet)
        numbers[row, : len(own)] = own
    return numbers


def lengths_of(numbers: Array) -> Array:
    """How many places of each row are filled."""
    lengths: Array = (numbers != PADDING).sum(axis=1)
    return lengths


def padded_length(longest: int, lengths: Sequence[int] = _LENGTHS) -> int:
    """The next of a few lengths, so that few shapes are compiled."""
    return next(length for length in lengths if length >= longest)


def batches(lengths: Array, size: int, rng: np.random.Generator, together: int) -> Iterator[Array]:
    """One round through all rows in batches of about the same length, so that little is padded; what is left over from
    ``together`` batches waits for the next round. Raises CorpusBroken if there is not one full batch."""
    if len(lengths) < size:
        raise CorpusBroken([f"{len(lengths)} texts are too few to teach from: {size} make one step"])
    order = rng.permutation(len(lengths))
    cut: list[Array] = []
    for start in range(0, len(order), size * together):
        some = order[start : start + size * together]
        some = some[np.argsort(lengths[some], kind="stable")]
        cut += [some[at : at + size] for at in range(0, len(some) - size + 1, size)]
    for place in rng.permutation(len(cut)):
        yield cut[place]


def with_gaps(numbers: Array, characters: int, rng: np.random.Generator) -> tuple[Array, Array, Array, Array]:
    """Hide some characters of each row: what is shown, the places hidden, what stood there, which of them count.

    Of those that are hidden, 85% are shown as hidden, half of the others as any character, the rest as they are.
    """
    most = max(2, int(numbers.shape[1] * GAPS))
    lot = rng.random(numbers.shape)
    lot[numbers == PADDING] = _NO_PLACE
    lot[:, 0] = _NO_PLACE
    places = np.argsort(lot, axis=1)[:, :most]
    counted = np.arange(most)[None] < np.maximum(1, (lengths_of(numbers) * GAPS).astype(int))[:, None]
    counted &= np.take_along_axis(lot, places, 1) < 2
    truth = np.take_along_axis(numbers, places, 1)
    anything = rng.integers(SPECIALS, characters, places.shape)
    shown = np.where(rng.random(places.shape) < 0.5, anything, truth)
    shown = np.where(rng.random(places.shape) < 0.85, HIDDEN, shown)
    seen = numbers.copy()
    seen[np.arange(len(numbers))[:, None], places] = np.where(counted, shown, truth)
    return seen, places, truth, counted.astype(np.float32)

"""A small network over characters, read with numpy alone: what the order of words means, beside the linear model.

Owns the network's arrays and its forward pass. Reads one window at a time and never pads, so that a note scores the
same alone and among others. Learns nothing: ``triage.encoder_training`` and ``triage.network_training`` do, offline.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from triage.kinds import KINDS, Scores
from triage.protocol import Topic

Array = npt.NDArray[Any]
CODE_POINTS = "code_points"
PADDING, UNKNOWN, HIDDEN, BEGIN = 0, 1, 2, 3  # numbers that stand for no character
SPECIALS = 4
LONGEST = 96  # places in a window, the beginning among them
HEADS = 4
WIDTH, LAYERS, INNER = 128, 2, 384
_SMALLEST_SPREAD = np.float32(1e-5)
_TO_UNIT = np.float32((WIDTH // HEADS) ** -0.5)
_MEAN = np.full((WIDTH, 1), 1 / WIDTH, dtype=np.float32)


def alphabet_of(code_points: Sequence[int]) -> dict[str, int]:
    """Character → its number, from the code points that are kept."""
    return {chr(point): place + SPECIALS for place, point in enumerate(code_points)}


def numbers_of(plain: str, alphabet: Mapping[str, int]) -> list[int]:
    """The numbers of a text's characters, the beginning first; what is too long for a window is cut off."""
    return [BEGIN, *(alphabet.get(character, UNKNOWN) for character in plain[: LONGEST - 1])]


def shapes(characters: int) -> dict[str, tuple[int, ...]]:
    """The name and shape of every array of a network that knows so many characters, the four specials among them."""
    answer: dict[str, tuple[int, ...]] = {
        "characters": (characters, WIDTH),
        "places": (LONGEST, WIDTH),
        "last_scale": (WIDTH,),
        "last_shift": (WIDTH,),
        "look": (WIDTH,),
        "kinds": (4 * WIDTH, len(KINDS)),
        "kind_offsets": (len(KINDS),),
        "topics": (4 * WIDTH, len(Topic)),
        "topic_offsets": (len(Topic),),
    }
    of_layer = {
        "scale": (WIDTH,),
        "shift": (WIDTH,),
        "near": (3, WIDTH),
        "attend": (WIDTH, 3 * WIDTH),
        "attend_offset": (3 * WIDTH,),
        "gather": (WIDTH, WIDTH),
        "gather_offset": (WIDTH,),
        "inner_scale": (WIDTH,),
        "inner_shift": (WIDTH,),
        "widen": (WIDTH, INNER),
        "widen_offset": (INNER,),
        "narrow": (INNER, WIDTH),
        "narrow_offset": (WIDTH,),
    }
    return answer | {f"{layer}_{name}": shape for layer in range(LAYERS) for name, shape in of_layer.items()}


@dataclass(frozen=True)
class Network:
    """Loaded once, read by many threads."""

    alphabet: Mapping[str, int]
    arrays: Mapping[str, Scores]

    @classmethod
    def load(cls, content: bytes) -> Network:
        """Read a network from the bytes of its file. Raises ValueError if an array is missing or of another shape."""
        with np.load(io.BytesIO(content), allow_pickle=False) as kept:
            points = kept[CODE_POINTS]
            wanted = shapes(len(points) + SPECIALS)
            if set(kept.files) != {CODE_POINTS, *wanted}:
                raise ValueError("arrays are missing or not known")
            arrays = {name: kept[name].astype(np.float32) for name in wanted}
        if points.ndim != 1 or any(arrays[name].shape != shape for name, shape in wanted.items()):
            raise ValueError("an array has another shape")
        return cls(alphabet_of(points.tolist()), arrays)

    def score(self, plain: str) -> tuple[Scores, Scores]:
        """One window of at most ``LONGEST - 1`` characters → raw scores of the kinds, and of the topics."""
        arrays, x = self.arrays, self._encode(np.array(numbers_of(plain, self.alphabet)))
        seen = np.exp(_from_top(x @ arrays["look"]))
        looked = seen @ x / seen.sum()
        whole = np.concatenate([looked, x.max(axis=0), x.mean(axis=0), x[0]])
        return whole @ arrays["kinds"] + arrays["kind_offsets"], whole @ arrays["topics"] + arrays["topic_offsets"]

    def _encode(self, numbers: Array) -> Scores:
        arrays, places = self.arrays, len(numbers)
        # Mostly in place: to make such small arrays takes longer than to compute them.
        x = arrays["characters"][numbers]
        x += arrays["places"][:places]
        for layer in range(LAYERS):
            h = _even(x, arrays[f"{layer}_scale"], arrays[f"{layer}_shift"])
            near = arrays[f"{layer}_near"]
            beside = h * (1 + near[1])
            beside[1:] += h[:-1] * near[0]
            beside[:-1] += h[1:] * near[2]
            asked = beside @ arrays[f"{layer}_attend"]
            asked += arrays[f"{layer}_attend_offset"]
            query, name, told = asked.reshape(places, 3, HEADS, WIDTH // HEADS).transpose(1, 2, 0, 3)
            query *= _TO_UNIT
            weight = _from_top(query @ name.transpose(0, 2, 1))
            np.exp(weight, out=weight)
            gathered = weight @ told
            gathered /= np.add.reduce(weight, axis=-1, keepdims=True)
            x += gathered.transpose(1, 0, 2).reshape(places, WIDTH) @ arrays[f"{layer}_gather"]
            x += arrays[f"{layer}_gather_offset"]
            h = _even(x, arrays[f"{layer}_inner_scale"], arrays[f"{layer}_inner_shift"])
            wide = h @ arrays[f"{layer}_widen"]
            wide += arrays[f"{layer}_widen_offset"]
            np.maximum(wide, 0, out=wide)
            x += wide @ arrays[f"{layer}_narrow"]
            x += arrays[f"{layer}_narrow_offset"]
        return _even(x, arrays["last_scale"], arrays["last_shift"])


def _even(x: Scores, scale: Scores, shift: Scores) -> Scores:
    centred: Scores = x - x @ _MEAN
    spread = np.einsum("...i,...i->...", centred, centred)[..., None] / np.float32(WIDTH)
    centred /= np.sqrt(spread + _SMALLEST_SPREAD)
    centred *= scale
    centred += shift
    return centred


def _from_top(fresh: Scores) -> Scores:
    """Lower each row until its highest is 0, in place."""
    fresh -= np.maximum.reduce(fresh, axis=-1, keepdims=True)
    return fresh


def save(file: Path, code_points: Sequence[int], arrays: Mapping[str, Array]) -> None:
    """Write a network. Its arrays are kept in 16 bits: their noise is far below training's."""
    kept = {name: arrays[name].astype(np.float16) for name in shapes(len(code_points) + SPECIALS)}
    np.savez_compressed(file, allow_pickle=False, **{CODE_POINTS: np.array(code_points, dtype=np.uint32)}, **kept)

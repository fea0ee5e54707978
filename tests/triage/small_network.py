"""An untaught network that knows a handful of characters, for tests: its word means nothing but is always the same."""

from __future__ import annotations

import numpy as np

from triage.network import SPECIALS, Network, alphabet_of, shapes

CHARACTERS = "我你他不想活了谢老师打爸妈的在,。"
CODE_POINTS = [ord(character) for character in CHARACTERS]


def small_arrays() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(7)
    return {
        name: (rng.normal(size=shape) * 0.1).astype(np.float16).astype(np.float32)
        for name, shape in shapes(len(CODE_POINTS) + SPECIALS).items()
    }


def small_network() -> Network:
    return Network(alphabet_of(CODE_POINTS), small_arrays())

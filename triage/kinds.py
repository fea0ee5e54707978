"""The nine kinds that urgency is learned from, and what their scores say of the two levels. Pure."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

# Each rule of the protocol has words of its own, and one line through all of them separates less well than nine that
# compete.
KINDS: tuple[str, ...] = ("U1", "U2", "U3", "U4", "U5", "U6", "U7", "soon", "routine")
_URGENT_KINDS = 7
Scores = npt.NDArray[np.float32]


def urgency_scores(kinds: Scores) -> Scores:
    """n × 9 raw scores of the kinds → n × 2 log-odds: of urgent, and of at least soon."""
    powers = np.exp(kinds - kinds.max(axis=1, keepdims=True)) + 1e-9
    urgent, routine = powers[:, :_URGENT_KINDS].sum(axis=1), powers[:, -1]
    soon = powers[:, _URGENT_KINDS]
    odds: Scores = np.log(np.column_stack([urgent / (soon + routine), (urgent + soon) / routine])).astype(np.float32)
    return odds

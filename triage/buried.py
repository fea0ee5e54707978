"""One dark line in a long happy note, measured: an urgent note put between four routine ones, all held out.

Owns this one figure of the card, and its opposite: five routine notes put together, which should raise nothing.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from triage.classifier import Parameters
from triage.corpus import Note
from triage.evaluate import SEED, Array, Fitted, decide, prepare
from triage.protocol import Urgency

NEIGHBOURS = 4
LONGEST_LINE = 60  # characters of an urgent note that still is one line


class Buried:
    """A probe of ``evaluate.cross_validate``; counts over all folds."""

    def __init__(self, notes: Sequence[Note]) -> None:
        self._notes = notes
        self._random = random.Random(SEED)  # noqa: S311 - the same mixtures at every training, not a secret
        self.found = self.of = self.raised = self.of_routine = 0

    def __call__(self, fitted: Fitted, parameters: Parameters, held: Array) -> None:
        own = [self._notes[one] for one in held]
        routine = [note for note in own if note.urgency is Urgency.ROUTINE]
        if len(routine) <= NEIGHBOURS:
            return
        dark = [note for note in own if note.urgency is Urgency.URGENT and len(note.text) <= LONGEST_LINE]
        buried = [self._mix(note, routine) for note in dark]
        harmless = [self._mix(note, routine) for note in routine[: len(dark)]]
        self.found += self._urgent(fitted, parameters, buried)
        self.raised += self._urgent(fitted, parameters, harmless)
        self.of += len(buried)
        self.of_routine += len(harmless)

    def _mix(self, middle: Note, routine: Sequence[Note]) -> Note:
        around = [note.text for note in self._random.sample(list(routine), NEIGHBOURS)]
        half = NEIGHBOURS // 2
        return replace(middle, text="。".join([*around[:half], middle.text, *around[half:]]))

    def _urgent(self, fitted: Fitted, parameters: Parameters, notes: Sequence[Note]) -> int:
        if not notes:
            return 0
        material = prepare(notes)
        scores = fitted.scores(material, np.arange(len(notes)))
        return int((decide(material.rule_levels, scores, parameters) == 2).sum())

    def figures(self) -> dict[str, int]:
        return {
            "buried": self.of,
            "buried and found": self.found,
            "routine together": self.of_routine,
            "routine together and raised": self.raised,
        }

"""Teaching the network the protocol: an encoder that reads learns what a lesson says of its texts. Offline only.

Owns the fine-tuning; needs JAX and optax. A server never imports this, and no test needs it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import random as draws

from triage import gaps
from triage.distilling import Lesson
from triage.encoder_training import Tree, dropped, encode, one_step, optimiser
from triage.kinds import KINDS
from triage.network import BEGIN, HIDDEN, PADDING, WIDTH, Array
from triage.protocol import Topic

BATCH, TOGETHER, DECAY = 64, 25, 0.02
HIDDEN_SHARE = 0.08  # of the characters, so that no single one decides
TOPIC_WEIGHT, SEEN_WEIGHT = 0.3, 0.3


@dataclass(frozen=True)
class Course:
    """How long and how boldly a network learns; ``dropped`` are shares of the activations."""

    rounds: int
    rate: float
    dropped: float
    dropped_before_heads: float


# Labels say little of a note, and the network must be kept from learning them by heart.
OF_A_TEACHER, OF_LABELS = Course(3, 1e-3, 0.1, 0.15), Course(6, 7e-4, 0.15, 0.3)
_TOWARD = "toward"  # what makes of the network's view what the teacher saw; left behind when it has learned


def fine_tune(encoder: Mapping[str, Array], lesson: Lesson, seed: int, say: Callable[[str], None]) -> dict[str, Array]:
    """Learn a lesson: 110,000 texts of a teacher, or the labels of 35,000, take two cores a quarter to half an hour."""
    course = OF_A_TEACHER if lesson.has_teacher else OF_LABELS
    numbers, key, lengths = lesson.numbers, draws.PRNGKey(seed), gaps.lengths_of(lesson.numbers)
    tree: Tree = {name: jnp.asarray(array, jnp.float32) for name, array in encoder.items()} | _new_heads(key)
    tree[_TOWARD] = draws.normal(draws.fold_in(key, 1), (4 * WIDTH, lesson.seen.shape[1])) * 0.03
    steps = course.rounds * sum(1 for _ in gaps.batches(lengths, BATCH, np.random.default_rng(seed), TOGETHER))
    optimise = optimiser(steps, course.rate, DECAY)
    state, step = optimise.init(tree), one_step(partial(_loss, course), optimise)
    rng, began = np.random.default_rng(seed), time.monotonic()
    for round_number in range(1, course.rounds + 1):
        losses: list[float] = []
        for rows in gaps.batches(lengths, BATCH, rng, TOGETHER):
            own = numbers[rows, : gaps.padded_length(int(lengths[rows].max()))].astype(np.int32)
            key, once = draws.split(key)
            wanted = (lesson.kinds[rows], lesson.topics[rows], lesson.seen[rows])
            tree, state, loss = step(tree, state, own, *wanted, once)
            losses.append(float(loss))
        say(f"round {round_number} of {course.rounds}, loss {np.mean(losses):.3f}, {time.monotonic() - began:.0f} s")
    return {name: np.asarray(array) for name, array in tree.items() if name != _TOWARD}


def _new_heads(key: Any) -> Tree:
    keys = draws.split(key, 3)
    return {
        "look": draws.normal(keys[0], (WIDTH,)) * 0.02,
        "kinds": draws.normal(keys[1], (4 * WIDTH, len(KINDS))) * 0.02,
        "kind_offsets": jnp.zeros(len(KINDS)),
        "topics": draws.normal(keys[2], (4 * WIDTH, len(Topic))) * 0.02,
        "topic_offsets": jnp.zeros(len(Topic)),
    }


def view(tree: Tree, numbers: Any, rate: float = 0.0, key: Any = None) -> Any:
    """batch × places of numbers → batch × 4 widths: what is looked at, what is strongest, the mean, the beginning."""
    x, there = encode(tree, numbers, rate, key), numbers != PADDING
    look = jax.nn.softmax(jnp.where(there, x @ tree["look"], -1e9), axis=-1)
    looked = (x * look[..., None]).sum(1)
    strongest = jnp.where(there[..., None], x, -1e9).max(1)
    mean = x.sum(1) / there.sum(1, keepdims=True)
    return jnp.concatenate([looked, strongest, mean, x[:, 0]], -1)


def heads(tree: Tree, whole: Any) -> tuple[Any, Any]:
    """batch × 4 widths → batch × kinds and batch × topics, raw."""
    return whole @ tree["kinds"] + tree["kind_offsets"], whole @ tree["topics"] + tree["topic_offsets"]


def _loss(course: Course, tree: Tree, numbers: Any, kinds: Any, topics: Any, seen: Any, key: Any) -> Any:
    hiding, dropping, last = draws.split(key, 3)
    hidden = (draws.uniform(hiding, numbers.shape) < HIDDEN_SHARE) & (numbers > BEGIN)
    whole = view(tree, jnp.where(hidden, HIDDEN, numbers), course.dropped, dropping)
    said_kinds, said_topics = heads(tree, dropped(whole, course.dropped_before_heads, last))
    of_kinds = optax.softmax_cross_entropy(said_kinds, kinds).mean()
    of_topics = optax.sigmoid_binary_cross_entropy(said_topics, topics).sum(-1).mean()
    of_seen = ((whole @ tree[_TOWARD] - seen) ** 2).mean() if seen.shape[1] else 0.0
    return of_kinds + TOPIC_WEIGHT * of_topics + SEEN_WEIGHT * of_seen

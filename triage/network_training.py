"""Teaching the network the protocol: an encoder that reads learns kinds and topics from labelled notes. Offline only.

Owns the fine-tuning; needs JAX and optax. A server never imports this, and no test needs it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import random as draws

from triage import gaps
from triage.encoder_training import Tree, dropped, encode, one_step, optimiser
from triage.kinds import KINDS
from triage.network import BEGIN, HIDDEN, PADDING, WIDTH, Array
from triage.protocol import Topic

ROUNDS, BATCH, TOGETHER = 6, 64, 25
RATE, DECAY = 7e-4, 0.02
DROPPED, DROPPED_LAST = 0.15, 0.3  # shares of the activations: within the layers, before the heads
HIDDEN_SHARE = 0.08  # of the characters, so that no single one decides
SMOOTHED = 0.05
TOPIC_WEIGHT = 0.3


def fine_tune(
    encoder: Mapping[str, Array],
    numbers: Array,
    kinds: Array,
    topics: Array,
    seed: int,
    say: Callable[[str], None],
    after: Callable[[Tree], None] | None = None,
) -> dict[str, Array]:
    """Learn from n × LONGEST numbers, n places in KINDS and n × 17 topics. Five to ten minutes on two quiet cores.

    ``after`` is shown the arrays after every round.
    """
    key, lengths = draws.PRNGKey(seed), gaps.lengths_of(numbers)
    tree: Tree = {name: jnp.asarray(array, jnp.float32) for name, array in encoder.items()} | _new_heads(key)
    steps = ROUNDS * sum(1 for _ in gaps.batches(lengths, BATCH, np.random.default_rng(seed), TOGETHER))
    optimise = optimiser(steps, RATE, DECAY)
    state, step = optimise.init(tree), one_step(_loss, optimise)
    rng, began = np.random.default_rng(seed), time.monotonic()
    for round_number in range(1, ROUNDS + 1):
        losses: list[float] = []
        for rows in gaps.batches(lengths, BATCH, rng, TOGETHER):
            own = numbers[rows, : gaps.padded_length(int(lengths[rows].max()))].astype(np.int32)
            key, once = draws.split(key)
            tree, state, loss = step(tree, state, own, kinds[rows], topics[rows], once)
            losses.append(float(loss))
        say(f"round {round_number} of {ROUNDS}, loss {np.mean(losses):.3f}, {time.monotonic() - began:.0f} s")
        if after:
            after(tree)
    return {name: np.asarray(array) for name, array in tree.items()}


def _new_heads(key: Any) -> Tree:
    keys = draws.split(key, 3)
    return {
        "look": draws.normal(keys[0], (WIDTH,)) * 0.02,
        "kinds": draws.normal(keys[1], (4 * WIDTH, len(KINDS))) * 0.02,
        "kind_offsets": jnp.zeros(len(KINDS)),
        "topics": draws.normal(keys[2], (4 * WIDTH, len(Topic))) * 0.02,
        "topic_offsets": jnp.zeros(len(Topic)),
    }


def heads(tree: Tree, numbers: Any, key: Any = None) -> tuple[Any, Any]:
    """batch × places of numbers → batch × kinds and batch × topics, raw; with a key, activations are dropped."""
    keys = (None, None) if key is None else draws.split(key)
    x, there = encode(tree, numbers, DROPPED, keys[0]), numbers != PADDING
    look = jax.nn.softmax(jnp.where(there, x @ tree["look"], -1e9), axis=-1)
    looked = (x * look[..., None]).sum(1)
    strongest = jnp.where(there[..., None], x, -1e9).max(1)
    mean = x.sum(1) / there.sum(1, keepdims=True)
    whole = dropped(jnp.concatenate([looked, strongest, mean, x[:, 0]], -1), DROPPED_LAST, keys[1])
    return whole @ tree["kinds"] + tree["kind_offsets"], whole @ tree["topics"] + tree["topic_offsets"]


def _loss(tree: Tree, numbers: Any, kinds: Any, topics: Any, key: Any) -> Any:
    hiding, dropping = draws.split(key)
    hidden = (draws.uniform(hiding, numbers.shape) < HIDDEN_SHARE) & (numbers > BEGIN)
    said_kinds, said_topics = heads(tree, jnp.where(hidden, HIDDEN, numbers), dropping)
    wanted = jax.nn.one_hot(kinds, len(KINDS)) * (1 - SMOOTHED) + SMOOTHED / len(KINDS)
    of_topics = optax.sigmoid_binary_cross_entropy(said_topics, topics).sum(-1).mean()
    return optax.softmax_cross_entropy(said_kinds, wanted).mean() + TOPIC_WEIGHT * of_topics

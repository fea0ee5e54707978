"""Teaching a network to read: it fills gaps in Chinese text, without any label. Offline only; needs JAX and optax.

Owns the network's architecture as it is trained, the same that ``triage.network`` reads with, and the filling of gaps.
A server never imports this, and no test needs it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import random as draws

from triage import gaps
from triage.network import HEADS, INNER, LAYERS, LONGEST, PADDING, WIDTH, Array

Tree = dict[str, Any]
BATCH, TOGETHER = 64, 50
RATE, DECAY = 2e-3, 0.01
SEED = 20261126
_SAY_EVERY = 200  # steps


def new_encoder(key: Any, characters: int) -> Tree:
    """Arrays of an untaught encoder that knows so many characters, the four specials among them."""
    keys = iter(draws.split(key, 4 + 8 * LAYERS))

    def normal(*shape: int, scale: float) -> Any:
        return draws.normal(next(keys), shape) * scale

    tree: Tree = {
        "characters": normal(characters, WIDTH, scale=0.05),
        "places": normal(LONGEST, WIDTH, scale=0.02),
        "last_scale": jnp.ones(WIDTH),
        "last_shift": jnp.zeros(WIDTH),
        "gap_offsets": jnp.zeros(characters),
    }
    thin = (2 * LAYERS) ** -0.5
    for layer in range(LAYERS):
        tree |= {
            f"{layer}_scale": jnp.ones(WIDTH),
            f"{layer}_shift": jnp.zeros(WIDTH),
            f"{layer}_near": normal(3, WIDTH, scale=0.1),
            f"{layer}_attend": normal(WIDTH, 3 * WIDTH, scale=WIDTH**-0.5),
            f"{layer}_attend_offset": jnp.zeros(3 * WIDTH),
            f"{layer}_gather": normal(WIDTH, WIDTH, scale=thin * WIDTH**-0.5),
            f"{layer}_gather_offset": jnp.zeros(WIDTH),
            f"{layer}_inner_scale": jnp.ones(WIDTH),
            f"{layer}_inner_shift": jnp.zeros(WIDTH),
            f"{layer}_widen": normal(WIDTH, INNER, scale=WIDTH**-0.5),
            f"{layer}_widen_offset": jnp.zeros(INNER),
            f"{layer}_narrow": normal(INNER, WIDTH, scale=thin * INNER**-0.5),
            f"{layer}_narrow_offset": jnp.zeros(WIDTH),
        }
    return tree


def dropped(x: Any, rate: float, key: Any) -> Any:
    """Some activations set to zero, the others raised to make up for it; without a key, as they are."""
    if key is None or rate == 0:
        return x
    return jnp.where(draws.bernoulli(key, 1 - rate, x.shape), x / (1 - rate), 0)


def encode(tree: Tree, numbers: Any, rate: float = 0.0, key: Any = None) -> Any:
    """batch × places of numbers → batch × places × width; ``rate`` of the activations are dropped."""
    places = numbers.shape[1]
    there = (numbers != PADDING)[..., None]
    keys = [None] * (2 * LAYERS + 1) if key is None else list(draws.split(key, 2 * LAYERS + 1))
    x = tree["characters"][numbers] + tree["places"][:places]
    x = dropped(x, rate, keys[0]) * there
    for layer in range(LAYERS):
        h = _even(x, tree[f"{layer}_scale"], tree[f"{layer}_shift"]) * there
        around, near = jnp.pad(h, ((0, 0), (1, 1), (0, 0))), tree[f"{layer}_near"]
        h = h + around[:, :-2] * near[0] + h * near[1] + around[:, 2:] * near[2]
        y = _attended(h @ tree[f"{layer}_attend"] + tree[f"{layer}_attend_offset"], there)
        x = x + dropped(y @ tree[f"{layer}_gather"] + tree[f"{layer}_gather_offset"], rate, keys[2 * layer + 1])
        h = _even(x, tree[f"{layer}_inner_scale"], tree[f"{layer}_inner_shift"])
        y = jax.nn.relu(h @ tree[f"{layer}_widen"] + tree[f"{layer}_widen_offset"]) @ tree[f"{layer}_narrow"]
        x = x + dropped(y + tree[f"{layer}_narrow_offset"], rate, keys[2 * layer + 2])
    return _even(x, tree["last_scale"], tree["last_shift"]) * there


def _attended(asked: Any, there: Any) -> Any:
    batch, places, _ = asked.shape
    query, name, told = (
        part.reshape(batch, places, HEADS, WIDTH // HEADS).transpose(0, 2, 1, 3)
        for part in jnp.split(asked, 3, axis=-1)
    )
    weight = query @ name.transpose(0, 1, 3, 2) / np.sqrt(WIDTH // HEADS)
    weight = jax.nn.softmax(jnp.where(there[:, None, None, :, 0], weight, -1e9), axis=-1)
    return (weight @ told).transpose(0, 2, 1, 3).reshape(batch, places, WIDTH)


def _even(x: Any, scale: Any, shift: Any) -> Any:
    middle = x.mean(-1, keepdims=True)
    spread = ((x - middle) ** 2).mean(-1, keepdims=True)
    return (x - middle) * jax.lax.rsqrt(spread + 1e-5) * scale + shift


def optimiser(steps: int, peak: float, decay: float) -> Any:
    """Adam with weight decay and clipped slopes; it warms up for a thirtieth of the steps and then fades out."""
    rate = optax.warmup_cosine_decay_schedule(0, peak, max(1, steps // 30), steps, peak / 20)
    return optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(rate, b2=0.98, weight_decay=decay))


def one_step(loss_of: Callable[..., Any], optimise: Any) -> Callable[..., Any]:
    """Compile one step of teaching: (arrays, state, *what is shown) → (better arrays, state, loss)."""

    def step(tree: Tree, state: Any, *shown: Any) -> Any:
        loss, slope = jax.value_and_grad(loss_of)(tree, *shown)
        change, state = optimise.update(slope, state, tree)
        return optax.apply_updates(tree, change), state, loss

    compiled: Callable[..., Any] = jax.jit(step)
    return compiled


def teach(numbers: Array, characters: int, steps: int, say: Callable[[str], None]) -> dict[str, Array]:
    """Fill gaps in n × LONGEST numbers for so many steps; a fifth of a second each on two quiet cores."""
    tree = new_encoder(draws.PRNGKey(SEED), characters)
    optimise = optimiser(steps, RATE, DECAY)
    state, step = optimise.init(tree), one_step(_gap_loss, optimise)
    rng, lengths = np.random.default_rng(SEED), gaps.lengths_of(numbers)
    done, average, began = 0, None, time.monotonic()
    while done < steps:
        for rows in gaps.batches(lengths, BATCH, rng, TOGETHER):
            own = numbers[rows, : gaps.padded_length(int(lengths[rows].max()))].astype(np.int32)
            tree, state, loss = step(tree, state, *gaps.with_gaps(own, characters, rng))
            done += 1
            average = float(loss) if average is None else 0.99 * average + 0.01 * float(loss)
            if done % _SAY_EVERY == 0:
                say(f"{done} of {steps} steps, loss {average:.3f}, {(time.monotonic() - began) / done:.3f} s a step")
            if done == steps:
                break
    return {name: np.asarray(array) for name, array in tree.items()}


def _gap_loss(tree: Tree, seen: Any, places: Any, truth: Any, counted: Any) -> Any:
    at = jnp.take_along_axis(encode(tree, seen), places[..., None], 1)
    said = at @ tree["characters"].T + tree["gap_offsets"]
    loss = optax.softmax_cross_entropy_with_integer_labels(said, truth)
    return (loss * counted).sum() / counted.sum()

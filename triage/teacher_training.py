"""A teacher for the network: the encoder of ``triage.pretrained`` learns the protocol from labelled notes. Offline.

Owns the teacher's forward pass, its learning and what it says. It is far too slow for a school's PC; the network
learns from its judgment of texts that nobody labelled (``triage.distilling``). Needs JAX and optax; a server never
imports this, and no test needs it. Matrix products are taken in 16 bits where the processor can: twice as fast.
Architecture: BERT (Devlin et al. 2019), evened out after each step, as multilingual-e5-small was taught.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import random as draws

from triage import gaps
from triage.distilling import SMOOTHED, Judgments
from triage.encoder_training import Tree, dropped, one_step, optimiser
from triage.kinds import KINDS
from triage.network import Array
from triage.pretrained import FILE, PACKAGE, Pretrained
from triage.protocol import ModelMissing, Topic

ROUNDS, BATCH, TOGETHER = 2, 32, 50
RATE, DECAY = 8e-5, 0.01
HEADS_FASTER = 10.0  # the heads begin from nothing
DROPPED_LAST = 0.1  # share of the activations before the heads
HIDDEN_SHARE = 0.05  # of the pieces, so that no single one decides
TOPIC_WEIGHT = 0.3
LONGEST = 110  # pieces of a note that is learned from; what is only judged is cut there
SEED = 1
_ASKED = "query: "  # how the encoder was taught to read a short text
_LENGTHS = (24, 32, 40, 48, 64, 80, LONGEST)
_FAR = -1e4
_LAYERS, _HEADS = 12, 12
_SMALLEST_SPREAD = 1e-12
_NAMES = tuple(f"{one}.{kind}" for one in ("q", "k", "v", "ao", "fi", "fo", "aln", "oln") for kind in "wb")
_NEW = ("kinds", "kind_offsets", "topics", "topic_offsets")
_SAY_EVERY = 200  # steps
_PROCESSOR, _MULTIPLIES_IN_16_BITS = Path("/proc/cpuinfo"), {"avx512_bf16", "amx_bf16", "bf16"}


@dataclass(frozen=True)
class Reader:
    """Texts → the teacher's own numbers of their pieces; a piece that no text had at first is unknown."""

    pretrained: Pretrained
    own: dict[int, int]

    @classmethod
    def of(cls, pretrained: Pretrained, texts: Sequence[str]) -> Reader:
        pieces = pretrained.pieces
        seen = {number for text in texts for number in pieces.numbers_of(_ASKED + text)}
        kept = [pieces.padding, pieces.unknown, *sorted(seen - {pieces.padding, pieces.unknown})]
        return cls(pretrained, {number: own for own, number in enumerate(kept)})

    def filled(self, texts: Sequence[str]) -> Array:
        """n × LONGEST numbers; 0 where there is nothing, 1 where a piece is unknown."""
        numbers = np.zeros((len(texts), LONGEST), np.int32)
        for row, text in enumerate(texts):
            pieces = self.pretrained.pieces.numbers_of(_ASKED + text)[:LONGEST]
            numbers[row, : len(pieces)] = [self.own.get(piece, 1) for piece in pieces]
        return numbers

    def new_teacher(self, key: Any) -> Tree:
        """The encoder's arrays, those of its words for the pieces that are known here, and heads that know nothing.

        Raises ModelMissing for an encoder of another size.
        """
        source, width = self.pretrained, self.pretrained.width
        if (source.layers, source.heads) != (_LAYERS, _HEADS):
            raise ModelMissing(PACKAGE, f"{FILE} is another encoder")
        tree: Tree = {"words": source.words(list(self.own)), "places": source.places()}
        tree |= {"scale": source.arrays["emb.ln.w"], "shift": source.arrays["emb.ln.b"]}
        for layer in range(_LAYERS):
            of = {name: source.arrays[f"l{layer}.{name}"] for name in _NAMES}
            tree |= {
                f"{layer}_attend": np.concatenate([of[f"{one}.w"].reshape(width, width) for one in "qkv"]).T,
                f"{layer}_attend_offset": np.concatenate([of[f"{one}.b"] for one in "qkv"]),
                f"{layer}_gather": of["ao.w"].reshape(width, width).T,
                f"{layer}_gather_offset": of["ao.b"],
                f"{layer}_scale": of["aln.w"],
                f"{layer}_shift": of["aln.b"],
                f"{layer}_widen": of["fi.w"].reshape(-1, width).T,
                f"{layer}_widen_offset": of["fi.b"],
                f"{layer}_narrow": of["fo.w"].reshape(width, -1).T,
                f"{layer}_narrow_offset": of["fo.b"],
                f"{layer}_last_scale": of["oln.w"],
                f"{layer}_last_shift": of["oln.b"],
            }
        keys = draws.split(key)
        tree |= {"kinds": draws.normal(keys[0], (2 * width, len(KINDS))) * 0.02, "kind_offsets": np.zeros(len(KINDS))}
        tree |= {"topics": draws.normal(keys[1], (2 * width, len(Topic))) * 0.02, "topic_offsets": np.zeros(len(Topic))}
        return {name: jnp.asarray(array, jnp.float32) for name, array in tree.items()}


def teach(
    reader: Reader, texts: Sequence[str], kinds: Array, topics: Array, say: Callable[[str], None]
) -> dict[str, Array]:
    """Learn from n texts, n places in KINDS and n × 17 topics. Half an hour on two quiet cores for 35,000 notes."""
    numbers = reader.filled(texts)
    lengths = gaps.lengths_of(numbers)
    key = draws.PRNGKey(SEED)
    tree = reader.new_teacher(key)
    steps = ROUNDS * sum(1 for _ in gaps.batches(lengths, BATCH, np.random.default_rng(SEED), TOGETHER))
    new = {name: name in _NEW for name in tree}
    optimise = optax.chain(optimiser(steps, RATE, DECAY), optax.masked(optax.scale(HEADS_FASTER), new))
    state, step = optimise.init(tree), one_step(_loss, optimise)
    rng, began, done, average = np.random.default_rng(SEED), time.monotonic(), 0, None
    for _ in range(ROUNDS):
        for rows in gaps.batches(lengths, BATCH, rng, TOGETHER):
            own = numbers[rows, : gaps.padded_length(int(lengths[rows].max()), _LENGTHS)]
            key, once = draws.split(key)
            tree, state, loss = step(tree, state, own, kinds[rows], topics[rows], once)
            done += 1
            average = float(loss) if average is None else 0.99 * average + 0.01 * float(loss)
            if done % _SAY_EVERY == 0:
                say(f"{done} of {steps} steps, loss {average:.3f}, {(time.monotonic() - began) / done:.3f} s a step")
    return {name: np.asarray(array) for name, array in tree.items()}


def judge(tree: Tree, reader: Reader, texts: Sequence[str]) -> Judgments:
    """What a teacher that has learned says of some texts, a hundred or two a second."""
    numbers = reader.filled(texts)
    lengths = gaps.lengths_of(numbers)
    said: list[tuple[Array, ...]] = []
    ask = jax.jit(heads)
    order = np.argsort(lengths, kind="stable")
    for start in range(0, len(order), 2 * BATCH):
        rows = order[start : start + 2 * BATCH]
        # The last few are filled up with copies, so that no shape is compiled for them alone.
        full = np.resize(rows, 2 * BATCH)
        own = numbers[full, : gaps.padded_length(int(lengths[rows].max()), _LENGTHS)]
        said.append(tuple(np.asarray(one)[: len(rows)] for one in ask(tree, own)))
    back = np.argsort(order, kind="stable")
    kinds, topics, seen = (np.concatenate(part)[back] for part in zip(*said, strict=True))
    return Judgments(kinds, topics, seen.astype(np.float16))


def heads(tree: Tree, numbers: Any, key: Any = None) -> tuple[Any, Any, Any]:
    """batch × places of numbers → batch × kinds and × topics, raw, and batch × 2 widths of what was seen."""
    there = numbers != 0
    x = _read(tree, numbers, there)
    mean = (x * there[..., None]).sum(1) / there.sum(1, keepdims=True)
    seen = jnp.concatenate([mean, jnp.where(there[..., None], x, _FAR).max(1)], -1)
    kept = dropped(seen, DROPPED_LAST, key)
    return kept @ tree["kinds"] + tree["kind_offsets"], kept @ tree["topics"] + tree["topic_offsets"], seen


def _read(tree: Tree, numbers: Any, there: Any) -> Any:
    x = _even(tree["words"][numbers] + tree["places"][: numbers.shape[1]], tree["scale"], tree["shift"])
    for layer in range(_LAYERS):
        asked = _times(x, tree[f"{layer}_attend"]) + tree[f"{layer}_attend_offset"]
        y = _times(_attended(asked, there), tree[f"{layer}_gather"]) + tree[f"{layer}_gather_offset"]
        x = _even(x + y, tree[f"{layer}_scale"], tree[f"{layer}_shift"])
        y = jax.nn.gelu(_times(x, tree[f"{layer}_widen"]) + tree[f"{layer}_widen_offset"], approximate=False)
        y = _times(y, tree[f"{layer}_narrow"]) + tree[f"{layer}_narrow_offset"]
        x = _even(x + y, tree[f"{layer}_last_scale"], tree[f"{layer}_last_shift"])
    return x


def _attended(asked: Any, there: Any) -> Any:
    batch, places, width = asked.shape[0], asked.shape[1], asked.shape[2] // 3
    query, name, told = (
        part.reshape(batch, places, _HEADS, width // _HEADS).transpose(0, 2, 1, 3)
        for part in jnp.split(asked, 3, axis=-1)
    )
    weight = query @ name.transpose(0, 1, 3, 2) / np.sqrt(width // _HEADS)
    weight = jax.nn.softmax(jnp.where(there[:, None, None], weight, _FAR), axis=-1)
    return (weight @ told).transpose(0, 2, 1, 3).reshape(batch, places, width)


def _number_type() -> Any:
    """What numbers are multiplied as: where a processor can only pretend to have 16 bits, that would be slower."""
    try:
        said = set(_PROCESSOR.read_text(encoding="utf-8").split())
    except OSError:
        return jnp.float32
    return jnp.bfloat16 if said & _MULTIPLIES_IN_16_BITS else jnp.float32


_NUMBER = _number_type()


def _product(x: Any, matrix: Any) -> Any:
    """batch × places × inputs, and inputs × outputs, multiplied in few bits: the slopes too, which jax would not."""
    return jnp.matmul(x.astype(_NUMBER), matrix.astype(_NUMBER), preferred_element_type=jnp.float32)


def _times_kept(x: Any, matrix: Any) -> tuple[Any, tuple[Any, Any]]:
    small = x.astype(_NUMBER), matrix.astype(_NUMBER)
    return _product(*small), small


def _times_back(kept: tuple[Any, Any], slope: Any) -> tuple[Any, Any]:
    x, matrix = kept
    small = slope.astype(_NUMBER)
    of_x = jnp.matmul(small, matrix.T, preferred_element_type=jnp.float32)
    flat_x, flat_slope = x.reshape(-1, x.shape[-1]), small.reshape(-1, small.shape[-1])
    return of_x, jnp.matmul(flat_x.T, flat_slope, preferred_element_type=jnp.float32)


_times = jax.custom_vjp(_product)
_times.defvjp(_times_kept, _times_back)


def _even(x: Any, scale: Any, shift: Any) -> Any:
    middle = x.mean(-1, keepdims=True)
    spread = ((x - middle) ** 2).mean(-1, keepdims=True)
    return (x - middle) * jax.lax.rsqrt(spread + _SMALLEST_SPREAD) * scale + shift


def _loss(tree: Tree, numbers: Any, kinds: Any, topics: Any, key: Any) -> Any:
    hiding, dropping = draws.split(key)
    hidden = (draws.uniform(hiding, numbers.shape) < HIDDEN_SHARE) & (numbers != 0)
    said_kinds, said_topics, _ = heads(tree, jnp.where(hidden, 1, numbers), dropping)
    wanted = jax.nn.one_hot(kinds, len(KINDS)) * (1 - SMOOTHED) + SMOOTHED / len(KINDS)
    of_topics = optax.sigmoid_binary_cross_entropy(said_topics, topics).sum(-1).mean()
    return optax.softmax_cross_entropy(said_kinds, wanted).mean() + TOPIC_WEIGHT * of_topics

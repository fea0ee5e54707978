"""How much is tried: seconds of it in `make test`, minutes in `make fuzz`. One seed tries the same things again."""

from __future__ import annotations

import os
import random
import sys

from hypothesis import HealthCheck, Phase, settings

IS_LONG = os.environ.get("FUZZ") == "long"
SEED = int(os.environ.get("FUZZ_SEED", "1"))


def count(short: int, long: int) -> int:
    """Return how many inputs are tried here."""
    return long if IS_LONG else short


def dice(name: str) -> random.Random:
    """Return the dice of one test: their throws depend on the seed and on ``name`` alone."""
    return random.Random(f"{SEED} {name}")


def examples(short: int, long: int, steps: int) -> settings:
    """Return hypothesis' settings: always the same examples for one seed, of ``steps`` at most, none of them timed."""
    return settings(
        max_examples=count(short, long),
        derandomize=SEED == 1,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        stateful_step_count=steps,
    )


def tell(line: str) -> None:
    """Print a figure; pytest shows it with ``-s``, as `make fuzz` asks."""
    sys.stdout.write(f"\n{line}")

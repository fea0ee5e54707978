"""The figures as lines, each beside its target; a missed target is said as such."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench import machine
from bench.load import Outcome
from mailbox.office import utc_now

_NAME_WIDTH, _VALUE_WIDTH, _TARGET_WIDTH = 46, 14, 16


@dataclass(frozen=True)
class Figure:
    """One measured number. ``limit`` is the target: at most, or, with ``at_least``, at least that much."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    at_least: bool = False

    @property
    def met(self) -> bool | None:
        if self.limit is None:
            return None
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def line(self) -> str:
        value = f"{_short(self.value)} {self.unit}"
        if self.limit is None:
            return f"  {self.name:<{_NAME_WIDTH}}{value:>{_VALUE_WIDTH}}"
        target = f"{'≥' if self.at_least else '≤'} {_short(self.limit)} {self.unit}"
        return (
            f"  {self.name:<{_NAME_WIDTH}}{value:>{_VALUE_WIDTH}}{target:>{_TARGET_WIDTH}}"
            f"  {'met' if self.met else 'MISSED'}"
        )


def at() -> str:
    """Return the line that stands above figures: the machine, the day, and how busy it was before."""
    load_1, load_5, _ = os.getloadavg()
    return f"{machine.described()}; {utc_now().date()}; load average before: {load_1:.1f} {load_5:.1f}"


def print_block(title: str, figures: Iterable[Figure]) -> None:
    print(f"\n{title}")
    for figure in figures:
        print(figure.line())
    sys.stdout.flush()


def quantile_ms(seconds: Sequence[float], share: float) -> float:
    """Return the smallest time, in milliseconds, that ``share`` of all times do not exceed; infinity for none."""
    if not seconds:
        return math.inf
    return sorted(seconds)[max(0, math.ceil(len(seconds) * share) - 1)] * 1_000


def steps(outcome: Outcome, median_ms: float | None = None, p95_ms: float | None = None) -> list[Figure]:
    """Median and p95 of the form and of the note, beside the targets of the note."""
    forms, posts = [flow.form_s for flow in outcome.flows], [flow.post_s for flow in outcome.flows]
    return [
        Figure("form, median", quantile_ms(forms, 0.5), "ms"),
        Figure("form, p95", quantile_ms(forms, 0.95), "ms"),
        Figure("note to picture code, median", quantile_ms(posts, 0.5), "ms", median_ms),
        Figure("note to picture code, p95", quantile_ms(posts, 0.95), "ms", p95_ms),
        Figure("note to picture code, slowest", quantile_ms(posts, 1.0), "ms"),
    ]


def errors(outcome: Outcome) -> Figure:
    return Figure("errors", sum(outcome.errors.values()), "", 0)


def _short(value: float) -> str:
    return f"{value:.2f}" if value < 10 and value != int(value) else f"{value:.0f}"

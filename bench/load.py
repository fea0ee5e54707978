"""Many children at a time: as fast as they can for some seconds, at a given pace, or all at the same moment.

One process of threads; it waits nearly all the time, and what it costs is printed beside the figures.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.client import HTTPException

from bench.child import Child, Flow, NoCode


@dataclass
class Outcome:
    """What one load brought: flows, errors by name, the seconds it took, and this process's own processor time.

    ``acknowledged``: the notes for which a picture code came.
    """

    flows: list[Flow] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    wall_s: float = 0.0
    client_processor_s: float = 0.0

    @property
    def per_second(self) -> float:
        return len(self.flows) / self.wall_s if self.wall_s else 0.0


def steadily(port: int, cookies: Sequence[str], notes: Iterator[str], seconds: float, pause_s: float = 0.0) -> Outcome:
    """Each of ``cookies`` writes note after note for ``seconds``; with ``pause_s``, one note begins every so often."""

    def write_on(child: Child, place: int, started: float, keep: Callable[[str], None]) -> None:
        # Paced children begin apart from each other, as people do.
        due = started + pause_s * place / len(cookies)
        while max(due, now := time.perf_counter()) < started + seconds:
            if now < due:
                time.sleep(due - now)
            due += pause_s
            keep(next(notes))

    return _together(port, cookies, write_on)


def at_once(port: int, cookies: Sequence[str], notes: Iterator[str]) -> tuple[Outcome, float]:
    """Each of ``cookies`` writes one note, all in the same moment; also return when the last one had its code."""
    started_at: list[float] = []

    def write_one(child: Child, place: int, started: float, keep: Callable[[str], None]) -> None:
        started_at.append(started)
        keep(next(notes))

    outcome = _together(port, cookies, write_one)
    last = max((flow.done_at for flow in outcome.flows), default=float("inf"))
    return outcome, last - min(started_at)


def _together(
    port: int, cookies: Sequence[str], story: Callable[[Child, int, float, Callable[[str], None]], None]
) -> Outcome:
    outcome = Outcome()
    start_line = threading.Barrier(len(cookies) + 1)

    def live(place: int, cookie: str) -> None:
        child = Child(port, cookie)

        def keep(note: str) -> None:
            try:
                outcome.flows.append(child.write(note))
                outcome.acknowledged.append(note)
            except (NoCode, OSError, HTTPException) as failed:
                child.leave()
                outcome.errors[str(failed) if isinstance(failed, NoCode) else type(failed).__name__] += 1

        start_line.wait()
        story(child, place, time.perf_counter(), keep)
        child.leave()

    children = [threading.Thread(target=live, args=pair) for pair in enumerate(cookies)]
    for child in children:
        child.start()
    start_line.wait()
    began, processor = time.perf_counter(), time.process_time()
    for child in children:
        child.join()
    outcome.wall_s = time.perf_counter() - began
    outcome.client_processor_s = time.process_time() - processor
    return outcome

"""How fast triage reads, in one process and on one core: loading, one note, a long one, many at a time, memory.

Owns its own process, so that nothing else is counted. The notes are those of the other measurements, cut to length.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench.installation import HOUSE
from bench.report import Figure, quantile_ms

_NOTES, _SHORT, _LONG = 400, 60, 4_000
_LONG_TIMES, _WARM_UP = 20, 30


def figures() -> list[Figure]:
    """Measure in a fresh process; return the figures beside their targets."""
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    out = subprocess.run(
        [sys.executable, "-m", "bench.reading"], cwd=HOUSE, env=environment, check=True, capture_output=True
    ).stdout
    measured = json.loads(out)
    return [
        Figure("loading the lexicon, the dictionary and the model", measured["load_s"], "s", 0.5),
        Figure("a note of 60 characters, median", measured["short_ms"], "ms", 3),
        Figure("a note of 60 characters, p95", measured["short_p95_ms"], "ms", 8),
        Figure("a note of 4,000 characters, median", measured["long_ms"], "ms", 40),
        Figure("many notes at a time", measured["many_per_s"], "/s", 1_000, at_least=True),
        Figure("memory above the bare process", measured["memory_mib"], "MiB", 120),
        Figure("the model's folder", measured["folder_mib"], "MiB", 20),
    ]


def _measure() -> dict[str, float]:
    bare_mib = _resident_mib()
    from bench.notes import notes
    from triage.assessor import DEFAULT_MODEL, Assessor

    began = time.perf_counter()
    assessor = Assessor.load(DEFAULT_MODEL)
    load_s = time.perf_counter() - began
    whole = notes(_NOTES, seed=4)
    short = [text[-_SHORT:] for text in whole]
    for text in short[:_WARM_UP]:
        assessor.assess(text)
    alone = [_timed(assessor.assess, text) for text in short]
    long = [_timed(assessor.assess, "".join(whole[at : at + 20])[:_LONG]) for at in range(_LONG_TIMES)]
    began = time.perf_counter()
    assessor.assess_many(short * 3)
    many_s = time.perf_counter() - began
    return {
        "load_s": load_s,
        "short_ms": statistics.median(alone) * 1_000,
        "short_p95_ms": quantile_ms(alone, 0.95),
        "long_ms": statistics.median(long) * 1_000,
        "many_per_s": len(short) * 3 / many_s,
        "memory_mib": _resident_mib() - bare_mib,
        "folder_mib": sum(file.stat().st_size for file in DEFAULT_MODEL.iterdir()) / 2**20,
    }


def _timed(assess: Callable[[str], object], text: str) -> float:
    began = time.perf_counter()
    assess(text)
    return time.perf_counter() - began


def _resident_mib() -> float:
    """What this process holds in memory now."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    print(json.dumps(_measure()))

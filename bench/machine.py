"""The machine under the figures: what it is, and how much of it others used meanwhile. Linux only."""

from __future__ import annotations

import os
import platform
from contextlib import suppress
from pathlib import Path

_IDLE_FIELDS = (3, 4)  # idle and waiting for the disk
_COUNTED_FIELDS = 8  # later ones (guests) are already in user time


def described() -> str:
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if "model name" in line
    ]
    return f"{processors()} × {names[0] if names else platform.machine()}, Python {platform.python_version()}"


def processors() -> int:
    return len(os.sched_getaffinity(0))


def busy_seconds() -> float:
    """Return the processor seconds that everything on this machine has used since it started."""
    ticks = [int(number) for number in Path("/proc/stat").read_text().splitlines()[0].split()[1 : _COUNTED_FIELDS + 1]]
    return (sum(ticks) - sum(ticks[place] for place in _IDLE_FIELDS)) / os.sysconf("SC_CLK_TCK")


def seconds_of_family(process: int) -> float:
    """Return the processor seconds that a process and its children have used, those that ended among them."""
    ticks = 0
    for entry in Path("/proc").glob("[0-9]*"):
        # One may end in this very moment.
        with suppress(OSError):
            fields = (entry / "stat").read_text("ascii", "replace").rpartition(")")[2].split()
            if process in (int(entry.name), int(fields[1])):
                ticks += sum(map(int, fields[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def parent_of(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text("ascii", "replace").rpartition(")")[2].split()[1])


def most_memory_mib(process: int) -> float:
    """Return the most memory that a process has held since it began its program; 0 for one that has ended."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text("utf-8").splitlines():
            name, _, value = line.partition(":")
            if name == "VmHWM":
                return int(value.split()[0]) / 1_024
    return 0.0

"""What acts cost beside more and more letters, as one table: a line for each act, a column for each number kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

QUEUE, LOOKUP = "list of letters", "  without the derivation"


@dataclass(frozen=True)
class Cell:
    """One act at one size: the median on the wall and the mean processor time, in milliseconds; memory in MiB.

    ``steps``: those of SQLite's virtual machine for one such act, which no other program on the machine changes.
    """

    wall_ms: float
    processor_ms: float
    memory_mib: float = 0.0
    steps: int = 0

    def text(self) -> str:
        memory = f", {self.memory_mib:.0f} MiB" if self.memory_mib else ""
        return f"{_number(self.wall_ms)} ({_number(self.processor_ms)}){memory}"


def print_table(sizes: Sequence[int], columns: Sequence[dict[str, Cell]]) -> None:
    print("\nMilliseconds: median on the wall (processor time)")
    print(f"| | {' | '.join(f'{size:,}' for size in sizes)} | processor time grows | SQLite's steps grow |")
    print(f"|---|{'---:|' * (len(sizes) + 2)}")
    for row in columns[0]:
        cells = [column[row] for column in columns if row in column]
        texts = [column[row].text() if row in column else "" for column in columns]
        growth = cells[-1].processor_ms / max(cells[0].processor_ms, 0.1)
        steps = f"{cells[0].steps:,} × {cells[-1].steps / cells[0].steps:.2f}" if cells[0].steps else ""
        print(f"| {row.strip()} | {' | '.join(texts)} | × {growth:.1f} | {steps} |")
    first, last = columns[0], columns[-1]
    growth = last[QUEUE].processor_ms / first[QUEUE].processor_ms
    print(f"\nlist of letters at {sizes[-1]:,} by {sizes[0]:,}: × {growth:.2f} in processor time (goal ≤ 2)")
    spent = last[LOOKUP]
    print(
        f"look-up beside the derivation at {sizes[-1]:,}: "
        f"{spent.wall_ms:.1f} ms on the wall, {spent.processor_ms:.1f} ms of a processor (goal ≤ 20 ms)",
        flush=True,
    )


def _number(milliseconds: float) -> str:
    return f"{milliseconds:,.0f}" if milliseconds >= 10 else f"{milliseconds:.1f}"

"""``make torture``: every scene once, in minutes; prints what was done, what was found, and a verdict.

Ends with 1 when any promise was found broken. The seed draws what is done and when; what the computer makes of it is
its own. Some scenes need root or PostgreSQL: what cannot be done here is said, not passed over.
"""

from __future__ import annotations

import argparse
import platform
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench import machine
from bench.moved import MovedClock
from tests.support.cleared import create_database
from tests.support.postgres import CAREFUL, Cluster
from tests.torture import clock, trouble
from tests.torture.auditor import Verdict
from tests.torture.kills import kill_again_and_again
from tests.torture.migration import kill_half_way
from tests.torture.place import Place, made
from tests.torture.power import cut_power, disks_can_be_made, new_disk
from tests.torture.sender import kill_the_sender


@dataclass(frozen=True)
class Run:
    """One run: its seed, how often each thing is done, and the folder for everything."""

    seed: int
    kills: int
    postgres_kills: int
    cuts: int
    migrations: int
    senders: int
    folder: Path

    @contextmanager
    def at_a_moved_clock(self, scene: str, **settings: str) -> Iterator[Place]:
        (self.folder / scene).mkdir()
        moved = MovedClock(self.folder / scene / "clock")
        moved.move_to(clock.WEDNESDAY)
        with made(self.folder / scene / "served", f"{self.seed}/{scene}", clock=moved, **settings) as place:  # type: ignore[arg-type]
            yield place

    def kill(self) -> Verdict:
        with made(self.folder / "kills", f"{self.seed}/kills") as place:
            return kill_again_and_again(place, self.kills, tell=tell)

    def kill_with_postgres(self) -> Verdict:
        cluster = Cluster(CAREFUL)
        try:
            cluster.start()
            address = create_database(cluster.address, "mailbox")
            with made(self.folder / "postgres", f"{self.seed}/postgres", database_url=address) as place:
                return kill_again_and_again(place, self.postgres_kills, cluster=cluster, tell=tell)
        finally:
            cluster.remove()

    def cut_power(self) -> Verdict:
        home = self.folder / "power"
        home.mkdir()
        with made(home / "served", f"{self.seed}/power") as place:
            place.serve()
            return cut_power(place, home, self.cuts)

    def cut_power_of_a_disk(self) -> Verdict:
        if not disks_can_be_made():
            return _not_here("a file system of one's own needs root and loop devices")
        home = self.folder / "disk"
        home.mkdir()
        with ExitStack() as held:
            disk = new_disk(home / "disk.img")
            served = held.enter_context(disk.mounted())
            place = held.enter_context(made(served, f"{self.seed}/disk"))
            place.serve()
            return cut_power(place, home, self.cuts, disk)

    def fill_the_disk(self) -> Verdict:
        if not disks_can_be_made():
            with made(self.folder / "full", f"{self.seed}/full") as place:
                return trouble.in_trouble(place, "no room in any file", trouble.no_room(place))
        with trouble.small_disk(self.folder / "full") as disk, made(disk / "served", f"{self.seed}/full") as place:
            return trouble.in_trouble(place, "disk full", trouble.filled(disk), restart=True)

    def lock_the_database(self) -> Verdict:
        with made(self.folder / "locked", f"{self.seed}/locked") as place:
            return trouble.in_trouble(place, "database locked", trouble.locked(place.served.data_dir / "mailbox.db"))

    def jump(self) -> Verdict:
        with self.at_a_moved_clock("clock") as place:
            return clock.jump(place)

    def kill_the_sender(self) -> Verdict:
        with self.at_a_moved_clock("sender", run_alarm_worker="false") as place:
            return kill_the_sender(place, self.senders)

    def kill_a_migration(self) -> Verdict:
        home = self.folder / "migration"
        home.mkdir()
        return kill_half_way(home, random.Random(f"{self.seed}/migration"), self.migrations)

    def scenes(self) -> dict[str, tuple[str, Callable[[], Verdict]]]:
        return {
            "kills": ("The program is killed under load", self.kill),
            "postgres": ("The program and its PostgreSQL are killed under load", self.kill_with_postgres),
            "power": ("The power fails: files of one moment", self.cut_power),
            "disk": ("The power fails: the disk without what was not waited for", self.cut_power_of_a_disk),
            "full": ("The disk is full", self.fill_the_disk),
            "locked": ("The database is locked", self.lock_the_database),
            "clock": ("The clock jumps", self.jump),
            "sender": ("The alarm worker is killed while it sends", self.kill_the_sender),
            "migration": ("A migration is killed half-way", self.kill_a_migration),
        }


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    asked.add_argument("--seed", type=int, default=1, help="draws what is done, and when (1)")
    asked.add_argument("--kills", type=int, default=500, help="how often the program is killed (500)")
    asked.add_argument("--postgres-kills", type=int, default=60, help="the same on PostgreSQL, itself included (60)")
    asked.add_argument("--cuts", type=int, default=20, help="power cuts of each kind (20)")
    asked.add_argument("--migrations", type=int, default=10, help="migrations killed (10)")
    asked.add_argument("--senders", type=int, default=9, help="alarm workers killed in their own scene (9)")
    asked.add_argument("--only", help="names of scenes with commas between them")
    wishes = vars(asked.parse_args())
    if not sys.platform.startswith("linux"):
        sys.exit("This stops processes and looks at them through /proc, so it needs Linux.")
    only = wishes.pop("only")
    tell(f"{machine.described()}, {platform.system()} {platform.release()}; seed {wishes['seed']}")
    with tempfile.TemporaryDirectory(prefix="qiaoqiaohua-torture-") as folder:
        scenes = Run(folder=Path(folder), **wishes).scenes()
        chosen = only.split(",") if only else list(scenes)
        wrongs = [wrong for name in chosen for wrong in _played(*scenes[name])]
    tell(f"\n{'BROKEN' if wrongs else 'all promises held'}: {len(wrongs)} broken")
    sys.exit(1 if wrongs else 0)


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _played(title: str, scene: Callable[[], Verdict]) -> list[str]:
    began = time.monotonic()
    tell(f"\n{title} ({datetime.now(UTC):%Y-%m-%d %H:%M} UTC)")
    verdict = scene()
    for name, figure in verdict.figures.items():
        tell(f"  {name:<62}{figure:>16}")
    for wrong in verdict.wrongs:
        tell(f"  BROKEN: {wrong}")
    tell(f"  {'held' if not verdict.wrongs else 'BROKEN'}, {time.monotonic() - began:.0f} s")
    return verdict.wrongs


def _not_here(why: str) -> Verdict:
    return Verdict({f"not done here: {why}": ""})


if __name__ == "__main__":
    main()

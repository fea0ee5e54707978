"""The served program keeps its memory to itself: no core dump, no look from beside, no swap where that is allowed."""

from __future__ import annotations

import platform
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from itertools import pairwise
from pathlib import Path

import pytest

from tests.support.served import HOUSE, ServedApp

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems have other means, see own_process.py")

HEAP_BYTES = 64 * 1024 * 1024
# Runs in every process of the program: when a worker is forked, it asks the system whether this process could be
# dumped or looked into.
WATCH = """
import ctypes, os, sys
_out = os.open(os.environ["ASKED"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
def _ask(event, args):
    if event == "os.fork":
        os.write(_out, b"%d\\n" % ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
sys.addaudithook(_ask)
"""
# The same from inside, before and after, and in a fork.
INSIDE = """
import ctypes, os, resource
from mailbox.upkeep.own_process import keep_memory_out_of_swap, keep_memory_private
dumpable = lambda: ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)
print(dumpable(), flush=True)
keep_memory_private()
if os.fork() == 0:
    print(dumpable(), *resource.getrlimit(resource.RLIMIT_CORE))
"""


def kib(process: int, name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text(), re.M)
    assert found
    return int(found[1])


def heaps_beside_the_first(process: int) -> int:
    """Return how many heaps glibc has made for threads: each reserves 64 MiB, and begins at a multiple of that."""
    maps = Path(f"/proc/{process}/maps").read_text().splitlines()
    spans = [[int(end, 16) for end in line.split()[0].split("-")] for line in maps if line.split()[4] == "0"]
    # What is in use of a heap, and behind it what is reserved.
    return sum(
        first % HEAP_BYTES == 0 and end == then and last == first + HEAP_BYTES
        for (first, end), (then, last) in pairwise(spans)
    )


def may_lock_memory(process: int) -> bool:
    """Whether a process may lock as much as it likes (``CAP_IPC_LOCK``); root in a container may not."""
    found = re.search(r"^CapEff:\s+(\w+)", Path(f"/proc/{process}/status").read_text(), re.M)
    assert found
    return bool(int(found[1], 16) >> 14 & 1)


@pytest.fixture
def served(made_app: Callable[..., ServedApp], tmp_path: Path) -> ServedApp:
    (tmp_path / "watch").mkdir()
    (tmp_path / "watch" / "sitecustomize.py").write_text(WATCH)
    environment = {"PYTHONPATH": str(tmp_path / "watch"), "ASKED": str(tmp_path / "asked")}
    return made_app(environment=environment, web_workers=1)


def test_no_process_of_the_served_program_is_dumped_looked_into_or_swapped(served: ServedApp, tmp_path: Path) -> None:
    served.start()
    processes = served.processes()
    # The first process, and the worker that has answered.
    assert len(processes) == 2
    for process in processes:
        limit = re.search(r"^Max core file size\s+(\S+)\s+(\S+)", Path(f"/proc/{process}/limits").read_text(), re.M)
        assert limit and limit.groups() == ("0", "0")
        if may_lock_memory(process):
            assert kib(process, "VmLck") >= kib(process, "VmRSS") * 0.9
            # Only what is used: reserved address space would otherwise fill an old PC.
            assert kib(process, "VmRSS") < 400_000
    assert (tmp_path / "asked").read_text().split() == ["0"]


def test_a_fork_keeps_both() -> None:
    done = subprocess.run([sys.executable, "-c", INSIDE], cwd=HOUSE, capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["1", "0 0 0"]


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library has no heaps of its own for threads")
def test_the_threads_of_a_process_share_one_heap(shared_program: ServedApp) -> None:
    def ask(_number: int) -> int:
        connection = HTTPConnection("127.0.0.1", shared_program.port, timeout=60)
        connection.request("GET", "/static/kiosk/kiosk.css")
        return connection.getresponse().status

    with ThreadPoolExecutor(12) as askers:
        assert len(list(askers.map(ask, range(48)))) == 48
    assert [heaps_beside_the_first(process) for process in shared_program.processes()] == [0, 0, 0]

"""``python -m bench.servers``: the same school behind several servers, for decision 0005.

Each serves with two processes (or one, where it has no more) and keeps the same notes. Beside the speed it measures
what slow tablets do to others: 24 that dribble their letters in hold their connections while one child writes.
granian and cheroot take part if they are installed; the project itself does not need them.
"""

from __future__ import annotations

import importlib.util
import socket
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, suppress
from pathlib import Path

from bench import machine, school
from bench.installation import Installation
from bench.load import Outcome, steadily
from bench.notes import notes
from bench.report import quantile_ms

_APP = "bench.wsgi:application"
_CHILDREN, _SLOW = 8, 24
_WARM_UP_S, _LOAD_S, _SLOW_S = 2.0, 10.0, 8.0
_NOTES = 40_000
_DRIBBLE_EVERY_S = 0.2


def _commands(port: int) -> dict[str, tuple[str, list[str]]]:
    """Name → (module that must be there, command)."""
    at = f"127.0.0.1:{port}"
    gunicorn = ["-m", "gunicorn", "--preload", "--workers", "2", "--bind", at, "--log-level", "error"]
    granian = ["-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--no-log"]
    return {
        "ours (gunicorn's master, waitress in 2 workers)": ("gunicorn", ["-m", "flask", "serve"]),
        "gunicorn gthread, 2 workers, 2 threads": ("gunicorn", [*gunicorn, "-k", "gthread", "--threads", "2", _APP]),
        "gunicorn sync, 2 workers": ("gunicorn", [*gunicorn, "-k", "sync", _APP]),
        "waitress alone, 1 process, 4 threads": (
            "waitress",
            ["-m", "waitress", "--listen", at, "--threads", "4", _APP],
        ),
        "granian, 2 workers, 2 threads": ("granian", [*granian, "--workers", "2", "--blocking-threads", "2", _APP]),
        "cheroot, 1 process, 4 threads": ("cheroot", ["-m", "cheroot", "--bind", at, "--threads", "4", _APP]),
    }


def main() -> None:
    print(f"{machine.described()}", flush=True)
    print("| server | notes/s | note median | p95 | with 24 slow senders, median | p95 | errors | PSS |")
    print("|---|---|---|---|---|---|---|---|")
    for name, (module, _) in _commands(0).items():
        if importlib.util.find_spec(module) is None:
            print(f"| {name} | not installed |", flush=True)
            continue
        with tempfile.TemporaryDirectory(prefix="qiaoqiaohua-bench-") as folder:
            _measure(name, Path(folder))


def _measure(name: str, folder: Path) -> None:
    installation = Installation(folder, web_workers=2)
    installation.make()
    cookies = school.found(installation, _CHILDREN + 1)
    installation.start(cookies[0], [sys.executable, *_commands(installation.port)[name][1]])
    supply = iter(notes(_NOTES, seed=3))
    try:
        steadily(installation.port, cookies[:_CHILDREN], supply, _WARM_UP_S)
        eight = steadily(installation.port, cookies[:_CHILDREN], supply, _LOAD_S)
        with _SlowSenders(installation.port, cookies[0]):
            beside = steadily(installation.port, cookies[_CHILDREN:], supply, _SLOW_S)
        memory = sum(installation.memory_mib().values())
    finally:
        installation.stop()
    cells = [f"{eight.per_second:.0f}", *_times(eight), *_times(beside)]
    errors = sum((eight.errors + beside.errors).values())
    print(f"| {name} | {' | '.join(cells)} | {errors} | {memory:.0f} MiB |", flush=True)


def _times(outcome: Outcome) -> list[str]:
    posts = [flow.post_s for flow in outcome.flows]
    return [f"{quantile_ms(posts, share):.0f} ms" if posts else "none kept" for share in (0.5, 0.95)]


class _SlowSenders:
    """Connections that have said how long their letter is, and send a byte of it now and then until they are left."""

    def __init__(self, port: int, cookie: str) -> None:
        self._port = port
        self._head = (
            f"POST /write HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 4000\r\n\r\nwords="
        ).encode("ascii")
        self._left = threading.Event()
        self._open = ExitStack()
        self._dribbling: threading.Thread | None = None

    def __enter__(self) -> None:
        senders = []
        for _ in range(_SLOW):
            opened = self._open.enter_context(socket.create_connection(("127.0.0.1", self._port), timeout=5))
            opened.sendall(self._head)
            senders.append(opened)
        self._dribbling = threading.Thread(target=self._dribble, args=(senders,), daemon=True)
        self._dribbling.start()
        # So that each server has begun to read the letters.
        time.sleep(2 * _DRIBBLE_EVERY_S)

    def __exit__(self, *_error: object) -> None:
        self._left.set()
        if self._dribbling:
            self._dribbling.join()
        self._open.close()

    def _dribble(self, senders: list[socket.socket]) -> None:
        while not self._left.wait(_DRIBBLE_EVERY_S):
            for sender in senders:
                # A server that has had enough of this may hang up.
                with suppress(OSError):
                    sender.sendall(b"a")


if __name__ == "__main__":
    main()

"""The real program as a process in a folder of its own: made by ``flask init``, served by ``flask serve``.

Owns the process, its memory and how soon the first page came; knows no page but the first.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from mailbox.config import PREFIX, Settings, load_settings

HOUSE = Path(__file__).resolve().parents[1]
SERVE = (sys.executable, "-m", "flask", "serve")
# A busy machine may take its time; how long it took is a figure, not an error.
_FIRST_PAGE_SECONDS = 300
_LOOK_EVERY_SECONDS = 0.01
_STOP_SECONDS = 30


class Installation:
    """One installation under ``folder`` with SQLite; ``wishes`` are settings by name."""

    def __init__(self, folder: Path, **wishes: object) -> None:
        self.port = _free_port()
        self._log_file = folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None
        # A configuration of the developer's own, in the environment or in mailbox.toml, must not change the figures.
        no_file = folder / "empty.toml"
        no_file.touch()
        given = {"data_dir": folder / "var", "listen_port": self.port, "config": no_file, **wishes}
        # Whoever measures looks into the processes.
        given["memory_private"] = False
        # What is measured is the program, not the pace at which one tablet may send.
        given["kiosk_letters_at_once"] = 1_000_000
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(PREFIX)},
            **{PREFIX + name.upper(): str(value) for name, value in given.items()},
        }

    def settings(self) -> Settings:
        return load_settings(self.environment, HOUSE)

    def make(self) -> None:
        """Make data folder, key file and database. Raises CalledProcessError."""
        subprocess.run(
            [sys.executable, "-m", "flask", "init"],
            cwd=HOUSE,
            env=self.environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def start(self, cookie: str, command: Sequence[str] = SERVE) -> float:
        """Serve by ``command``; return the seconds until an enrolled kiosk had its first page.

        Raises RuntimeError with the log.
        """
        started = time.perf_counter()
        with self._log_file.open("ab") as log:
            self._process = subprocess.Popen(
                list(command),
                cwd=HOUSE,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        while time.perf_counter() - started < _FIRST_PAGE_SECONDS and self._process.poll() is None:
            if self._first_page(cookie):
                return time.perf_counter() - started
            time.sleep(_LOOK_EVERY_SECONDS)
        self.stop()
        raise RuntimeError(f"the program was not served:\n{self._log_file.read_text('utf-8', 'replace')}")

    def stop(self) -> None:
        """End the program as an operator would; what does not end in time is killed with its group."""
        if self._process is None:
            return
        process, self._process = self._process, None
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(_STOP_SECONDS)

    def processes(self) -> list[int]:
        """Return the ids of all running processes of the program."""
        if self._process is None:
            return []
        found = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
        return [number for number in found if _group_of(number) == self._process.pid]

    def memory_mib(self) -> dict[int, float]:
        """Return the proportional share (PSS) of each process in MiB: shared pages are counted once among all."""
        return self._of_each(lambda number: _kib(number, "Pss:") / 1024)

    def own_mib(self) -> dict[int, float]:
        """Return the memory in MiB that each process shares with no other one (USS)."""
        return self._of_each(lambda number: _kib(number, "Private_Clean:", "Private_Dirty:") / 1024)

    def open_files(self) -> dict[int, float]:
        """Return how many file handles each process holds."""
        return self._of_each(lambda number: len(list(Path(f"/proc/{number}/fd").iterdir())))

    def processor_seconds(self) -> float:
        """Return the processor time that all processes have used so far."""
        ticks = sum(self._of_each(lambda number: sum(map(int, _stat(number)[11:13]))).values())
        return ticks / os.sysconf("SC_CLK_TCK")

    def _of_each(self, measure: Callable[[int], float]) -> dict[int, float]:
        measured = {}
        for number in self.processes():
            # A decoder may end in this very moment.
            with suppress(ProcessLookupError, FileNotFoundError):
                measured[number] = measure(number)
        return measured

    def _first_page(self, cookie: str) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/", headers={"Cookie": cookie})
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()


def _stat(process: int) -> list[str]:
    """Return the fields of ``/proc/PID/stat`` behind the name, which may hold spaces."""
    return Path(f"/proc/{process}/stat").read_text("ascii", "replace").rpartition(")")[2].split()


def _kib(process: int, *names: str) -> int:
    rollup = Path(f"/proc/{process}/smaps_rollup").read_text("ascii")
    return sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith(names))


def _group_of(process: int) -> int | None:
    try:
        return os.getpgid(process)
    except ProcessLookupError:
        return None


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
    return port

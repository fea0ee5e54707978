"""The real program as a process: made with ``flask init``, served with ``flask serve``, stopped like a service.

Owns the process and its folder; knows no page and no table.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from mailbox.config import Settings, load_settings
from mailbox.sealing.key_file import KeyFile
from mailbox.web.log_file import NAME
from tests.support.log_lines import wrong_lines
from tests.support.ports import free_port

HOUSE = Path(__file__).resolve().parents[2]
_PREFIX = "QIAOQIAOHUA_"
_FIRST_PAGE_SECONDS = 60
_STOP_SECONDS = 30


class ServedApp:
    """One installation under ``folder``. ``url`` is where it is served once ``start()`` has returned."""

    def __init__(
        self, folder: Path, settings: Mapping[str, object], environment: Mapping[str, str] | None = None
    ) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        self.data_dir = folder / "var"
        self.log_file = folder / "server.log"
        self._expected: list[str] = []
        self._complained_of: Counter[str] = Counter()
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        # A configuration of the developer's own, in the environment or in mailbox.toml, must not reach a test.
        no_wishes = folder / "empty.toml"
        no_wishes.touch()
        given = {"data_dir": self.data_dir, "listen_port": self.port, "config": no_wishes, **settings}
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(_PREFIX)},
            **{_PREFIX + name.upper(): str(value) for name, value in given.items()},
            "PYTHONUNBUFFERED": "1",
            **(environment or {}),
        }

    def flask(self, *words: str, given: str = "") -> str:
        """Run ``flask WORDS`` on this installation and return what it printed; ``given`` is its standard input.

        Raises RuntimeError with the output when it fails.
        """
        done = subprocess.run(
            [sys.executable, "-m", "flask", *words],
            cwd=HOUSE,
            env=self._environment,
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"flask {' '.join(words)} failed ({done.returncode}):\n{done.stdout}{done.stderr}")
        return done.stdout

    def make_of(self, template: Path) -> None:
        """Make what ``flask init`` makes, a process and a migration less: the key file, and the SQLite database
        from a migrated one unless the settings name another, which is migrated already."""
        settings = self.settings()
        settings.data_dir.mkdir(mode=0o700, parents=True)
        KeyFile.create(settings.key_file)
        own = settings.data_dir / "mailbox.db"
        if settings.database_url == f"sqlite:///{own}":
            shutil.copy(template, own)

    def settings(self) -> Settings:
        """Return the settings this installation runs under, for acts that a test does beside the served pages."""
        return load_settings(self._environment, HOUSE)

    def processes(self) -> list[int]:
        """Return the ids of the running program's processes, the first one included."""
        if self._process is None:
            return []
        group = self._process.pid
        found = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
        return [process for process in found if _group_of(process) == group]

    @property
    def environment(self) -> Mapping[str, str]:
        """What the program's processes are told; for one that a test starts beside the served pages."""
        return self._environment

    def start(self, module: str = "flask", *words: str) -> None:
        """Serve, and return when the first page answers. Raises RuntimeError with the log when it does not.

        ``module`` and ``words``: another program to serve by, instead of ``flask serve``.
        """
        with self.log_file.open("ab") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", module, *(words or ("serve",))],
                cwd=HOUSE,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                # A group of its own, so that workers which a failed test leaves behind can be ended with it.
                start_new_session=True,
            )
        deadline = time.monotonic() + _FIRST_PAGE_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            if self._answers():
                return
            time.sleep(0.02)
        self.stop()
        raise RuntimeError(f"the program was not served:\n{self.log()}")

    @property
    def process_id(self) -> int:
        """Return the id of the first process, which starts the others. Raises RuntimeError when nothing is served."""
        if self._process is None:
            raise RuntimeError("nothing is served")
        return self._process.pid

    def kill_first(self) -> float:
        """End the first process without a word; return the seconds until the others had left by themselves.

        Raises RuntimeError when they stay.
        """
        if self._process is None:
            return 0.0
        began = time.monotonic()
        self._process.kill()
        self._process.wait(timeout=_STOP_SECONDS)
        while self.processes():
            if time.monotonic() - began > _STOP_SECONDS:
                self.kill()
                raise RuntimeError("workers stayed without the process that started them")
            time.sleep(0.02)
        self._process = None
        return time.monotonic() - began

    def kill(self) -> None:
        """End every process at once and without a word, as a failing computer does."""
        if self._process is None:
            return
        process, self._process = self._process, None
        _end_group(process.pid)
        process.wait(timeout=_STOP_SECONDS)

    def stop(self) -> None:
        """End the program as an operator would, and wait until it and its workers are gone."""
        if self._process is None:
            return
        group = self._process.pid
        self._process.terminate()
        try:
            self._process.wait(timeout=_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            _end_group(group)
            self._process.wait(timeout=_STOP_SECONDS)
            raise RuntimeError(f"the program did not stop within {_STOP_SECONDS} s:\n{self.log()}") from None
        finally:
            self._process = None
            _end_group(group)

    def log(self) -> str:
        return self.log_file.read_text("utf-8", "replace") if self.log_file.exists() else ""

    def expects(self, *failures: str) -> None:
        """Let the log speak of failures that the test brings about; see ``log_lines.FAILURES``."""
        self._expected += failures

    def new_wrong_lines(self) -> list[str]:
        """Return the lines that should not be in what was written, printed or filed, and were not returned before."""
        files = sorted((self.data_dir / "logs").glob(f"{NAME}*"))
        written = [self.log(), *(file.read_text("utf-8", "replace") for file in files)]
        found = Counter(line for log in written for line in wrong_lines(log, self._expected))
        new = found - self._complained_of
        self._complained_of |= found
        return sorted(new)

    def _answers(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status < 500
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()


def _group_of(process: int) -> int | None:
    try:
        return os.getpgid(process)
    except ProcessLookupError:
        return None


def _end_group(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return

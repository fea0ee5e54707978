"""A real PostgreSQL cluster for the tests: own folder, own port, gone afterwards. Owns no table of ours."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.support.ports import free_port

HOW_TO_INSTALL = "The tests need PostgreSQL: sudo apt install postgresql (macOS: brew install postgresql)"
_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/local/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql*/bin")
_START_SECONDS = 30
# What a crash must not take.
CAREFUL = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "max_connections": "60"}
# Nothing outlives the test run, so its cluster need not wait for the disk.
FORGETFUL = dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "off") | {"max_connections": "60"}


def binaries() -> Path:
    """Return the folder that holds ``initdb`` and ``postgres``. Raises RuntimeError saying what to install."""
    found = shutil.which("initdb")
    if found:
        # The link's own folder may lack the files that PostgreSQL looks for beside itself.
        return Path(found).resolve().parent
    for pattern in _FOLDERS:
        for folder in sorted(Path("/").glob(pattern.lstrip("/")), reverse=True):
            if (folder / "initdb").exists():
                return folder
    raise RuntimeError(HOW_TO_INSTALL)


class Cluster:
    """A cluster in a folder of its own. ``start`` it, ``kill`` it as a failing computer does, ``stop`` it; ``remove``.

    ``settings`` are those of PostgreSQL; what it must not lose in a crash needs its own careful ones.
    """

    def __init__(self, settings: Mapping[str, str]) -> None:
        self._bin_dir, self._port = binaries(), free_port()
        self._folder = Path(tempfile.mkdtemp(prefix="qiaoqiaohua-pg-"))
        self._as_user = _as_somebody_else(self._folder)
        self._data, self._log = self._folder / "data", self._folder / "log"
        self._server: subprocess.Popen[bytes] | None = None
        self.address = f"postgresql+psycopg://mailbox@127.0.0.1:{self._port}"
        init = [str(self._bin_dir / "initdb"), "-D", str(self._data), "-U", "mailbox", "-A", "trust", "-E", "UTF8"]
        # The locale of the machine that tests must not decide how rows are sorted.
        _run([*self._as_user, *init, "--no-sync", "--locale=C"], self._folder)
        where = {"listen_addresses": "127.0.0.1", "unix_socket_directories": str(self._folder)}
        self._words = [word for name, value in {**settings, **where}.items() for word in ("-c", f"{name}={value}")]

    def start(self) -> None:
        command = [str(self._bin_dir / "postgres"), "-D", str(self._data), "-p", str(self._port), *self._words]
        with self._log.open("ab") as out:
            self._server = subprocess.Popen(
                [*self._as_user, *command], stdout=out, stderr=out, stdin=subprocess.DEVNULL, cwd=self._folder
            )
        _wait_for(self._server, self._port, self._log)

    def kill(self) -> None:
        """End the first process without a word; the others notice it and leave."""
        if self._server is None:
            return
        server, self._server = self._server, None
        # Its own note, since the process that we started may only have handed the work on.
        os.kill(int((self._data / "postmaster.pid").read_text("ascii").split()[0]), signal.SIGKILL)
        server.wait(timeout=30)

    def stop(self) -> None:
        if self._server is None:
            return
        server, self._server = self._server, None
        # SIGINT is PostgreSQL's fast shutdown: it does not wait for connections that a test forgot.
        server.send_signal(signal.SIGINT)
        server.wait(timeout=30)

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)


@contextmanager
def running_cluster(settings: Mapping[str, str] = FORGETFUL) -> Iterator[str]:
    """Yield the address ``postgresql+psycopg://…@127.0.0.1:PORT`` of a cluster that trusts loopback."""
    cluster = Cluster(settings)
    try:
        cluster.start()
        yield cluster.address
    finally:
        cluster.remove()


def _as_somebody_else(folder: Path) -> list[str]:
    """Return the words that start a program as an unprivileged user, who then owns ``folder``; none unless root."""
    # PostgreSQL refuses to run as root.
    if os.geteuid() != 0:
        return []
    names = {user.pw_name for user in pwd.getpwall()}
    user = "postgres" if "postgres" in names else "nobody"
    group = pwd.getpwnam(user).pw_gid
    shutil.chown(folder, user, group)
    if shutil.which("setpriv"):
        return ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", "--pdeathsig=INT"]
    return ["runuser", "-u", user, "--"]


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed ({done.returncode}):\n{done.stdout}{done.stderr}")


def _wait_for(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            psycopg.connect(f"postgresql://mailbox@127.0.0.1:{port}/postgres", connect_timeout=5).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"the test's PostgreSQL did not start:\n{log.read_text('utf-8', 'replace')}")

"""A real PostgreSQL cluster for the tests: own folder, own port, gone afterwards. Owns no table of ours."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.support.ports import free_port

HOW_TO_INSTALL = "The tests need PostgreSQL: sudo apt install postgresql (macOS: brew install postgresql)"
_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/local/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql*/bin")
_START_SECONDS = 30
# Nothing here outlives the test run, so the cluster need not wait for the disk.
_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "60"}


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


@contextmanager
def running_cluster() -> Iterator[str]:
    """Yield the address ``postgresql+psycopg://…@127.0.0.1:PORT`` of a cluster that trusts loopback."""
    bin_dir, port = binaries(), free_port()
    folder = Path(tempfile.mkdtemp(prefix="qiaoqiaohua-pg-"))
    as_user = _as_somebody_else(folder)
    data, log = folder / "data", folder / "log"
    init = [str(bin_dir / "initdb"), "-D", str(data), "-U", "mailbox", "-A", "trust", "-E", "UTF8", "--no-sync"]
    # The locale of the machine that tests must not decide how rows are sorted.
    _run([*as_user, *init, "--locale=C"], folder)
    settings = _SETTINGS | {"listen_addresses": "127.0.0.1", "unix_socket_directories": str(folder)}
    command = [str(bin_dir / "postgres"), "-D", str(data), "-p", str(port)]
    command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    with log.open("wb") as out:
        server = subprocess.Popen([*as_user, *command], stdout=out, stderr=out, stdin=subprocess.DEVNULL, cwd=folder)
    try:
        _wait_for(server, port, log)
        yield f"postgresql+psycopg://mailbox@127.0.0.1:{port}"
    finally:
        # SIGINT is PostgreSQL's fast shutdown: it does not wait for connections that a test forgot.
        server.send_signal(signal.SIGINT)
        server.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


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

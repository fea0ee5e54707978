"""A real PostgreSQL cluster for the tests: own folder, own port, gone afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

HOW_TO_INSTALL = "PostgreSQL is missing; install it, e.g. sudo apt install postgresql"


def _binary(name: str) -> str:
    found = shutil.which(name)
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        found = found or shutil.which(name, path=str(folder))
    if not found:
        raise RuntimeError(HOW_TO_INSTALL)
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_cluster() -> Iterator[str]:
    """Yield the address ``postgresql+psycopg://…@127.0.0.1:PORT`` of a cluster that trusts loopback."""
    folder = Path(tempfile.mkdtemp(prefix="qiaoqiaohua-pg-"))
    # PostgreSQL refuses to run as root, so root hands the cluster to the distribution's own user.
    as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    if as_user:
        shutil.chown(folder, "postgres", "postgres")
    data, port = folder / "data", _free_port()
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    subprocess.run(
        [*as_user, _binary("initdb"), "-D", str(data), "-U", "mailbox", "-A", "trust", "-E", "UTF8", "--no-sync"],
        check=True,
        **quiet,
    )
    options = ["-c", "fsync=off", "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}"]
    server = subprocess.Popen([*as_user, _binary("postgres"), "-D", str(data), "-p", str(port), *options], **quiet)
    try:
        _wait_for(port)
        yield f"postgresql+psycopg://mailbox@127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(port: int) -> None:
    import psycopg

    for _ in range(200):
        with suppress(psycopg.OperationalError):
            psycopg.connect(f"postgresql://mailbox@127.0.0.1:{port}/postgres").close()
            return
        time.sleep(0.1)
    raise RuntimeError("the test's PostgreSQL did not start")

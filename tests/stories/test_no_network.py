"""The served program needs no network beyond its own computer, and never tries to reach one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.served import HOUSE

# A place with a loopback of its own and no other way; who is not root makes it as the root of a place of their own.
NO_NETWORK = (
    ["unshare", "--net"] if hasattr(os, "geteuid") and os.geteuid() == 0 else ["unshare", "--map-root-user", "--net"]
)


def why_not() -> str:
    if sys.platform != "linux" or shutil.which("unshare") is None:
        return "only Linux, with util-linux, has places without a network"
    tried = subprocess.run([*NO_NETWORK, "true"], capture_output=True, text=True, check=False)
    return f"this system lets nobody make a place without a network: {tried.stderr.strip()}" if tried.returncode else ""


def test_from_set_up_to_collected_reply_nobody_looks_for_a_network(tmp_path: Path, sqlite_template: Path) -> None:
    if reason := why_not():
        pytest.skip(reason)
    words = [sys.executable, "-m", "tests.stories.journey_without_network", str(tmp_path), str(sqlite_template)]
    done = subprocess.run([*NO_NETWORK, *words], cwd=HOUSE, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen == {
        "pictures in the code": 6,
        "the letter counts as urgent": True,
        "the counselor reads the letter": True,
        "the child reads the reply": True,
        # The worker delivered both over the web hook on loopback.
        "alarms": 2,
        # By Python's own account, and by the system's.
        "asked for": [],
        "counted": {"no way out": 0, "nobody there to ask": 0, "datagrams sent": 0},
        # Whoever tries is counted; and finding the own address sends nothing, with a way and without one.
        "counted after four ways were asked for": {"no way out": 4, "nobody there to ask": 0, "datagrams sent": 0},
        "own addresses": ["203.0.113.9"],
        "datagrams sent to find them": 0,
    }

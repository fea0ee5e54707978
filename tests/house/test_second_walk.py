"""A second walk forgives a slow browser and never the program: docs/decisions/0033-a-second-walk.md."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
_TEST = """
import pytest

walks = []


@pytest.mark.flaky(reruns=1)
def test_a_walk(served_app):
    app = served_app()
    walks.append(app)
    if len(walks) == 1:
        app.log_file.write_text({line!r}, "utf-8")
        raise AssertionError("the browser was slow")
"""


@pytest.mark.parametrize(
    ("line", "ending"),
    [
        ("", "1 passed, 1 rerun"),
        ("2026-03-02 ERROR mailbox.web a page failed: KeyError\n", "1 passed, 1 error, 2 rerun"),
        ("Traceback (most recent call last):\n", "1 passed, 1 error, 2 rerun"),
    ],
    ids=["slow", "an error inside", "a traceback"],
)
def test_what_the_program_did_wrong_in_a_first_walk_fails_the_second(tmp_path: Path, line: str, ending: str) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n", "utf-8")
    (tmp_path / "test_walk.py").write_text(_TEST.format(line=line), "utf-8")
    words = ["-q", "-p", "tests.support.fixtures", "-p", "no:cacheprovider", "-c", "pytest.ini", "--rootdir", "."]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words, "test_walk.py"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(HOUSE), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ending in done.stdout, done.stdout + done.stderr
    assert (line.strip() in done.stdout) and done.returncode == bool(line)

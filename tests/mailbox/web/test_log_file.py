"""The log's files: turned over by size, a few kept, private, whole with several writers, and never in the way."""

from __future__ import annotations

import logging
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from mailbox.web.log_file import NAME, LogFile
from tests.support.served import HOUSE

# A program of its own that writes 200 events into the folder it is given.
WRITER = """
import logging, sys
from pathlib import Path
from mailbox.web.log_file import LogFile
log = LogFile(Path(sys.argv[1]), 4_000, 50)
for number in range(200):
    log.handle(logging.makeLogRecord({"msg": f"{sys.argv[2]} event {number:03} of a program"}))
"""


def write(log: LogFile, *lines: str) -> None:
    for line in lines:
        log.handle(logging.makeLogRecord({"msg": line}))


def kept(folder: Path) -> dict[str, list[str]]:
    return {file.name: file.read_text("utf-8").splitlines() for file in sorted(folder.glob(f"{NAME}*"))}


def test_a_full_file_is_turned_over_and_the_oldest_goes(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "logs", most_bytes=20, files=3)
    write(log, *(f"event {number}" for number in range(1, 10)))
    assert kept(tmp_path / "logs") == {
        "events.log": ["event 9"],
        "events.log.1": ["event 7", "event 8"],
        "events.log.2": ["event 5", "event 6"],
    }


def test_with_one_file_only_the_newest_is_kept(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "logs", most_bytes=20, files=1)
    write(log, "event 1", "event 2", "event 3")
    assert kept(tmp_path / "logs") == {"events.log": ["event 3"]}


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps who may read a file elsewhere")
def test_files_and_folder_are_private_whatever_the_account_is_used_to(tmp_path: Path) -> None:
    usual = os.umask(0)
    try:
        write(LogFile(tmp_path / "logs", most_bytes=10, files=2), "event 1", "event 2")
    finally:
        os.umask(usual)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "logs").iterdir()}
    assert modes == {"events.log": 0o600, "events.log.1": 0o600, "events.lock": 0o600}
    assert stat.S_IMODE((tmp_path / "logs").stat().st_mode) == 0o700


def test_the_time_of_the_file_tells_the_day_only(tmp_path: Path) -> None:
    write(LogFile(tmp_path / "logs", most_bytes=1_000, files=2), "event 1")
    assert (tmp_path / "logs" / NAME).stat().st_mtime % 60 == 0
    log = (tmp_path / "logs" / NAME).stat()
    write(LogFile(tmp_path / "logs", most_bytes=1_000, files=2), "event 2")
    assert (tmp_path / "logs" / NAME).stat().st_mtime == log.st_mtime


def test_no_event_of_three_programs_at_once_is_lost_or_cut(tmp_path: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path / "logs"), name], cwd=HOUSE)
        for name in ("one", "two", "three")
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    lines = [line for file in kept(tmp_path / "logs").values() for line in file]
    expected = [f"{name} event {number:03} of a program" for name in ("one", "two", "three") for number in range(200)]
    assert sorted(lines) == sorted(expected)
    assert all(file.stat().st_size <= 4_000 for file in (tmp_path / "logs").glob(f"{NAME}*"))


def test_where_there_is_no_data_folder_nothing_is_made_and_nothing_fails(tmp_path: Path) -> None:
    write(LogFile(tmp_path / "gone" / "logs", most_bytes=1_000, files=2), "event 1")
    assert list(tmp_path.iterdir()) == []

"""The container's file, as far as it can be held without anything that builds containers."""

from __future__ import annotations

import fnmatch
import json
import re
import subprocess
import sys
from pathlib import Path

from tests.support.served import HOUSE, ServedApp

LINES = re.sub(r"\\\n\s*", "", (HOUSE / "Containerfile").read_text()).splitlines()
IGNORED = [line for line in (HOUSE / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]


def told(instruction: str) -> list[str]:
    return [line.split(maxsplit=1)[1] for line in LINES if line.startswith(f"{instruction} ")]


def copied() -> list[str]:
    """What is copied out of the project's folder."""
    return [source for line in told("COPY") if not line.startswith("--from") for source in line.split()[:-1]]


def is_sent(path: str) -> bool:
    """Whether a file goes to who builds: the last line that names it or a folder above it decides."""
    sent = True
    above = [path, *(str(folder) for folder in Path(path).parents)]
    for line in IGNORED:
        if any(fnmatch.fnmatchcase(one, line.removeprefix("!")) for one in above):
            sent = line.startswith("!")
    return sent


def test_what_is_copied_is_there_and_is_sent_to_who_builds() -> None:
    assert [path for path in copied() if not (HOUSE / path).exists() or not is_sent(path)] == []


def test_no_data_no_settings_and_no_history_are_sent_to_who_builds() -> None:
    secret = ["var/mailbox.key", "var/mailbox.db", "mailbox.toml", ".git/config", ".venv/pyvenv.cfg", ".env"]
    assert [path for path in [*secret, "models/corpus/notes-a.jsonl", "tests/conftest.py"] if is_sent(path)] == []
    assert "." not in copied() and IGNORED[0] == "*"


def test_bases_have_a_version_and_what_is_installed_has_hashes() -> None:
    bases = [line.split()[0] for line in told("FROM")]
    assert len(bases) == 2 and len(set(bases)) == 1
    assert all(re.fullmatch(r"docker\.io/library/python:\d+\.\d+-slim-\w+", base) for base in bases)
    installs = [part for line in told("RUN") for part in line.split("&&") if "pip install" in part]
    assert installs and all("--require-hashes" in part for part in installs)


def test_an_account_without_rights_runs_it_and_owns_nothing_but_the_data() -> None:
    assert told("USER") == ["10001:10001"] and told("VOLUME") == ["/data"]
    assert "install -d -m 0700 -o qiaoqiaohua" in told("RUN")[-1]
    assert not any("--chown" in line for line in told("COPY"))


def test_no_secret_and_no_password_is_written_into_it() -> None:
    names = [word.partition("=")[0] for line in told("ENV") for word in line.split()]
    assert names == ["QIAOQIAOHUA_DATA_DIR", "QIAOQIAOHUA_CONFIG", "PYTHONDONTWRITEBYTECODE"]
    assert told("ARG") == []


def test_its_question_after_its_health_is_answered_by_the_served_program(shared_program: ServedApp) -> None:
    words = json.loads(told("HEALTHCHECK")[0].partition("CMD ")[2])
    command = [sys.executable, *words[1:]]
    assert words[0] == ".venv/bin/python"
    assert subprocess.run(command, env=shared_program.environment, check=False).returncode == 0
    nobody_there = {**shared_program.environment, "QIAOQIAOHUA_LISTEN_PORT": "1"}
    assert subprocess.run(command, env=nobody_there, capture_output=True, check=False).returncode != 0

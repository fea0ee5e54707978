"""A systemd unit as its settings, and the calls its filter leaves. Reads the file; systemd-analyze names the groups."""

from __future__ import annotations

import re
import subprocess
from collections import defaultdict
from pathlib import Path


def settings_of(unit: Path) -> dict[str, list[str]]:
    """Return each setting's values in the order of the file, whatever its section."""
    settings: dict[str, list[str]] = defaultdict(list)
    for line in unit.read_text("utf-8").splitlines():
        name, is_setting, value = line.partition("=")
        if is_setting and not line.startswith(("#", ";")):
            settings[name].append(value)
    return dict(settings)


def calls_left(settings: dict[str, list[str]]) -> set[str]:
    """Return the names of the calls that the unit's filter lets through; later lines outdo earlier ones.

    Raises FileNotFoundError where there is no systemd-analyze.
    """
    left: set[str] = set()
    for line in settings["SystemCallFilter"]:
        named = {call for word in line.removeprefix("~").split() for call in _calls(word)}
        left = left - named if line.startswith("~") else left | named
    # What starting a program needs is always left.
    return left | _calls("@default") | {"execve"}


def _calls(name: str) -> set[str]:
    if not name.startswith("@"):
        return {name}
    told = subprocess.run(
        ["systemd-analyze", "--no-pager", "syscall-filter", name], capture_output=True, text=True, check=True
    ).stdout
    lines = [line.strip() for line in told.splitlines()[1:]]
    return {call for line in lines if re.fullmatch(r"@?[a-z0-9_-]+", line) for call in _calls(line)}

"""Asks pip-audit and npm audit what is known against our packages, and never takes silence for "nothing is known".

Both tools end well when nobody answered: pip-audit puts a package that it could not look up aside, with a
``skip_reason``; so what counts here is each package that an answer names. Sources: the tools' own JSON.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from packaging.utils import canonicalize_name

Package = tuple[str, str]
_PATIENCE_SECONDS = 600
_NO_HASH = "0" * 64


@dataclass
class Answer:
    """Which packages somebody really looked up, a line for each advisory, and why the others were not looked up."""

    looked_up: set[Package] = field(default_factory=set)
    found: list[str] = field(default_factory=list)
    silence: list[str] = field(default_factory=list)

    def add(self, other: Answer) -> None:
        self.looked_up |= other.looked_up
        self.found += [line for line in other.found if line not in self.found]
        self.silence += [why for why in other.silence if why not in self.silence]


def read_pip_audit(text: str, source: str) -> Answer:
    """Read what ``pip-audit -f json`` printed; ``source`` is the service that it asked."""
    answer = Answer()
    try:
        told = json.loads(text)["dependencies"]
    except (ValueError, KeyError, TypeError):
        answer.silence.append(f"{source}: no answer")
        return answer
    for package in told:
        if "skip_reason" in package:
            answer.silence = answer.silence or [f"{source}: {package['skip_reason']}"]
            continue
        name, version = canonicalize_name(package["name"]), package["version"]
        answer.looked_up.add((name, version))
        for known in package["vulns"]:
            mended = ", ".join(known["fix_versions"]) or "no version yet"
            answer.found.append(f"{name} {version}: {known['id']}, mended in {mended}")
    return answer


def read_npm_audit(text: str, asked: set[Package]) -> Answer:
    """Read what ``npm audit --json`` printed about ``asked``, which has no dependencies of its own."""
    answer = Answer()
    try:
        told = json.loads(text)
    except ValueError:
        told = {}
    if not isinstance(told, dict):
        told = {}
    if "auditReportVersion" not in told:
        answer.silence.append(f"npm: {told.get('message') or 'no answer'}")
        return answer
    if told["metadata"]["dependencies"]["total"] < len(asked):
        answer.silence.append("npm: asked about fewer packages than were meant")
        return answer
    answer.looked_up |= asked
    for name, known in told["vulnerabilities"].items():
        why = next((via["title"] for via in known["via"] if isinstance(via, dict)), "by way of another package")
        answer.found.append(f"{name} (npm): {known['severity']}, {why}")
    return answer


def ask_about_python(python: Path, packages: set[Package]) -> Answer:
    """Ask PyPI about ``packages``, and OSV about what PyPI did not answer. ``python`` is one that has pip-audit.

    ``AUDIT_OSV_URL`` in the environment names a mirror of OSV.
    """
    answer = Answer()
    mirror = os.environ.get("AUDIT_OSV_URL")
    osv = ["-s", "osv", *(["--osv-url", mirror] if mirror else [])]
    for source, words in (("PyPI", ["-s", "pypi"]), ("OSV", osv)):
        for part in _each_name_once(packages - answer.looked_up):
            answer.add(_pip_audit(python, part, source, words))
    return answer


def ask_about_npm(packages: set[Package]) -> Answer:
    """Ask npm's registry about ``packages`` that we vendor; nothing of them is downloaded or run."""
    npm = shutil.which("npm")
    if npm is None:
        return Answer(silence=["npm: the program npm is not here"])
    with tempfile.TemporaryDirectory() as folder:
        wanted = {"name": "audited", "version": "1.0.0", "private": True, "dependencies": dict(packages)}
        (Path(folder) / "package.json").write_text(json.dumps(wanted))
        quiet = ["--ignore-scripts", "--no-fund", "--no-audit"]
        locked = _run([npm, "install", "--package-lock-only", *quiet], folder)
        if not (Path(folder) / "package-lock.json").exists():
            return Answer(silence=[f"npm: {_last_line(locked)}"])
        return read_npm_audit(_run([npm, "audit", "--json"], folder).stdout, packages)


def _pip_audit(python: Path, packages: set[Package], source: str, words: list[str]) -> Answer:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "asked.txt"
        # Without the markers, so that what only another system installs is asked about too. Hashes are looked at
        # elsewhere; here one only makes pip-audit take the names as they are, without asking pip to resolve them.
        file.write_text("".join(f"{name}=={version} --hash=sha256:{_NO_HASH}\n" for name, version in sorted(packages)))
        options = ["--disable-pip", "--require-hashes", "--progress-spinner", "off", "-f", "json"]
        done = _run([str(python), "-m", "pip_audit", "-r", str(file), *options, *words], folder)
    answer = read_pip_audit(done.stdout, source)
    if not answer.looked_up and not done.stdout.strip():
        answer.silence = [f"{source}: {_last_line(done)}"]
    return answer


def _each_name_once(packages: Iterable[Package]) -> list[set[Package]]:
    """Part packages so that no part has two versions of one name, which pip-audit refuses."""
    parts: list[dict[str, str]] = []
    for name, version in sorted(packages):
        part = next((one for one in parts if name not in one), None)
        if part is None:
            parts.append(part := {})
        part[name] = version
    return [set(part.items()) for part in parts]


def _run(words: list[str], folder: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=_PATIENCE_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(words, 1, "", f"no answer within {_PATIENCE_SECONDS} s")


def _last_line(done: subprocess.CompletedProcess[str]) -> str:
    lines = done.stderr.strip().splitlines()
    return lines[-1] if lines else "no answer"

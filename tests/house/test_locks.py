"""The locks hold: every package has a version and hashes, and no lock names a place of somebody's own machine."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
LOCKS = ("requirements-build", "requirements", "requirements-dev", "requirements-model", "requirements-audit")
PIN = re.compile(r"^([a-z0-9][a-z0-9.-]*)==(\S+)", re.M)


def lock(name: str) -> str:
    return (HOUSE / f"{name}.lock").read_text("utf-8")


def asked_for(name: str) -> set[str]:
    lines = (HOUSE / f"{name}.in").read_text("utf-8").splitlines()
    words = [re.match(r"[A-Za-z0-9._-]+", line) for line in lines if not line.startswith(("-", "#"))]
    return {re.sub(r"[-_.]+", "-", word.group()).lower() for word in words if word}


@pytest.mark.parametrize("name", LOCKS)
def test_what_is_asked_for_is_locked(name: str) -> None:
    assert asked_for(name) <= {pin[0] for pin in PIN.findall(lock(name))}


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_a_hash(name: str) -> None:
    blocks = re.split(r"^(?=[a-z0-9])", lock(name), flags=re.M)[1:]
    assert blocks
    assert [block.split(maxsplit=1)[0] for block in blocks if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize("name", LOCKS)
def test_no_lock_names_an_index_a_host_or_a_folder(name: str) -> None:
    lines = [line for line in lock(name).splitlines() if not line.startswith("#")]
    assert [line for line in lines if re.search(r"://|--(?:extra-)?index|--find-links|@ ", line)] == []


@pytest.mark.parametrize("name", ["requirements-dev", "requirements-model"])
def test_tests_and_training_run_on_the_versions_that_are_served(name: str) -> None:
    assert set(PIN.findall(lock("requirements"))) <= set(PIN.findall(lock(name)))

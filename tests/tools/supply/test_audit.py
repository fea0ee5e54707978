"""The audit says 0 only when everybody answered about everything. The answers in answers/ are the tools' own.

pip-audit 2.10.1 and npm 11.19.1 wrote them on 2026-11-27: "skipped" and "refused" where PyPI answered 404 and npm 405
to questions about advisories; "found" and "clean" from a server of our own with one invented advisory.
"""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

import pytest

from tools.supply.advisories import Answer, _each_name_once, read_npm_audit, read_pip_audit
from tools.supply.assets import HOUSE, read_assets
from tools.supply.audit import FOUND, GOOD, NOT_ASKED, judge, look_here, npm_packages, worst
from tools.supply.licences import licences_under, not_allowed, read_allowed
from tools.supply.lock_files import Pin, altered_after_installing, every_pin, not_as_locked, read_lock

ANSWERS = Path(__file__).with_name("answers")
PYTHON = {("setuptools", "84.2.1"), ("six", "1.17.0")}
NPM = {("@twemoji/svg", "15.0.0"), ("axe-core", "4.12.1")}
HASH = "--hash=sha256:" + "0" * 64


def answer(name: str) -> str:
    return (ANSWERS / f"{name}.json").read_text("utf-8")


# --- advisories -----------------------------------------------------------------------------------


def test_packages_that_pip_audit_skipped_were_not_looked_up_although_it_ended_well() -> None:
    code, lines = judge(read_pip_audit(answer("pip_audit_skipped"), "PyPI"), PYTHON, "Python packages")
    assert code == NOT_ASKED
    (line,) = lines
    assert line.startswith("could not be asked: advisories for 2 of 2 Python packages (PyPI: Dependency not found")


def test_an_advisory_is_found_with_the_version_that_mends_it() -> None:
    code, lines = judge(read_pip_audit(answer("pip_audit_found"), "OSV"), PYTHON, "Python packages")
    assert (code, lines) == (FOUND, ["found: setuptools 84.2.1: PYSEC-2025-9001, mended in 99.0"])


def test_everything_looked_up_and_nothing_found_is_good() -> None:
    told = json.loads(answer("pip_audit_found"))
    told["dependencies"][0]["vulns"] = []
    code, lines = judge(read_pip_audit(json.dumps(told), "PyPI"), PYTHON, "Python packages")
    assert (code, lines) == (GOOD, ["good: advisories for 2 Python packages, nothing found"])


def test_one_package_without_an_answer_is_enough_not_to_be_good() -> None:
    half = read_pip_audit(answer("pip_audit_found"), "PyPI")
    half.found.clear()
    code, lines = judge(half, PYTHON | {("flask", "3.1.3")}, "Python packages")
    assert (code, lines[0][:49]) == (NOT_ASKED, "could not be asked: advisories for 1 of 3 Python ")


def test_what_one_source_did_not_know_another_one_may() -> None:
    both = read_pip_audit(answer("pip_audit_skipped"), "PyPI")
    both.add(read_pip_audit(answer("pip_audit_found"), "OSV"))
    assert (both.looked_up, judge(both, PYTHON, "Python packages")[0]) == (PYTHON, FOUND)


@pytest.mark.parametrize("text", ["", "Traceback (most recent call last):", "[]", "{}"])
def test_a_tool_that_broke_has_asked_nobody(text: str) -> None:
    assert judge(read_pip_audit(text, "OSV"), PYTHON, "Python packages")[0] == NOT_ASKED
    assert judge(read_npm_audit(text, NPM), NPM, "npm packages")[0] == NOT_ASKED


def test_a_registry_that_refuses_the_question_was_not_asked() -> None:
    code, lines = judge(read_npm_audit(answer("npm_refused"), NPM), NPM, "npm packages")
    assert code == NOT_ASKED and "npm: 405 Method Not Allowed" in lines[0]


def test_npm_finds_and_finds_nothing() -> None:
    found = judge(read_npm_audit(answer("npm_found"), NPM), NPM, "npm packages")
    assert found == (FOUND, ["found: axe-core (npm): high, An invented advisory"])
    assert judge(read_npm_audit(answer("npm_clean"), NPM), NPM, "npm packages")[0] == GOOD


def test_npm_that_was_asked_about_fewer_packages_was_not_asked() -> None:
    more = NPM | {("left-pad", "1.3.0")}
    assert judge(read_npm_audit(answer("npm_clean"), more), more, "npm packages")[0] == NOT_ASKED


def test_something_found_outweighs_somebody_not_asked() -> None:
    assert [worst([GOOD, NOT_ASKED, FOUND]), worst([NOT_ASKED, GOOD]), worst([GOOD])] == [FOUND, NOT_ASKED, GOOD]
    both = Answer({("six", "1.17.0")}, ["six 1.17.0: an advisory"], ["PyPI: silent"])
    assert [judge(both, PYTHON, "Python packages")[0], len(judge(both, PYTHON, "Python packages")[1])] == [FOUND, 2]


def test_two_versions_of_one_name_are_asked_about_one_after_the_other() -> None:
    parts = _each_name_once({("six", "1.16.0"), ("six", "1.17.0"), ("flask", "3.1.3")})
    assert parts == [{("flask", "3.1.3"), ("six", "1.16.0")}, {("six", "1.17.0")}]


def test_what_is_vendored_out_of_npm_is_asked_about() -> None:
    assert npm_packages(read_assets()) == NPM


# --- what needs no network ------------------------------------------------------------------------


def installed(folder: Path, name: str, version: str, licence: str = "License-Expression: MIT") -> Path:
    """An installed package of one file, as pip leaves it."""
    told = folder / f"{name}-{version}.dist-info"
    told.mkdir(parents=True)
    (told / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n{licence}\n")
    code = folder / f"{name}.py"
    code.write_text("print('as it came')\n")
    digest = base64.urlsafe_b64encode(hashlib.sha256(code.read_bytes()).digest()).rstrip(b"=").decode()
    (told / "RECORD").write_text(f"{name}.py,sha256={digest},20\n")
    return code


def locked(folder: Path, text: str) -> Path:
    (folder / "requirements.lock").write_text(text)
    return folder


def test_a_lock_is_read_with_versions_hashes_and_where_they_are_wanted(tmp_path: Path) -> None:
    first = f"# by uv\nOne.A==1.0 \\\n    {HASH}\n    # via two\n"
    text = f"{first}two==2.0 ; sys_platform == 'win32' \\\n    {HASH} \\\n    {HASH}\n"
    one, two = read_lock(locked(tmp_path, text) / "requirements.lock")
    assert one == Pin("one-a", "1.0", "", ("0" * 64,))
    assert (two.name, two.marker, len(two.hashes)) == ("two", "sys_platform == 'win32'", 2)
    # What Windows alone installs is asked about too.
    assert every_pin(tmp_path, ["requirements"]) == {("one-a", "1.0"), ("two", "2.0")}


@pytest.mark.parametrize(
    "line",
    [
        "flask",
        "flask>=3",
        f"flask>=3 {HASH}",
        "flask==3.1.3",
        "flask @ https://example.invalid/flask.whl",
        "-r other.txt",
    ],
)
def test_a_lock_with_a_line_that_pins_nothing_is_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(ValueError, match="not pinned with a hash"):
        read_lock(locked(tmp_path, f"six==1.17.0 \\\n    {HASH}\n{line}\n") / "requirements.lock")


def test_a_lock_that_cannot_be_read_is_found_before_anything_is_held_against_it(tmp_path: Path) -> None:
    (tmp_path / "assets.toml").write_text((HOUSE / "assets.toml").read_text("utf-8"))
    (told,) = look_here(tmp_path, tmp_path)
    assert told[0].startswith("lock files") and len(told[1]) == 5


def test_another_version_a_missing_and_an_unknown_package_are_named(tmp_path: Path) -> None:
    house = locked(tmp_path, f"one==1.0 \\\n    {HASH}\ntwo==2.0 \\\n    {HASH}\n")
    packages = tmp_path / "packages"
    for name, version in (("one", "1.1"), ("three", "3.0"), ("pip", "24.0")):
        installed(packages, name, version)
    assert not_as_locked(house, packages, ["requirements"]) == [
        "one: locked 1.0, installed 1.1",
        "two: locked 2.0, installed not",
        "three: installed 3.0, locked nowhere",
    ]


def test_a_file_changed_or_removed_after_installing_is_named(tmp_path: Path) -> None:
    code = installed(tmp_path, "one", "1.0")
    assert altered_after_installing(tmp_path) == []
    code.write_text("print('as it came')\nimport strange\n")
    assert altered_after_installing(tmp_path) == ["one: one.py was changed after it was installed"]
    code.unlink()
    assert altered_after_installing(tmp_path) == ["one: one.py is not there"]


@pytest.mark.parametrize(
    ("metadata", "is_allowed"),
    [
        ("License-Expression: MIT", True),
        ("License-Expression: GPL-3.0-only OR Apache-2.0", True),
        ("License-Expression: MIT AND GPL-3.0-only", False),
        ("License: BSD-3-Clause", True),
        ("License: Apache 2.0\nClassifier: License :: OSI Approved :: Apache Software License", True),
        ("Classifier: License :: OSI Approved :: BSD License", True),
        ("Classifier: License :: OSI Approved :: GNU Affero General Public License v3", False),
        ("License: all rights reserved", False),
        ("Summary: says nothing", False),
    ],
)
def test_a_licence_is_allowed_by_a_list_and_silence_is_none(tmp_path: Path, metadata: str, is_allowed: bool) -> None:
    installed(tmp_path, "one", "1.0", metadata)
    allowed = read_allowed()
    assert (not_allowed(licences_under(tmp_path, allowed), allowed) == []) is is_allowed

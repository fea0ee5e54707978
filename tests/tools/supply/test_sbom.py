"""The bill of materials names packages with their licences, others' files and ours, each with a checksum."""

from __future__ import annotations

from typing import Any

from tools.supply.assets import HOUSE, read_assets
from tools.supply.sbom import bill

# One package as cyclonedx-bom 7.5.0 reads it off a lock.
SIX = {
    "bom-ref": "requirements-L1",
    "description": "requirements line 1: six==1.17.0 --hash=sha256:4721",
    "externalReferences": [{"type": "distribution", "url": "https://pypi.org/simple/six/"}],
    "name": "six",
    "purl": "pkg:pypi/six@1.17.0",
    "type": "library",
    "version": "1.17.0",
}


def made() -> dict[str, Any]:
    packages = {"bomFormat": "CycloneDX", "components": [SIX, {**SIX, "name": "elsewhere"}]}
    return bill(packages, {"six": "MIT"}, read_assets(), HOUSE)


def test_a_package_has_its_licence_and_one_that_is_not_installed_here_none() -> None:
    six, elsewhere = made()["components"][:2]
    assert six["licenses"] == [{"expression": "MIT"}] and "description" not in six
    assert "licenses" not in elsewhere


def test_the_font_the_drawings_the_word_lists_and_the_model_are_in_it_with_checksums() -> None:
    components = made()["components"][2:]
    files = {file["name"]: file["hashes"][0]["content"] for one in components for file in one["components"]}
    assert {
        "mailbox/web/static/fonts/kai.woff2",
        "counselor_ui/papers/kai.ttf",
        "mailbox/web/static/pictures/255.svg",
        "triage/lexicon/sounds.toml",
        "mailbox/letters/pictures.toml",
    } <= set(files)
    assert any(name.startswith("models/") and name.endswith("weights.npz") for name in files)
    assert all(len(digest) == 64 for digest in files.values())
    licences = {one["name"]: one["licenses"][0]["expression"] for one in components if "licenses" in one}
    assert licences["Twemoji, 256 drawings"] == "CC-BY-4.0"


def test_what_only_tests_use_is_not_in_it() -> None:
    names = [one["name"] for one in made()["components"]]
    assert not any("X-Wing" in name or "axe" in name for name in names)

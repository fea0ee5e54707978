"""``make sbom``: a CycloneDX bill of materials of what is served, from the locks and ``assets.toml``.

The same locks and files give the same bytes: no time, no random number. Runs where cyclonedx-bom is installed:
``python -m tools.supply.sbom PACKAGES OUT``, PACKAGES being where the served ones are installed, for their licences.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from tools.supply.assets import HOUSE, Assets, checksums, read_assets
from tools.supply.licences import licences_under, read_allowed

# What is served and what builds it; not what tests it or teaches the model.
SERVED_LOCKS = ("requirements-build", "requirements")
_VERSION = "1.6"


def bill(packages_of_locks: dict[str, Any], licences: Mapping[str, str], assets: Assets, house: Path) -> dict[str, Any]:
    """Return the bill: the packages as cyclonedx-bom read them off the locks, with licences, and the files beside them.

    ``licences`` is name → SPDX expression; a package that this system does not install has none here.
    """
    components = [_package(component, licences) for component in packages_of_locks["components"]]
    components += [
        {
            "type": "file",
            "bom-ref": f"asset:{asset.name}",
            "name": asset.name,
            "version": asset.version,
            "description": asset.changes,
            "licenses": [{"expression": asset.licence}],
            "externalReferences": [{"type": "distribution", "url": asset.source.split(",")[0]}],
            "components": _files(asset.patterns, house),
        }
        for asset in assets.others
        if asset.used == "service"
    ]
    components += [
        {
            "type": entry.kind,
            "bom-ref": f"ours:{entry.what}",
            "name": entry.what,
            "description": "; ".join(["ours", *(f"made from {source}" for source in entry.made_from)]),
            "components": _files(entry.patterns, house),
        }
        for entry in assets.ours
        if entry.kind
    ]
    return {**packages_of_locks, "components": components}


def _package(component: dict[str, Any], licences: Mapping[str, str]) -> dict[str, Any]:
    # The description repeats the line of the lock.
    kept = {name: value for name, value in component.items() if name != "description"}
    licence = licences.get(canonicalize_name(component["name"]))
    return {**kept, "licenses": [{"expression": licence}]} if licence else kept


def _files(patterns: tuple[str, ...], house: Path) -> list[dict[str, Any]]:
    return [
        {"type": "file", "bom-ref": f"file:{path}", "name": path, "hashes": [{"alg": "SHA-256", "content": digest}]}
        for path, digest in checksums(patterns, house).items()
    ]


def _packages_of_locks() -> dict[str, Any]:
    locked = "\n".join((HOUSE / f"{lock}.lock").read_text("utf-8") for lock in SERVED_LOCKS)
    done = subprocess.run(
        [sys.executable, "-m", "cyclonedx_py", "requirements", "--pyproject", str(HOUSE / "pyproject.toml"),
         "--mc-type", "application", "--sv", _VERSION, "--output-reproducible", "-"],
        input=locked, capture_output=True, text=True, check=True,
    )  # fmt: skip
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def main(packages: Path, out: Path) -> None:
    """Write the bill to ``out``. Raises ValueError where it is not what CycloneDX's own schema asks for."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    licences = licences_under(packages, read_allowed())
    text = json.dumps(bill(_packages_of_locks(), licences, read_assets(), HOUSE), ensure_ascii=False, indent=1)
    wrong = JsonStrictValidator(SchemaVersion.from_version(_VERSION)).validate_str(text)
    if wrong is not None:
        raise ValueError(str(wrong))
    out.parent.mkdir(mode=0o700, exist_ok=True)
    out.write_text(f"{text}\n", "utf-8")
    print(f"物料清单 / bill of materials: {out}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

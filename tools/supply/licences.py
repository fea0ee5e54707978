"""Under which licence each installed package stands, and whether that is one of those we allow (licences.toml)."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.utils import canonicalize_name

_LIST = Path(__file__).with_name("licences.toml")
_LONGEST_NAME = 60


@dataclass(frozen=True)
class Allowed:
    """SPDX names that are allowed, other spellings in lower case, and what was read of silent packages."""

    names: frozenset[str]
    spelled: dict[str, str]
    read: dict[str, str]

    def allows(self, expression: str) -> bool:
        """Whether an SPDX expression is allowed: of alternatives one, of licences that hold together each."""
        if "(" in expression:
            # Brackets need a person, who writes what was read into the list.
            return expression in self.names
        choices = re.split(r"\s+OR\s+", expression)
        return any(all(part.strip() in self.names for part in re.split(r"\s+AND\s+", one)) for one in choices)


def read_allowed(file: Path = _LIST) -> Allowed:
    told = tomllib.loads(file.read_text("utf-8"))
    return Allowed(frozenset(told["allowed"]), told["spelled"], told["read"])


def licences_under(packages: Path, allowed: Allowed) -> dict[str, str]:
    """Return name → SPDX expression of each package under ``packages``; empty where it says none that we know."""
    return {canonicalize_name(one.name): _licence(one, allowed) for one in distributions(path=[str(packages)])}


def not_allowed(licences: dict[str, str], allowed: Allowed) -> list[str]:
    """Return a line for each package whose licence is not on the list."""
    return [
        f"{name}: {licence or 'says no licence that we know'}"
        for name, licence in sorted(licences.items())
        if not allowed.allows(licence)
    ]


def _licence(found: Distribution, allowed: Allowed) -> str:
    read = allowed.read.get(canonicalize_name(found.name))
    if read is not None:
        return read
    told = found.metadata.json
    if "license_expression" in told:
        return str(told["license_expression"])
    short = str(told.get("license", ""))
    named = [short] if 0 < len(short) <= _LONGEST_NAME and "\n" not in short else []
    classed: list[str] = [
        str(line).rpartition(" :: ")[2]
        for line in found.metadata.get_all("Classifier", [])
        if line.startswith("License ::") and not line.endswith(("OSI Approved", "DFSG approved"))
    ]
    # Whether several hold together or each alone, they do not say: all must be allowed.
    spelled = [allowed.spelled.get(name.lower(), name) for name in [*named, *classed]]
    return " AND ".join(dict.fromkeys(spelled))

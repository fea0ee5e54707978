"""What the doctor says: one finding for each thing it looked at. Values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Check(StrEnum):
    """What is looked at, in the order in which it is told."""

    SETTINGS = "settings"
    FILES = "files"
    DISK = "disk"
    CLOCK = "clock"
    DATABASE = "database"
    ROWS = "rows"
    KEYS = "keys"
    WORKER = "worker"
    CHANNELS = "channels"
    CERTIFICATE = "certificate"
    MODEL = "model"
    MEDIA = "media"
    BACKUP = "backup"


class State(StrEnum):
    """How grave it is: all well, to be mended in the next days, to be mended now."""

    GOOD = "good"
    SOON = "soon"
    NOW = "now"


@dataclass(frozen=True)
class Finding:
    """What was found at one check. ``reason`` is a short name, "" for all well; ``told`` fills its sentence."""

    check: Check
    state: State = State.GOOD
    reason: str = ""
    told: Mapping[str, object] = field(default_factory=dict)


def is_grave(findings: list[Finding]) -> bool:
    """Whether something must be mended now."""
    return any(finding.state is State.NOW for finding in findings)

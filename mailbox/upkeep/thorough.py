"""The thorough look at everything that is kept, which takes time: once a day, or when somebody asks for it.

Owns what is looked at and how the last look is kept for the pages. Numbers and names of tables only.
"""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mailbox.config import Settings
from mailbox.errors import MediaRefused, NotKept, UpkeepRefused
from mailbox.media.forms import DRAWING, VOICE
from mailbox.media.process import ask_decoder
from mailbox.office import Office
from mailbox.private_files import exchange
from mailbox.upkeep.alone import alone
from mailbox.upkeep.soundness import file_complaint, look_at_marks
from triage.classifier import require_whole
from triage.protocol import ModelMissing

_NAME = "looked-through.json"
_EVERY = timedelta(days=1)


@dataclass(frozen=True)
class Thorough:
    """What the last thorough look found. ``damaged``: how many rows of each table do not carry our mark."""

    looked_at: int = 0
    complaint: str = ""
    rows: int = 0
    damaged: tuple[tuple[str, int], ...] = ()
    decoder_starts: bool = True
    model_is_whole: bool = True

    def day(self, settings: Settings) -> datetime:
        return datetime.fromtimestamp(self.looked_at, UTC).astimezone(settings.zone)


def look_through(office: Office) -> Thorough:
    """Look everything through now, and keep what was found."""
    complaint, rows, damaged = "", 0, Counter[str]()
    try:
        complaint = file_complaint(office) or ""
        marks = look_at_marks(office)
        rows, damaged = marks.looked_at, Counter(table for table, _ in marks.damaged)
    except NotKept as broken:
        complaint = str(broken)
    found = Thorough(
        int(office.clock().timestamp()),
        complaint,
        rows,
        tuple(sorted(damaged.items())),
        all(_decodes(kind) for kind in (DRAWING, VOICE)),
        model_is_whole(office.settings.model_dir),
    )
    _keep(office.settings, found)
    return found


def look_through_if_due(office: Office) -> Thorough | None:
    """Look everything through when that was last done a day ago, and nobody else does it now."""
    if not _is_due(office):
        return None
    with suppress(UpkeepRefused), alone(office.settings.data_dir):
        return look_through(office) if _is_due(office) else None
    return None


def _is_due(office: Office) -> bool:
    last = last_look(office.settings)
    age = office.clock() - datetime.fromtimestamp(last.looked_at if last else 0, UTC)
    return last is None or not timedelta(0) <= age < _EVERY


def last_look(settings: Settings) -> Thorough | None:
    """Return what the last thorough look found, None where there was none."""
    try:
        kept = json.loads((settings.data_dir / _NAME).read_text("utf-8"))
        return Thorough(**{**kept, "damaged": tuple((str(table), int(many)) for table, many in kept["damaged"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def model_is_whole(model_dir: Path) -> bool:
    """Whether the model's files are those that its checksums name."""
    try:
        require_whole(model_dir)
    except ModelMissing:
        return False
    return True


def _decodes(kind: str) -> bool:
    """Whether the decoder's own process starts: nonsense must come back as refused, not as unavailable."""
    try:
        ask_decoder(kind, "png" if kind == DRAWING else "webm", b"nothing of the kind", 1_024)
    except MediaRefused as refused:
        return refused.reason != "unavailable"
    return True


def _keep(settings: Settings, found: Thorough) -> None:
    with suppress(OSError):
        exchange(settings.data_dir / _NAME, json.dumps(asdict(found)).encode("ascii"))

"""What every act needs at hand: settings, database, keys, marks, triage and the clock. Owns nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from mailbox.config import Settings
from mailbox.sealing.authenticity import Authenticator
from mailbox.sealing.key_file import KeyFile
from mailbox.store.database import Database
from triage.adjust import Adjustment
from triage.protocol import Assessment


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Office:
    """One installation at work. ``clock`` returns the time in UTC.

    ``assess`` reads one text, by the levels of triage as they came or as a school's adjustment moves them.
    """

    settings: Settings
    database: Database
    keys: KeyFile
    assess: Callable[[str, Adjustment | None], Assessment]
    clock: Callable[[], datetime] = utc_now

    @cached_property
    def marks(self) -> Authenticator:
        return Authenticator(self.keys.subkey("authenticity/rows"))

    def local_now(self) -> datetime:
        """Return the time on the school's wall."""
        return self.clock().astimezone(self.settings.zone)

"""What a case holds, as its pages show it: copied letters read back, their days, and which entries tell its course."""

from __future__ import annotations

import json
from datetime import date

from mailbox.care.entries import EntryKind, OpenedEntry
from mailbox.care.reading import OpenedCase
from mailbox.errors import TextRefused
from mailbox.letters.content import NoteContent

# What was copied from the thread.
COPIED = (EntryKind.LETTER, EntryKind.REPLY, EntryKind.CORRECTION, EntryKind.WORDS)
IN_THE_RECORD = frozenset(
    {
        EntryKind.OPENED,
        EntryKind.STEP,
        EntryKind.REMARK,
        EntryKind.REPORT,
        EntryKind.ADDITION,
        EntryKind.FOLLOW_UP,
        EntryKind.CLOSED,
        EntryKind.REOPENED,
    }
)


def letter_of(entry: OpenedEntry) -> NoteContent | None:
    """Return a copied letter as it was written; None for one that is none."""
    try:
        return NoteContent.from_bytes(json.dumps(entry.said["letter"], ensure_ascii=False).encode())
    except (TextRefused, ValueError, KeyError, TypeError):
        return None


def day_of(entry: OpenedEntry) -> date | None:
    """Return the day of what was copied."""
    try:
        return date.fromisoformat(str(entry.said.get("arrived_on") or entry.said.get("written_on")))
    except ValueError:
        return None


def letters_in(case: OpenedCase) -> list[tuple[OpenedEntry, NoteContent]]:
    """Return the copied letters that can be read."""
    opened = [(entry, letter_of(entry)) for entry in case.of_kind(EntryKind.LETTER)]
    return [(entry, content) for entry, content in opened if content is not None]

"""Drawings and recordings of a letter: made anew before anything is kept, each sealed in a box of its own.

Owns the rows of parts. Nothing of a part touches the disk in the clear, and nothing is kept that was not made anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from mailbox.errors import MediaRefused, NoteRefused
from mailbox.letters.content import PartLabel
from mailbox.letters.letter import Letter
from mailbox.letters.recipients import Recipients
from mailbox.media.clean import DRAWING, VOICE, CleanPart, clean_drawing, clean_voice
from mailbox.store.database import Session
from mailbox.store.tables import NotePart, new_id

_CLEANERS: Mapping[str, Callable[[bytes], CleanPart]] = {DRAWING: clean_drawing, VOICE: clean_voice}


@dataclass(frozen=True)
class ReadyPart:
    """A part that may be kept, under the id of the row it will have."""

    label: PartLabel
    content: bytes = field(repr=False)


def made_anew(letter: Letter) -> tuple[ReadyPart, ...]:
    """Decode and encode each part in a process of its own; slow, so before any transaction.

    Raises NoteRefused with the part's kind before the reason, such as ``drawing_broken`` or ``voice_too_long``.
    """
    ready = []
    for part in letter.parts:
        try:
            clean = _CLEANERS[part.kind](part.content)
        except MediaRefused as refused:
            raise NoteRefused(f"{part.kind}_{refused.reason}") from None
        ready.append(ReadyPart(PartLabel(new_id(), clean.kind, clean.seconds), clean.content))
    return tuple(ready)


def add_parts(
    session: Session, school_id: str, thread_id: str, note_id: str, recipients: Recipients, parts: Sequence[ReadyPart]
) -> None:
    """Seal the parts to whom the letter is sealed, and add them to its transaction."""
    for place, part in enumerate(parts, start=1):
        label = part.label
        session.add(
            NotePart(
                id=label.id,
                school_id=school_id,
                thread_id=thread_id,
                note_id=note_id,
                kind=label.kind,
                week_key_id=recipients.week_key_id,
                box=recipients.seal_shared(label.kind, thread_id, label.id, part.content),
                place=place,
            )
        )
        session.add_all(recipients.seal_copies(school_id, label.kind, thread_id, label.id, part.content))

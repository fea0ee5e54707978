"""What a child filled into a form: read once, for the letter and for the form that comes back with it.

Owns the names of the fields. An answer that no page of ours offers counts as none; nothing filled in is ever logged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import request

from mailbox.letters.post import Letter, SentPart
from mailbox.people.stations import Kiosk
from mailbox.rules.letter_kinds import DETAILS, LetterKind, Mood
from mailbox.web.forms import OurForm, text_of

PARTS = ("drawing", "voice")


@dataclass(frozen=True)
class Filled:
    """Words, kind and answers of a form. The parts are not here: a page cannot hand a file back to a browser."""

    words: str = field(default="", repr=False)
    kind: LetterKind = field(default=LetterKind.WHISPER, repr=False)
    mood: Mood | None = field(default=None, repr=False)
    today: bool = field(default=False, repr=False)
    details: Mapping[str, str] = field(default_factory=dict, repr=False)
    barred: frozenset[str] = field(default=frozenset(), repr=False)


def filled_in() -> Filled:
    """Return what the sent form says; call it only once the form's kind of body is known."""
    kind = chosen_kind()
    asked = {name: text_of(request, f"detail_{name}").strip() for name in DETAILS[kind]}
    return Filled(
        words=text_of(request, "words"),
        kind=kind,
        mood=_mood(request.form.get("mood", "")),
        today=request.form.get("today") == "yes",
        details={name: text for name, text in asked.items() if text},
        barred=frozenset(request.form.getlist("not_for")),
    )


def chosen_kind() -> LetterKind:
    """Return the kind that the sent form names; a whisper where it names none that there is."""
    named = request.form.get("kind", "")
    return LetterKind(named) if named in set(LetterKind) else LetterKind.WHISPER


def letter_of(kiosk: Kiosk, form: OurForm, filled: Filled) -> Letter:
    """Return the letter that the sent form makes, with its drawing and its voice as they came."""
    return Letter(
        school_id=kiosk.school_id,
        kiosk_id=kiosk.id,
        text=filled.words,
        form_nonce=form.nonce,
        not_for_readers=filled.barred,
        kind=filled.kind,
        mood=filled.mood,
        today=filled.today,
        details=filled.details,
        parts=tuple(_sent_parts()),
    )


def _sent_parts() -> list[SentPart]:
    # Of the file that the browser sends only its bytes are looked at: not its name, not the type it claims to be.
    sent = [(kind, request.files[kind].read()) for kind in PARTS if kind in request.files]
    return [SentPart(kind, content) for kind, content in sent if content]


def _mood(named: str) -> Mood | None:
    return Mood(named) if named in set(Mood) else None

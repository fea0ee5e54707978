"""What a child sends, and what makes it acceptable. Keeps nothing; each refusal has its reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from mailbox.errors import NoteRefused
from mailbox.letters.found import FoundOnPaper
from mailbox.letters.reply_words import Choice
from mailbox.rules.letter_kinds import MAX_DETAIL_CHARACTERS, LetterKind, Mood

MAX_CHARACTERS = 4_000
# Waits, or raises, until a letter may be kept: see kiosk.pace.
Turn = Callable[[], None]


@dataclass(frozen=True)
class SentPart:
    """A drawing or a voice as the browser sent it, not looked at yet. ``kind``: drawing, voice."""

    kind: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Letter:
    """What a child sends: words, the form's nonce, the kiosk, and readers who must not see it.

    ``today``: the child says that somebody must look today. ``details``: what its kind asks beside the words.
    ``paper``: a reader typed it from a note of the wooden box, and there is no kiosk. ``choice``: an answer to times;
    ``newest_seen``: the newest answer on the page on which it was chosen.
    """

    school_id: str
    kiosk_id: str
    text: str = field(repr=False)
    form_nonce: bytes = field(repr=False)
    not_for_readers: frozenset[str] = field(default=frozenset(), repr=False)
    kind: LetterKind = field(default=LetterKind.WHISPER, repr=False)
    mood: Mood | None = field(default=None, repr=False)
    today: bool = field(default=False, repr=False)
    details: Mapping[str, str] = field(default_factory=dict, repr=False)
    parts: tuple[SentPart, ...] = field(default=(), repr=False)
    paper: FoundOnPaper | None = None
    choice: Choice | None = field(default=None, repr=False)
    newest_seen: str | None = None


def at_once() -> None:
    """The turn of who waits for nobody."""


def require_acceptable(letter: Letter) -> None:
    """Raise NoteRefused (blank, too_long, detail_too_long). There must be words, an answer, a part or a choice."""
    said = (letter.text, *letter.details.values())
    if not letter.parts and not letter.choice and not any(text.strip() for text in said):
        raise NoteRefused("blank")
    if len(letter.text) > MAX_CHARACTERS:
        raise NoteRefused("too_long")
    if any(len(text) > MAX_DETAIL_CHARACTERS for text in letter.details.values()):
        raise NoteRefused("detail_too_long")

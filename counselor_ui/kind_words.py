"""Kinds of letters, moods and what a child answered beside its words, in the page's language. Owns the wording only."""

from __future__ import annotations

from dataclasses import dataclass

from counselor_ui.marked_text import Segment, segments
from mailbox.letters.content import NoteContent
from mailbox.rules.letter_kinds import LetterKind, Mood
from mailbox.web.language import say

# N_ marks a message for the catalogue where it is not yet spoken.
N_ = str

_KINDS = {
    LetterKind.WHISPER: N_("悄悄话"),
    LetterKind.FOR_CLASSMATE: N_("替同学说"),
    LetterKind.TO_PARENTS: N_("两地书"),
    LetterKind.MEET: N_("想见老师"),
}
_MOODS = {
    Mood.HAPPY: N_("开心"),
    Mood.SAD: N_("难过"),
    Mood.ANGRY: N_("生气"),
    Mood.AFRAID: N_("害怕"),
    Mood.WORRIED: N_("担心"),
    Mood.UNKNOWN: N_("不知道"),
}
_DETAILS = {
    (LetterKind.FOR_CLASSMATE, "who"): N_("哪位同学"),
    (LetterKind.FOR_CLASSMATE, "place"): N_("同学在哪里"),
    (LetterKind.TO_PARENTS, "to"): N_("写给谁"),
    (LetterKind.TO_PARENTS, "place"): N_("家人在哪里"),
    (LetterKind.MEET, "when"): N_("什么时候方便"),
    (LetterKind.MEET, "place"): N_("想在哪里见"),
    (LetterKind.MEET, "name"): N_("孩子的名字"),
}


@dataclass(frozen=True)
class _Place:
    """Where a reason lies in one detail: outside of it, if it lies elsewhere in the letter."""

    start: int
    end: int


@dataclass(frozen=True)
class Detail:
    """One answer with its label, cut where phrases were found in it."""

    label: str
    pieces: list[Segment]


def kind(value: LetterKind) -> str:
    return say(_KINDS[value])


def mood(value: Mood) -> str:
    return say(_MOODS[value])


def details(content: NoteContent) -> list[Detail]:
    """Return the answers in the order in which triage read them, below the words and a line each."""
    found, at = [], len(content.text)
    for name, text in content.details.items():
        at += 1
        places = [_Place(reason.start - at, reason.end - at) for reason in content.assessment.reasons]
        label = _DETAILS.get((content.kind, name))
        found.append(Detail(say(label) if label else name, segments(text, places)))
        at += len(text)
    return found

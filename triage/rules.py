"""Phrases in context: what a note says, clause by clause, and what the words around it change.

Owns the scopes: a harmless figure of speech is blanked out before anything is matched, a plain negation or a story
cancels a phrase, the past makes it ``soon``, another person makes it U7. Knows no model; a finding that was
cancelled is still reported as such, because the model may learn from it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from triage.lexicon import Contexts, Phrase, load_contexts, load_phrases
from triage.normalize import Reading
from triage.protocol import Topic, Urgency

BLANK = "□"
_SENTENCE_END = re.compile(r"(?:[。!?;\n~]|\.{2,40}){1,40}")  # …… was read as dots
_CLAUSE_END = re.compile(r"[,.、:\n ]")
_MOST_PER_PHRASE = 6  # that count, and as many that don't
_MOST_MATCHES = 30  # looked at: repetition must stay cheap
_FIRST_PERSON = re.compile(r"[我俺]")
_OWN_CLAUSE = re.compile(r"[,.、: 。!?;\n](?:所以|但是?|可是?|然后|其实|现在|今天|真的|就)?[我俺]")
_LOOK_BACK = 12  # characters in which a negation is looked for
_U_RULES = frozenset({"U1", "U2", "U3", "U4", "U5", "U6"})


class Scope(StrEnum):
    """What the context does to a phrase."""

    PLAIN = "plain"
    NEGATED = "negated"
    FICTION = "fiction"
    INNOCENT = "innocent"
    PAST = "past"
    OTHER = "other"


CANCELLED = frozenset({Scope.NEGATED, Scope.FICTION, Scope.INNOCENT})


@dataclass(frozen=True)
class Finding:
    """One phrase found at ``plain[start:end]``; its urgency and rule are those after the scope was read."""

    phrase: Phrase
    scope: Scope
    urgency: Urgency
    rule: str
    start: int
    end: int
    sentence: int

    @property
    def counts(self) -> bool:
        return self.scope not in CANCELLED

    @property
    def topics(self) -> tuple[Topic, ...]:
        return self.phrase.topics


@dataclass(frozen=True)
class Sentences:
    """Where the sentences of a plain text begin; numbers count from 1."""

    starts: tuple[int, ...]
    length: int

    @property
    def count(self) -> int:
        return len(self.starts)

    def number_at(self, place: int) -> int:
        return bisect_right(self.starts, place)

    def span(self, number: int) -> tuple[int, int]:
        """The half-open span of one sentence; outside the text, an empty span."""
        if not 1 <= number <= len(self.starts):
            return 0, 0
        return self.starts[number - 1], self.starts[number] if number < len(self.starts) else self.length


def split_sentences(plain: str) -> Sentences:
    """Cut after every run of sentence ends; an empty text has one empty sentence."""
    starts = [0]
    for found in _SENTENCE_END.finditer(plain):
        if found.end() < len(plain) and found.start() > starts[-1]:
            starts.append(found.end())
    return Sentences(tuple(starts), len(plain))


def find(reading: Reading) -> list[Finding]:
    """All phrases of the lexicon in one reading, cancelled ones too, in the order of the text."""
    contexts = load_contexts()
    # Only the phrases are kept from a figure of speech; what stands around them is read as it was written.
    plain = contexts.harmless.sub(lambda found: BLANK * len(found.group()), reading.plain)
    sentences = split_sentences(reading.plain)
    present = frozenset(plain)
    signs = [(span, frozenset(plain[slice(*span)])) for span in map(sentences.span, range(1, sentences.count + 1))]
    findings: list[Finding] = []
    for phrase in load_phrases():
        if present.isdisjoint(phrase.needs):
            continue
        # No phrase reaches beyond its sentence, and most sentences of a long note lack what it needs.
        spans = [span for span, characters in signs if not characters.isdisjoint(phrase.needs)]
        matches = (match for low, high in spans for match in phrase.pattern.finditer(plain, low, high))
        left = {True: _MOST_PER_PHRASE, False: _MOST_PER_PHRASE}
        for match in islice(matches, _MOST_MATCHES):
            if match.end() > match.start():
                finding = _in_context(phrase, match, reading.plain, sentences, contexts)
                if left[finding.counts]:
                    left[finding.counts] -= 1
                    findings.append(finding)
    findings.sort(key=lambda finding: (finding.start, -finding.end))
    return findings


def gravest(findings: Sequence[Finding]) -> Urgency:
    """The highest urgency of the findings that count; ROUTINE without any."""
    levels = {finding.urgency for finding in findings if finding.counts}
    if Urgency.URGENT in levels:
        return Urgency.URGENT
    return Urgency.SOON if Urgency.SOON in levels else Urgency.ROUTINE


def _in_context(
    phrase: Phrase,
    match: re.Match[str],
    plain: str,
    sentences: Sentences,
    contexts: Contexts,
) -> Finding:
    number = sentences.number_at(match.start())
    low, high = sentences.span(number)
    sentence = plain[low:high]
    scope = Scope.PLAIN
    before = plain[max(low, match.start() - _LOOK_BACK) : match.start()]
    if phrase.negatable and (_negated(before, contexts) or contexts.denied_inside.search(match.group())):
        scope = Scope.NEGATED
    elif (phrase.unless and phrase.unless.search(plain)) or (
        phrase.unless_near and phrase.unless_near.search(sentence)
    ):
        scope = Scope.INNOCENT
    elif "fiction" in phrase.scopes and _is_fiction(plain, sentences, number, match, contexts):
        scope = Scope.FICTION
    elif "past" in phrase.scopes and _is_past(plain, sentences, number, contexts):
        scope = Scope.PAST
    elif "other" in phrase.scopes and _is_other(plain[low : match.start()], match.group(), contexts):
        scope = Scope.OTHER
    urgency, rule = _after(phrase, scope)
    return Finding(phrase, scope, urgency, rule, match.start(), match.end(), number)


def _after(phrase: Phrase, scope: Scope) -> tuple[Urgency, str]:
    if scope in CANCELLED:
        return Urgency.ROUTINE, phrase.rule
    if scope is Scope.PAST and phrase.urgency is Urgency.URGENT:
        return Urgency.SOON, "past"
    if scope is Scope.OTHER and phrase.rule in _U_RULES:
        return phrase.urgency, "U7"
    return phrase.urgency, phrase.rule


def _negated(before: str, contexts: Contexts) -> bool:
    """Whether the clause denies what follows: the negation stands right before it, and isn't one in form only."""
    clause = _CLAUSE_END.split(before)[-1]
    return bool(contexts.negation.search(clause)) and not contexts.not_a_negation.search(clause)


def _is_fiction(plain: str, sentences: Sentences, number: int, match: re.Match[str], contexts: Contexts) -> bool:
    """Whether the phrase is told as a story, game, song, news or dream, and not turned on the writer.

    A story in the sentence before reaches into this one only if this one doesn't speak of ``我``; and a clause that
    begins with ``我`` after the story's word (看了电影,我不想活了) is the writer's own.
    """
    low, high = sentences.span(number)
    if not _FIRST_PERSON.search(plain, low, high) and number > 1:
        low = sentences.span(number - 1)[0]
    markers = list(contexts.fiction.finditer(plain, low, high))
    if not markers or contexts.turned_on_self.search(plain):
        return False
    before = [marker for marker in markers if marker.end() <= match.start()]
    if before:
        return not _OWN_CLAUSE.search(plain, before[-1].end(), match.end())
    return not _CLAUSE_END.search(plain, match.end(), markers[0].start())


def _is_past(plain: str, sentences: Sentences, number: int, contexts: Contexts) -> bool:
    """Told as past in this sentence or the one before, and nowhere from here on said to go on."""
    low, high = sentences.span(number)
    before_low, _ = sentences.span(number - 1) if number > 1 else (low, low)
    if not contexts.past.search(plain, before_low, high):
        return False
    return not contexts.still.search(plain, before_low)


def _is_other(before: str, said: str, contexts: Contexts) -> bool:
    """Whether the phrase is about another person: one is named before it and the writer is not in it."""
    if "我" in said or "俺" in said:
        return False
    others = list(contexts.other.finditer(before))
    if not others:
        return bool(contexts.other.match(said))
    after_other = before[others[-1].end() :]
    return not _FIRST_PERSON.search(after_other)

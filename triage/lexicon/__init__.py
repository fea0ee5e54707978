"""The phrases and spellings that triage knows, as data files, and the types they are read into.

Owns loading and checking: every entry has a source, an example that it must match and, where it is easily
mistaken, a counter-example that it must not. Matches nothing by itself; see ``normalize`` and ``rules``.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from triage.protocol import Topic, Urgency

FOLDER = Path(__file__).resolve().parent
_SPELLING_FIELDS = frozenset(
    "means pattern parts needs before after not_before not_after example counter source".split()  # noqa: SIM905
)
PHRASE_FILES = ("urgent_self.toml", "urgent_others.toml", "soon.toml", "topics.toml")


class LexiconBroken(Exception):
    """An entry of the lexicon lacks a field or does not do what its example says. Names file and entry."""


@dataclass(frozen=True)
class Spelling:
    """One way to hide or misspell a word.

    ``pattern`` is matched on the plain text; ``needs`` holds characters of which at least one must be there,
    so that most notes are not searched at all.
    """

    means: str
    pattern: re.Pattern[str]
    needs: frozenset[str]
    example: str
    counter: str
    source: str

    def may_occur(self, plain: str) -> bool:
        return any(character in plain for character in self.needs)


@dataclass(frozen=True)
class Phrase:
    """One thing a child may say, and what it asks for.

    negatable  a negation before it in the same clause cancels it
    unless     an innocent reason: found anywhere in the note, it cancels the phrase (``unless_near``: in the sentence)
    scopes     which contexts change it: "fiction" cancels, "past" makes it soon, "other" makes it U7
    """

    name: str
    rule: str
    urgency: Urgency
    topics: tuple[Topic, ...]
    words: str
    pattern: re.Pattern[str]
    needs: frozenset[str]
    negatable: bool
    unless: re.Pattern[str] | None
    unless_near: re.Pattern[str] | None
    scopes: frozenset[str]
    example: str
    counter: str
    source: str


@dataclass(frozen=True)
class WordClass:
    """Words that mean much the same; for the model's features only, a class raises nothing."""

    name: str
    words: tuple[str, ...]
    example: str
    source: str


@dataclass(frozen=True)
class Contexts:
    """The words that set a scope: negations, fiction, other people, the past, hyperbole to be blanked out."""

    negation: re.Pattern[str]
    not_a_negation: re.Pattern[str]
    denied_inside: re.Pattern[str]
    fiction: re.Pattern[str]
    turned_on_self: re.Pattern[str]
    other: re.Pattern[str]
    past: re.Pattern[str]
    still: re.Pattern[str]
    harmless: re.Pattern[str]


def _toml(name: str) -> dict[str, Any]:
    with (FOLDER / name).open("rb") as file:
        return tomllib.load(file)


@lru_cache(maxsize=1)
def load_letters() -> dict[str, str]:
    """Split characters, traditional characters and telling pictures → the character or word meant."""
    letters: dict[str, str] = {}
    for group in _toml("letters.toml")["letters"]:
        letters.update(group["map"])
    return letters


@lru_cache(maxsize=1)
def load_pinyin_words() -> dict[str, str]:
    """Syllables joined by one space → the word."""
    words: dict[str, str] = {}
    for group in _toml("pinyin.toml")["words"]:
        words.update({spelled: word for word, spelled in group["map"].items()})
    return words


@lru_cache(maxsize=1)
def load_spellings() -> tuple[Spelling, ...]:
    """All spellings, in file order; where two meet, the earlier and longer one counts."""
    return tuple(_spelling(entry) for entry in _toml("spellings.toml")["spelling"])


def _spelling(entry: dict[str, Any]) -> Spelling:
    _require_known("spellings.toml", entry, _SPELLING_FIELDS)
    try:
        return Spelling(
            means=entry["means"],
            pattern=re.compile(entry.get("pattern") or _spelled_pattern(entry)),
            needs=frozenset(entry.get("needs") or _letters_of(entry["parts"][-1])),
            example=entry["example"],
            counter=entry.get("counter", ""),
            source=entry["source"],
        )
    except (KeyError, re.error) as broken:
        raise LexiconBroken(f"spellings.toml: {entry.get('means', '?')}: {broken}") from broken


@lru_cache(maxsize=1)
def load_syllables() -> frozenset[str]:
    """All 拼音 syllables without tones, and some that no Chinese word has."""
    kept = _toml("latin.toml")["syllables"]
    finals = kept["finals"].split()
    return frozenset(kept["alone"].split()) | {
        initial + final for initial in kept["initials"].split() for final in finals
    }


@lru_cache(maxsize=1)
def load_english() -> frozenset[str]:
    """English words by which a note in English is known."""
    return frozenset(_toml("latin.toml")["english"]["words"].split())


@lru_cache(maxsize=1)
def load_sounds() -> dict[str, str]:
    """拼音 syllable without its tone → the characters that sound so. Raises LexiconBroken."""
    sounds: dict[str, str] = _toml("sounds.toml")["sounds"]
    every = "".join(sounds.values())
    if len(set(every)) < len(every):
        raise LexiconBroken("sounds.toml: a character has two sounds")
    return sounds


NOISE = r"[ *.·\-_~/|+=#^'\"、…]{0,3}"


def _spelled_pattern(entry: dict[str, Any]) -> str:
    """The pattern of ``parts``: any alternative of each character, with a little noise between them."""
    parts = []
    for part in entry["parts"]:
        choices = [rf"(?<![a-z]){one}(?![a-z])" if one.isascii() and one.isalpha() else one for one in part.split("|")]
        parts.append("(?:" + "|".join(choices) + ")")
    pattern = "".join(f"(?<!{one})" for one in entry.get("not_before", "").split("|") if one) + NOISE.join(parts)
    if "after" in entry:
        pattern += f"(?={entry['after']})"
    if "not_after" in entry:
        pattern += f"(?!{entry['not_after']})"
    return pattern


def _letters_of(part: str) -> str:
    return "".join(one[0] for one in part.split("|"))


@lru_cache(maxsize=1)
def _sets() -> dict[str, str]:
    """The named sets of ``contexts.toml``, each expanded by those before it."""
    sets: dict[str, str] = {}
    for name, pattern in _toml("contexts.toml")["sets"].items():
        sets[name] = _expand(pattern, sets)
    return sets


_GAP = re.compile(r"<(,?)([0-9]{1,2})>")
_SET = re.compile(r"\{([a-z]{1,20})\}")


def _expand(pattern: str, sets: dict[str, str]) -> str:
    """Write out {sets} and <gaps>; a gap with a comma also stops at a comma."""
    named = _SET.sub(lambda found: sets[found.group(1)], pattern)
    return _GAP.sub(lambda gap: rf"[^。!?;\n{gap.group(1)}]{{0,{gap.group(2)}}}", named)


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(_expand(pattern, _sets()))


@lru_cache(maxsize=1)
def load_phrases() -> tuple[Phrase, ...]:
    """All phrases of all files; names are unique. Raises LexiconBroken."""
    phrases: list[Phrase] = []
    for file in PHRASE_FILES:
        phrases.extend(_phrase(file, entry) for entry in _toml(file)["phrase"])
    names = [phrase.name for phrase in phrases]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise LexiconBroken(f"names used twice: {sorted(twice)}")
    patterns = Counter(phrase.pattern.pattern for phrase in phrases)
    same = [phrase.name for phrase in phrases if patterns[phrase.pattern.pattern] > 1]
    if same:
        raise LexiconBroken(f"phrases that match the same: {same}")
    return tuple(phrases)


def _require_known(file: str, entry: dict[str, Any], known: frozenset[str]) -> None:
    unknown = entry.keys() - known
    if unknown:
        raise LexiconBroken(f"{file}: {entry.get('name', entry.get('means', '?'))}: unknown {sorted(unknown)}")


def _phrase(file: str, entry: dict[str, Any]) -> Phrase:
    _require_known(file, entry, frozenset(Phrase.__dataclass_fields__))
    try:
        unless, unless_near = entry.get("unless"), entry.get("unless_near")
        return Phrase(
            name=entry["name"],
            rule=entry["rule"],
            urgency=Urgency(entry["urgency"]),
            topics=tuple(Topic(topic) for topic in entry["topics"]),
            words=entry["words"],
            pattern=_compile(entry["pattern"]),
            needs=frozenset(entry["needs"]),
            negatable=entry.get("negatable", True),
            unless=_compile(unless) if unless else None,
            unless_near=_compile(unless_near) if unless_near else None,
            scopes=frozenset(entry.get("scopes", ["fiction", "past", "other"])),
            example=entry["example"],
            counter=entry.get("counter", ""),
            source=entry["source"],
        )
    except (KeyError, ValueError, re.error) as broken:
        raise LexiconBroken(f"{file}: {entry.get('name', '?')}: {broken}") from broken


@lru_cache(maxsize=1)
def load_contexts() -> Contexts:
    """The scopes of ``contexts.toml``. Raises LexiconBroken."""
    contexts = {entry["name"]: entry for entry in _toml("contexts.toml")["context"]}
    try:
        return Contexts(**{name: _compile(contexts[name]["pattern"]) for name in Contexts.__dataclass_fields__})
    except (KeyError, re.error) as broken:
        raise LexiconBroken(f"contexts.toml: {broken}") from broken


@lru_cache(maxsize=1)
def load_classes() -> tuple[WordClass, ...]:
    """All classes of words, in file order; names are unique. Raises LexiconBroken."""
    try:
        classes = tuple(
            WordClass(entry["name"], tuple(entry["words"].split()), entry["example"], entry["source"])
            for entry in _toml("classes.toml")["class"]
        )
    except KeyError as broken:
        raise LexiconBroken(f"classes.toml: {broken}") from broken
    if len({one.name for one in classes}) < len(classes):
        raise LexiconBroken("classes.toml: a name is used twice")
    return classes


def load_all() -> None:
    """Read every file now, so that the first note doesn't wait and a broken entry is found at the start."""
    for load in (
        load_letters,
        load_syllables,
        load_english,
        load_pinyin_words,
        load_spellings,
        load_phrases,
        load_contexts,
        load_classes,
        load_sounds,
    ):
        load()

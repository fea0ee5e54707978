"""Every entry does what its own example says, names its source, and is read in linear time."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from triage import lexicon
from triage.lexicon import FOLDER, LexiconBroken, Phrase, load_contexts, load_phrases, load_spellings
from triage.normalize import read
from triage.rules import find


def counted(phrase: Phrase, text: str) -> bool:
    return any(finding.phrase is phrase and finding.counts for finding in find(read(text)))


@pytest.mark.parametrize("phrase", load_phrases(), ids=lambda one: one.name)
def test_a_phrase_finds_its_example(phrase: Phrase) -> None:
    assert counted(phrase, phrase.example)


@pytest.mark.parametrize("phrase", [one for one in load_phrases() if one.counter], ids=lambda one: one.name)
def test_a_phrase_leaves_its_counter_example(phrase: Phrase) -> None:
    assert not counted(phrase, phrase.counter)


@pytest.mark.parametrize("entry", [*load_phrases(), *load_spellings()], ids=lambda one: one.example)
def test_every_entry_names_its_source(entry) -> None:  # type: ignore[no-untyped-def]
    assert len(entry.source) > 5


def test_every_grave_phrase_has_a_counter_example_or_none_is_needed() -> None:
    without = {phrase.name for phrase in load_phrases() if phrase.urgency != "routine" and not phrase.counter}
    assert without <= {"self_hatred", "english_wish", "robbed"}


def test_no_pattern_repeats_without_a_bound() -> None:
    patterns = [phrase.pattern for phrase in load_phrases()] + [spelling.pattern for spelling in load_spellings()]
    patterns += [vars(load_contexts())[name] for name in vars(load_contexts())]
    repeat = re.compile(r"[^\\\[(][*]|[)\]\w][+]|\{\d+,\}")
    unbounded = [one.pattern for one in patterns if repeat.search(_outside_sets(one.pattern))]
    assert unbounded == []


def _outside_sets(pattern: str) -> str:
    return re.sub(r"\[[^\]]*\]", "x", pattern)


def test_the_words_of_a_reason_hold_no_number() -> None:
    assert not [phrase.words for phrase in load_phrases() if re.search(r"[0-9%]", phrase.words)]


def test_only_data_files_and_their_reader_lie_in_the_lexicon() -> None:
    assert {file.suffix for file in FOLDER.iterdir() if file.is_file()} == {".toml", ".py"}


@pytest.fixture
def broken_lexicon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the lexicon that a test may break; what was read before is read anew."""
    copied = Path(shutil.copytree(FOLDER, tmp_path / "lexicon"))
    monkeypatch.setattr(lexicon, "FOLDER", copied)
    load_phrases.cache_clear()
    load_spellings.cache_clear()
    yield copied
    load_phrases.cache_clear()
    load_spellings.cache_clear()


def test_an_unknown_field_refuses_to_load(broken_lexicon: Path) -> None:
    file = broken_lexicon / "soon.toml"
    file.write_text(file.read_text("utf-8").replace("[[phrase]]", '[[phrase]]\nurgencey = "soon"', 1), "utf-8")
    with pytest.raises(LexiconBroken, match="urgencey"):
        load_phrases()


def test_an_unknown_level_refuses_to_load(broken_lexicon: Path) -> None:
    file = broken_lexicon / "soon.toml"
    file.write_text(file.read_text("utf-8").replace('urgency = "soon"', 'urgency = "later"', 1), "utf-8")
    with pytest.raises(LexiconBroken, match=r"soon\.toml"):
        load_phrases()


def test_a_phrase_that_stands_there_twice_refuses_to_load(broken_lexicon: Path) -> None:
    file = broken_lexicon / "soon.toml"
    text = file.read_text("utf-8")
    first = "[[phrase]]" + text.split("[[phrase]]")[1]
    name = first.split('name = "')[1].split('"')[0]
    file.write_text(f"{text}\n{first.replace(name, name + '_again', 1)}", "utf-8")
    with pytest.raises(LexiconBroken, match="match the same"):
        load_phrases()


def test_a_spelling_with_an_unknown_field_refuses_to_load(broken_lexicon: Path) -> None:
    file = broken_lexicon / "spellings.toml"
    file.write_text(file.read_text("utf-8").replace("[[spelling]]", '[[spelling]]\nfter = "x"', 1), "utf-8")
    with pytest.raises(LexiconBroken, match="fter"):
        load_spellings()

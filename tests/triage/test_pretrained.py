"""The pretrained encoder's file: its pieces are the likeliest ones, its numbers come back, anything else is refused."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.triage.small_pretrained import BEGIN, END, PIECES, UNKNOWN, WIDTH, small_file
from triage import pretrained
from triage.protocol import ModelMissing

NAMES = ["<s>", "<pad>", "</s>", "<unk>", *PIECES]


def pieces_of(text: str) -> list[str]:
    return [NAMES[number] for number in pretrained.read(small_file()).pieces.numbers_of(text)]


def test_a_text_is_cut_into_its_likeliest_pieces() -> None:
    assert pieces_of("我不想上学") == ["<s>", "▁我", "不想", "上学", "</s>"]


def test_a_character_without_a_piece_is_unknown() -> None:
    assert pieces_of("我饿") == ["<s>", "▁我", "<unk>", "</s>"]


def test_some_characters_are_read_as_others_and_spaces_as_one() -> None:
    assert pieces_of("我\n  \0想") == ["<s>", "▁我", "▁", "想", "</s>"]


def test_an_empty_text_is_a_space() -> None:
    assert pieces_of("") == ["<s>", "▁", "</s>"]


@given(some.text(alphabet="我不想上学饿", max_size=7))
def test_no_other_pieces_are_likelier(text: str) -> None:
    known = pretrained.read(small_file()).pieces
    scores = dict(known.known.values()) | {UNKNOWN: known.unknown_score}
    plain = "▁" + text
    every_cut = (
        [
            known.known.get(part, (UNKNOWN, 0))[0]
            for part in _parts(plain, cuts)
            if part in known.known or len(part) == 1
        ]
        for cuts in product([False, True], repeat=len(plain) - 1)
        if all(part in known.known or len(part) == 1 for part in _parts(plain, cuts))
    )
    best = max(sum(scores[number] for number in numbers) for numbers in every_cut)
    begin, *found, end = known.numbers_of(text)
    assert (begin, end) == (BEGIN, END)
    assert sum(scores[number] for number in found) == pytest.approx(best)


def _parts(plain: str, cuts: tuple[bool, ...]) -> list[str]:
    parts = [plain[0]]
    for character, cut in zip(plain[1:], cuts, strict=True):
        if cut:
            parts.append(character)
        else:
            parts[-1] += character
    return parts


def test_numbers_in_four_bits_come_back() -> None:
    halves = np.arange(2 * WIDTH) % 16 / 16 - 0.5
    read = pretrained.read(small_file({"emb.pos": np.ones(WIDTH), "emb.type": np.full(WIDTH, 0.5)}, halves))
    assert np.array_equal(read.words([1, 0]), halves.reshape(2, WIDTH)[[1, 0]].astype(np.float32))
    assert np.array_equal(read.places(), np.full((1, WIDTH), 1.5))
    assert (read.width, read.layers, read.heads) == (WIDTH, 1, 2)


def test_another_file_is_refused() -> None:
    with pytest.raises(ValueError, match="not such a file"):
        pretrained.read(b"GGUF" + small_file()[4:])


def test_without_the_package_its_name_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pretrained, "PACKAGE", "no_such_package_here")
    with pytest.raises(ModelMissing, match="make model"):
        pretrained.load()

"""The recovery key: two slips together give it back, and a slip that cannot be read is named."""

from __future__ import annotations

import pytest

from mailbox.errors import SlipRefused
from mailbox.sealing.keyring import RECOVERY_HOLDER, new_week_key, open_week_key
from mailbox.sealing.recovery import RecoveryKey

KEY = RecoveryKey.generate()


def test_two_slips_give_the_same_key_back() -> None:
    assert RecoveryKey.from_slips(*KEY.slips()) == KEY


def test_the_slips_may_be_typed_in_either_order() -> None:
    first, second = KEY.slips()
    assert RecoveryKey.from_slips(second, first) == KEY


def test_each_slip_has_24_words() -> None:
    assert [len(slip) for slip in KEY.slips()] == [24, 24]


def test_slips_printed_twice_are_different_slips() -> None:
    one, other = KEY.slips(), KEY.slips()
    assert one[0] != other[0]
    assert one[1] != other[1]


def test_the_same_key_always_gives_the_same_pair() -> None:
    assert RecoveryKey(KEY.secret).private_key().to_bytes() == KEY.private_key().to_bytes()


def test_a_week_key_opens_with_the_two_slips() -> None:
    _, boxes = new_week_key("week-1", {RECOVERY_HOLDER: KEY.private_key().public()})
    joined = RecoveryKey.from_slips(*KEY.slips())
    open_week_key(joined.private_key(), "week-1", RECOVERY_HOLDER, boxes[RECOVERY_HOLDER])


@pytest.mark.parametrize("which", [1, 2])
@pytest.mark.parametrize("spoil", [lambda slip: slip[:-1], lambda slip: [*slip, slip[0]], lambda slip: []])
def test_a_slip_with_too_few_or_too_many_words_is_named(which: int, spoil) -> None:  # type: ignore[no-untyped-def]
    slips = list(KEY.slips())
    slips[which - 1] = spoil(slips[which - 1])
    with pytest.raises(SlipRefused) as refused:
        RecoveryKey.from_slips(*slips)
    assert refused.value.which == which


@pytest.mark.parametrize("which", [1, 2])
@pytest.mark.parametrize("word", ["", "hello", "龘", "的的"])
def test_a_word_that_is_on_no_list_names_its_slip_and_is_not_repeated(which: int, word: str) -> None:
    slips = list(KEY.slips())
    slips[which - 1][7] = word
    with pytest.raises(SlipRefused) as refused:
        RecoveryKey.from_slips(*slips)
    assert str(refused.value) == f"recovery slip {which}: a word is not right"


def test_a_recovery_key_shows_nothing_of_itself() -> None:
    assert repr(KEY) == "RecoveryKey()"

"""The recovery key: 32 bytes on two paper slips of 24 words, both needed; never stored.

Owns slips and the pair behind them. Words: BIP-39, simplified Chinese list (package ``mnemonic``), whose
checksum finds a miscopied slip before the two are put together.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from mnemonic import Mnemonic

from mailbox.errors import SlipRefused
from mailbox.sealing.box import PRIVATE_KEY_BYTES, PrivateKey
from mailbox.sealing.derivation import derive

SLIP_WORDS = 24
_SECRET_BYTES = 32


def _words() -> Mnemonic:
    return Mnemonic("chinese_simplified")


@dataclass(frozen=True)
class RecoveryKey:
    """32 random bytes from which the recovery key pair is derived."""

    secret: bytes = field(repr=False)

    @classmethod
    def generate(cls) -> RecoveryKey:
        return cls(os.urandom(_SECRET_BYTES))

    def private_key(self) -> PrivateKey:
        """Derive the pair (HKDF to the 96 bytes); the same secret always gives the same pair."""
        return PrivateKey.from_bytes(derive(self.secret, "recovery/pair", PRIVATE_KEY_BYTES))

    def slips(self) -> tuple[list[str], list[str]]:
        """Split into two XOR shares of 24 words each, with fresh randomness: one slip alone says nothing."""
        first = os.urandom(_SECRET_BYTES)
        return _to_words(first), _to_words(_xor(first, self.secret))

    @classmethod
    def from_slips(cls, first: Sequence[str], second: Sequence[str]) -> RecoveryKey:
        """Join two slips. Raises SlipRefused naming the slip (1 or 2) that cannot be read.

        Slips of two different pairs join into a key that opens nothing: compare its public half with the school's.
        """
        shares = [_from_words(which, words) for which, words in ((1, first), (2, second))]
        return cls(_xor(shares[0], shares[1]))


def _to_words(share: bytes) -> list[str]:
    return str(_words().to_mnemonic(share)).split()


def _from_words(which: int, words: Sequence[str]) -> bytes:
    if len(words) != SLIP_WORDS:
        raise SlipRefused(which, "needs 24 words")
    try:
        return bytes(_words().to_entropy(list(words)))
    except (ValueError, LookupError):
        raise SlipRefused(which, "a word is not right") from None


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))

"""The recovery key: 32 bytes on two paper slips of 24 words, both needed; never stored.

Owns slips and the pair behind them. Words: BIP-39, simplified Chinese list (package ``mnemonic``), whose
checksum finds most miscopied slips before the two are put together; a check inside the joined secret finds the
rest, and slips that do not belong together.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from mnemonic import Mnemonic

from mailbox.errors import SlipRefused
from mailbox.sealing.box import PRIVATE_KEY_BYTES, PrivateKey
from mailbox.sealing.derivation import derive

SLIP_WORDS = 24
_SECRET_BYTES = 32
_CHECK_BYTES = 4
_RANDOM_BYTES = _SECRET_BYTES - _CHECK_BYTES


def _words() -> Mnemonic:
    return Mnemonic("chinese_simplified")


@dataclass(frozen=True)
class RecoveryKey:
    """32 bytes from which the recovery key pair is derived: 28 random ones and a check of 4 over them.

    The 224 random bits are more than the 192 that ML-KEM-768 stands for. Raises ValueError without the check.
    """

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        # A secret without its check could be printed on slips that nobody could ever join again.
        if len(self.secret) != _SECRET_BYTES or _check_of(self.secret) != self.secret[_RANDOM_BYTES:]:
            raise ValueError("this is no recovery secret")

    @classmethod
    def generate(cls) -> RecoveryKey:
        random = os.urandom(_RANDOM_BYTES)
        return cls(random + _check_of(random))

    def private_key(self) -> PrivateKey:
        """Derive the pair (HKDF to the 96 bytes); the same secret always gives the same pair."""
        return PrivateKey.from_bytes(derive(self.secret, "recovery/pair", PRIVATE_KEY_BYTES))

    def slips(self) -> tuple[list[str], list[str]]:
        """Split into two XOR shares of 24 words each, with fresh randomness: one slip alone says nothing."""
        first = os.urandom(_SECRET_BYTES)
        return _to_words(first), _to_words(_xor(first, self.secret))

    @classmethod
    def from_slips(cls, first: Sequence[str], second: Sequence[str]) -> RecoveryKey:
        """Join two slips, in either order.

        Raises SlipRefused naming the slip (1 or 2) that cannot be read, or 0 when both can be read but do not
        belong together. Slips of another school's pair join well: compare the public half with the school's.
        """
        shares = [_from_words(which, words) for which, words in ((1, first), (2, second))]
        try:
            return cls(_xor(shares[0], shares[1]))
        except ValueError:
            raise SlipRefused(0, "the slips do not belong together") from None


def _check_of(secret: bytes) -> bytes:
    return hashlib.sha256(b"qiaoqiaohua/v1/recovery/check" + secret[:_RANDOM_BYTES]).digest()[:_CHECK_BYTES]


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

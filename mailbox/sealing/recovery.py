"""The recovery key: 32 bytes on two paper slips of 24 words, both needed; never stored.

Owns slips and the key pair behind them. Words: BIP-39, simplified Chinese list (package ``mnemonic``), whose
checksum finds most miscopied slips before the two are put together. Shares are drawn so that the two carry a
mark together: it finds the rest, and slips that do not belong together.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from mnemonic import Mnemonic

from mailbox.errors import SlipRefused
from mailbox.sealing.box import PRIVATE_KEY_BYTES, PrivateKey
from mailbox.sealing.derivation import derive

SLIP_WORDS = 24
_SECRET_BYTES = 32
# A word of the list is one character; what is typed in another script is one wrong word and not several.
_TYPED_WORD = re.compile(r"[\u3400-\u9fff]|[^\W\d_\u3400-\u9fff]+")


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
        """Split into two XOR shares of 24 words each, with fresh randomness: one slip alone says nothing.

        Draws about 4,000 times (some 20 ms) until the two carry the mark of a pair; any 32 bytes can be split.
        """
        while True:
            first = os.urandom(_SECRET_BYTES)
            second = _xor(first, self.secret)
            if _are_a_pair(first, second):
                return _to_words(first), _to_words(second)

    @classmethod
    def from_slips(cls, first: Sequence[str], second: Sequence[str]) -> RecoveryKey:
        """Join two slips, in either order.

        Raises SlipRefused naming the slip (1 or 2) that cannot be read, or 0 when both can be read but do not
        belong together (all but one in 4,096 are found). Two slips of another school join well: compare the public
        half with the school's.
        """
        shares = [_from_words(which, words) for which, words in ((1, first), (2, second))]
        if not _are_a_pair(shares[0], shares[1]):
            raise SlipRefused(0, "the slips do not belong together")
        return cls(_xor(shares[0], shares[1]))


def words_in(text: str) -> list[str]:
    """Return the words of a slip as somebody typed it; blanks, marks and the numbers before words do not count."""
    return _TYPED_WORD.findall(text)


def unknown_places(words: Sequence[str]) -> list[int]:
    """Return the places, counted from 1, of words that stand on no slip."""
    known = set(_words().wordlist)
    return [place for place, word in enumerate(words, start=1) if word not in known]


def require_slip(which: int, words: Sequence[str]) -> None:
    """Raise SlipRefused for a slip that is too short, too long or miscopied."""
    _from_words(which, words)


def _are_a_pair(one: bytes, other: bytes) -> bool:
    # 24 words leave no room for a pair's number, so the shares are chosen by a hash instead: its first 12 bits are
    # zero. Either order counts, as nobody knows which slip the safe held. One slip's holder learns 12 bits of 256.
    mark = hashlib.sha256(b"qiaoqiaohua/v1/recovery/slips" + min(one, other) + max(one, other)).digest()
    return int.from_bytes(mark[:2], "big") >> 4 == 0


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
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).to_bytes(_SECRET_BYTES, "big")

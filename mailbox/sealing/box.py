"""The sealed box: HPKE (RFC 9180) to a post-quantum hybrid key, bound to one row.

Owns key pairs, addresses and the envelope; refuses everything that does not open with one error type.
Source of the scheme: RFC 9180 single-shot base mode; KEM MLKEM768_X25519, HKDF-SHA256, ChaCha20-Poly1305.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from mailbox.errors import BoxNotOpened, TextRefused
from mailbox.sealing.padding import PaddingBroken, pad, unpad

ENVELOPE_VERSION = 1
PRIVATE_KEY_BYTES = 96
PUBLIC_KEY_BYTES = 1_216
_MLKEM_SEED_BYTES = 64
_MLKEM_PUBLIC_BYTES = 1_184
_NAME = re.compile(r"[a-z0-9_-]{1,80}\Z")

_SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)


@dataclass(frozen=True)
class BoxAddress:
    """Where a box belongs: its kind, its owner's id and its message's id, each of ``[a-z0-9_-]{1,80}``."""

    kind: str
    owner_id: str
    message_id: str

    def __post_init__(self) -> None:
        # A slash inside a name would let two addresses share one info string.
        if not all(_NAME.match(name) for name in (self.kind, self.owner_id, self.message_id)):
            raise ValueError("an address part is not of [a-z0-9_-]{1,80}")

    @property
    def info(self) -> bytes:
        """The bytes bound into the box; a box moved to another row has another info and does not open."""
        return f"qiaoqiaohua/v1/{self.kind}/{self.owner_id}/{self.message_id}".encode("ascii")

    def refuse(self, reason: str) -> BoxNotOpened:
        """Return the one error for a box at this address; ``reason`` is a short class, never content."""
        return BoxNotOpened(self.kind, self.owner_id, self.message_id, reason)


class PublicKey:
    """The public half: ML-KEM-768 (1,184 B) and X25519 (32 B)."""

    def __init__(self, mlkem: MLKEM768PublicKey, x25519: X25519PublicKey) -> None:
        self._bytes = mlkem.public_bytes_raw() + x25519.public_bytes_raw()
        self.hybrid = hpke.MLKEM768X25519PublicKey(mlkem, x25519)

    @classmethod
    def from_bytes(cls, raw: bytes) -> PublicKey:
        """Read 1,216 bytes. Raises ValueError if they are no public key."""
        if len(raw) != PUBLIC_KEY_BYTES:
            raise ValueError("a public key has 1,216 bytes")
        return cls(
            MLKEM768PublicKey.from_public_bytes(raw[:_MLKEM_PUBLIC_BYTES]),
            X25519PublicKey.from_public_bytes(raw[_MLKEM_PUBLIC_BYTES:]),
        )

    def to_bytes(self) -> bytes:
        return self._bytes


class PrivateKey:
    """The private half, kept as the ML-KEM seed (64 B) and the X25519 key (32 B): the pair itself has no encoding."""

    def __init__(self, mlkem: MLKEM768PrivateKey, x25519: X25519PrivateKey) -> None:
        self._mlkem = mlkem
        self._x25519 = x25519
        self.hybrid = hpke.MLKEM768X25519PrivateKey(mlkem, x25519)

    def __repr__(self) -> str:
        return "PrivateKey(…)"

    @classmethod
    def generate(cls) -> PrivateKey:
        return cls(MLKEM768PrivateKey.generate(), X25519PrivateKey.generate())

    @classmethod
    def from_bytes(cls, raw: bytes) -> PrivateKey:
        """Read 96 bytes. Raises ValueError if they are no private key."""
        if len(raw) != PRIVATE_KEY_BYTES:
            raise ValueError("a private key has 96 bytes")
        return cls(
            MLKEM768PrivateKey.from_seed_bytes(raw[:_MLKEM_SEED_BYTES]),
            X25519PrivateKey.from_private_bytes(raw[_MLKEM_SEED_BYTES:]),
        )

    @classmethod
    def from_box(cls, address: BoxAddress, content: bytes) -> PrivateKey:
        """Read a key that came out of a box at ``address``. Raises BoxNotOpened.

        Whoever has a public key can seal something else to it, so what opens need not be a key.
        """
        try:
            return cls.from_bytes(content)
        except ValueError:
            raise address.refuse("not a key") from None

    def to_bytes(self) -> bytes:
        return self._mlkem.private_bytes_raw() + self._x25519.private_bytes_raw()

    def public(self) -> PublicKey:
        return PublicKey(self._mlkem.public_key(), self._x25519.public_key())


def seal(public: PublicKey, address: BoxAddress, content: bytes) -> bytes:
    """Pad and seal ``content`` to ``public`` for one address.

    Returns one version byte and the HPKE output (encapsulated key 1,120 B, ciphertext, tag 16 B).
    """
    return bytes([ENVELOPE_VERSION]) + _SUITE.encrypt(pad(content), public.hybrid, info=address.info)


def open_box(private: PrivateKey, address: BoxAddress, box: bytes) -> bytes:
    """Return the content sealed at this very address. Raises BoxNotOpened and nothing else."""
    if not box:
        raise address.refuse("empty")
    if box[0] != ENVELOPE_VERSION:
        raise address.refuse("unknown version")
    try:
        return unpad(_SUITE.decrypt(box[1:], private.hybrid, info=address.info))
    except (InvalidTag, ValueError) as refused:
        reason = "padding" if isinstance(refused, PaddingBroken) else "wrong key, changed or moved"
        # The library's message is dropped: no part of a box may travel in an exception.
        raise address.refuse(reason) from None


def text_to_bytes(text: str) -> bytes:
    """Encode as UTF-8. Raises TextRefused for lone surrogates, without repeating them."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise TextRefused("the text holds half a character and cannot be kept") from None


def bytes_to_text(content: bytes) -> str:
    """Decode UTF-8 that :func:`text_to_bytes` made. Raises TextRefused otherwise."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise TextRefused("the bytes are no text") from None

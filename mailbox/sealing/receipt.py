"""The receipt code of six pictures and the key behind it: it opens the child's copies of replies, nothing else.

Owns code, lookup tag and receipt key; stores nothing. The code comes from the form's nonce and the letter under
the key file, so that a double click gives the same code without keeping it anywhere.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from mailbox.sealing.box import BoxAddress, PrivateKey, PublicKey
from mailbox.sealing.derivation import derive
from mailbox.sealing.wrapping import unwrap, wrap

CODE_PICTURES = 6
PICTURE_COUNT = 256
_MEMORY_KIB = 16_384


@dataclass(frozen=True)
class ReceiptCode:
    """Six different pictures of 256, in order: 47.9 bits. Its repr hides them."""

    pictures: tuple[int, ...] = field(repr=False)

    def __post_init__(self) -> None:
        known = all(0 <= picture < PICTURE_COUNT for picture in self.pictures)
        if not known or len(self.pictures) != CODE_PICTURES or len(set(self.pictures)) != CODE_PICTURES:
            raise ValueError("a code is six different pictures of 256")

    def to_bytes(self) -> bytes:
        return bytes(self.pictures)


@dataclass(frozen=True)
class ReceiptSecret:
    """What a code yields: the 32-byte lookup tag as it is stored, and the key that unwraps the receipt key."""

    lookup_tag: bytes = field(repr=False)
    wrapping_key: bytes = field(repr=False)
    pepper_version: int


def code_for_form(form_key: bytes, form_nonce: bytes, content_digest: bytes) -> ReceiptCode:
    """Derive the code of one form with one content: the same again for a repeat, another for another letter."""
    chosen: list[int] = []
    for picture in _stream(form_key, hashlib.sha256(form_nonce).digest() + content_digest):
        if picture not in chosen:
            chosen.append(picture)
            if len(chosen) == CODE_PICTURES:
                break
    return ReceiptCode(tuple(chosen))


def derive_receipt(code: ReceiptCode, installation_salt: bytes, pepper: bytes, pepper_version: int) -> ReceiptSecret:
    """Argon2id (16 MiB, 1 pass, 1 lane: about 8 ms), then HMAC with the pepper, then one key per use.

    ``installation_salt`` has 16 bytes, ``pepper`` 32. The tag is hashed once more: what is stored opens nothing.
    """
    slow = Argon2id(salt=installation_salt, length=32, iterations=1, lanes=1, memory_cost=_MEMORY_KIB)
    peppered = hmac.digest(pepper, slow.derive(code.to_bytes()), "sha256")
    tag = hashlib.sha256(derive(peppered, "receipt/lookup")).digest()
    return ReceiptSecret(tag, derive(peppered, "receipt/wrapping"), pepper_version)


def new_receipt_key(secret: ReceiptSecret, thread_id: str) -> tuple[PublicKey, bytes]:
    """Make a thread's receipt key pair; return its public half and its private half wrapped under the code's key."""
    private = PrivateKey.generate()
    return private.public(), wrap_receipt_key(secret, thread_id, private)


def wrap_receipt_key(secret: ReceiptSecret, thread_id: str, private: PrivateKey) -> bytes:
    """Wrap a thread's receipt key under what its code yields."""
    return wrap(secret.wrapping_key, _address(thread_id), private.to_bytes())


def open_receipt_key(secret: ReceiptSecret, thread_id: str, wrapped: bytes) -> PrivateKey:
    """Return the thread's receipt key. Raises BoxNotOpened if the code or the thread is another."""
    address = _address(thread_id)
    return PrivateKey.from_box(address, unwrap(secret.wrapping_key, address, wrapped))


def _stream(key: bytes, seed: bytes) -> Iterator[int]:
    counter = 0
    while True:
        yield from hmac.digest(key, counter.to_bytes(4, "big") + seed, "sha256")
        counter += 1


def _address(thread_id: str) -> BoxAddress:
    return BoxAddress("receipt-key", thread_id, "code")

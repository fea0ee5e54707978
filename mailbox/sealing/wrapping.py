"""Wrapping a small secret under a 32-byte key (ChaCha20-Poly1305), bound to one row like a box.

Owns the wrapped form: one version byte, a random 12-byte nonce, ciphertext and tag.
"""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from mailbox.sealing.box import BoxAddress

_VERSION = 1
_NONCE_BYTES = 12


def wrap(key: bytes, address: BoxAddress, secret: bytes) -> bytes:
    """Encrypt ``secret`` under the 32-byte ``key``; the result is 29 bytes longer than the secret."""
    nonce = os.urandom(_NONCE_BYTES)
    return bytes([_VERSION]) + nonce + ChaCha20Poly1305(key).encrypt(nonce, secret, address.info)


def unwrap(key: bytes, address: BoxAddress, wrapped: bytes) -> bytes:
    """Return the secret. Raises BoxNotOpened for a wrong key, changed bytes, another row or an unknown version."""
    if not wrapped or wrapped[0] != _VERSION:
        raise address.refuse("unknown version" if wrapped else "empty")
    nonce, ciphertext = wrapped[1 : 1 + _NONCE_BYTES], wrapped[1 + _NONCE_BYTES :]
    # A key of a wrong length is a mistake of ours and not of the row: it stays a ValueError.
    cipher = ChaCha20Poly1305(key)
    try:
        return cipher.decrypt(nonce, ciphertext, address.info)
    except (InvalidTag, ValueError):
        raise address.refuse("wrong key, changed or moved") from None

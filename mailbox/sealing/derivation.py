"""Deriving keys from keys: one HKDF call with a named purpose, so that no two uses share a key."""

from __future__ import annotations

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def derive(secret: bytes, purpose: str, length: int = 32) -> bytes:
    """Return ``length`` bytes of HKDF-SHA256 (RFC 5869) over ``secret`` for ``purpose``."""
    return HKDF(SHA256(), length, salt=None, info=f"qiaoqiaohua/v1/{purpose}".encode("ascii")).derive(secret)

"""Marks on rows: HMAC-SHA256 under the key file, so that who can only write the database is not believed.

Owns the canonical encoding of a row's fields. What does not verify is never shown.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from mailbox.errors import NotAuthentic

Field = str | bytes | int | bool | None


class Authenticator:
    """Marks and checks rows under one 32-byte key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def mac(self, kind: str, fields: Mapping[str, Field]) -> bytes:
        """Return the 32-byte mark of a row of ``kind`` with these fields (their order does not matter)."""
        return hmac.digest(self._key, _canonical(kind, fields), "sha256")

    def check(self, kind: str, row_id: str, fields: Mapping[str, Field], mac: bytes) -> None:
        """Raise NotAuthentic unless ``mac`` is the mark of these fields."""
        if not hmac.compare_digest(self.mac(kind, fields), mac):
            raise NotAuthentic(kind, row_id)


def _canonical(kind: str, fields: Mapping[str, Field]) -> bytes:
    # Each part carries its type and its length, so that no two different rows share an encoding.
    parts = [_part(kind)]
    for name in sorted(fields):
        parts += [_part(name), _part(fields[name])]
    return b"".join(parts)


def _part(value: Field) -> bytes:
    match value:
        case None:
            tag, raw = b"n", b""
        case bool():
            tag, raw = b"t", b"1" if value else b"0"
        case int():
            tag, raw = b"i", str(value).encode("ascii")
        case str():
            tag, raw = b"s", value.encode("utf-8", "surrogatepass")
        case _:
            tag, raw = b"b", value
    return tag + len(raw).to_bytes(8, "big") + raw

"""Numbers by name in memory that all serving processes share and no disk sees; gone with the program.

Owns the memory only. Two names may share a slot and then share their number, so use one table for one thing.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import struct

_SLOTS = 4_096
_NUMBER = struct.Struct("d")


class SharedNumbers:
    """Made once before the workers are forked; every number is 0 until it is written."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, _SLOTS * _NUMBER.size)
        self._salt = os.urandom(16)

    def read(self, name: str) -> float:
        number: float = _NUMBER.unpack_from(self._memory, self._place(name))[0]
        return number

    def write(self, name: str, number: float) -> None:
        _NUMBER.pack_into(self._memory, self._place(name), number)

    def _place(self, name: str) -> int:
        digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), key=self._salt, digest_size=8).digest()
        return int.from_bytes(digest, "big") % _SLOTS * _NUMBER.size

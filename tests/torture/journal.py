"""SQLite's write-ahead journal as a file, so far as a power cut needs it: which pages it holds, and where it is whole.

Source: https://www.sqlite.org/fileformat2.html#walformat. Checksums are left to SQLite.
"""

from __future__ import annotations

import random
import struct
from dataclasses import dataclass
from pathlib import Path

_HEADER, _FRAME_HEADER = 32, 24
SECTOR_BYTES = 512
_MOST_GARBAGE_BYTES = 9_000


@dataclass(frozen=True)
class Journal:
    """``end``: the byte behind the last whole transaction; ``pages``: the numbers of the pages before it, from 1."""

    page_bytes: int
    end: int
    pages: frozenset[int]

    @classmethod
    def read(cls, path: Path) -> Journal:
        """Read a journal; one that is not there, or not begun, holds nothing."""
        content = path.read_bytes() if path.exists() else b""
        if len(content) < _HEADER:
            return cls(0, 0, frozenset())
        page_bytes, _, *salts = struct.unpack(">4I", content[8:24])
        end, whole, begun = _HEADER, set[int](), set[int]()
        for start in range(_HEADER, len(content) - _FRAME_HEADER - page_bytes + 1, _FRAME_HEADER + page_bytes):
            number, pages_after_commit, *own_salts = struct.unpack(">4I", content[start : start + 16])
            if own_salts != salts:
                # What the journal held before it was begun anew.
                break
            begun.add(number)
            if pages_after_commit:
                end, whole = start + _FRAME_HEADER + page_bytes, whole | begun
        return cls(page_bytes, end, frozenset(whole))


def spoil(data: Path, chance: random.Random) -> int:
    """Make the files of one moment as bad as a power cut may leave them; return how many places were spoilt."""
    database, wal = data / "mailbox.db", data / "mailbox.db-wal"
    journal = Journal.read(wal)
    if not journal.pages:
        return 0
    _spoil_end(wal, journal.end, chance)
    spoilt = 1
    with database.open("r+b") as file:
        size = file.seek(0, 2)
        # The first page says what the file is; its first sector is written whole or not at all.
        for page in sorted(journal.pages - {1}):
            start = (page - 1) * journal.page_bytes
            if start + journal.page_bytes <= size and chance.random() < 0.5:
                sector = chance.randrange(journal.page_bytes // SECTOR_BYTES)
                file.seek(start + sector * SECTOR_BYTES)
                file.write(chance.choice([bytes(SECTOR_BYTES), chance.randbytes(SECTOR_BYTES)]))
                spoilt += 1
    return spoilt


def _spoil_end(wal: Path, end: int, chance: random.Random) -> None:
    tail = wal.read_bytes()[end:]
    kept = tail[: chance.randrange(len(tail) + 1)]
    with wal.open("r+b") as file:
        file.truncate(end)
        file.seek(end)
        file.write(kept)
        if chance.random() < 0.5:
            file.write(chance.randbytes(chance.randrange(_MOST_GARBAGE_BYTES)))

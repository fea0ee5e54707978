"""A backup as one file: a head in the clear, the contents in wrapped pieces, a checksum at the end.

Owns that form (docs/boxes.md). The contents lie under one fresh key. It is sealed to the recovery key of each school,
and wrapped under the key file for the installation itself, so a lost stick tells its finder a day and a size.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any

from mailbox.errors import BoxNotOpened, UpkeepRefused
from mailbox.sealing.box import BoxAddress, PrivateKey, PublicKey, open_box, seal
from mailbox.sealing.key_file import KeyFile
from mailbox.sealing.parcel import KEY_BYTES, ParcelWriter, opened_pieces
from mailbox.sealing.wrapping import unwrap, wrap

KIND = "backup"
_MAGIC = b"qiaoqiaohua backup 1\n"
_OWN_KEY = "backup/files"
_DIGEST_BYTES = hashlib.sha256().digest_size
_MOST_HEAD_BYTES = 1_048_576
_READ_BYTES = 1_048_576
# Boxes do not shrink; what their letters and digits add is taken away again by the fastest step.
_COMPRESSION = 1

Line = Any


@dataclass(frozen=True)
class Head:
    """What anybody sees of a backup, and the key of its contents for each who may open it."""

    id: str
    made_on: str
    own: bytes
    schools: Mapping[str, bytes]

    def to_bytes(self) -> bytes:
        sealed = {school_id: _text(box) for school_id, box in self.schools.items()}
        kept = {"id": self.id, "made_on": self.made_on, "own": _text(self.own), "schools": sealed}
        return json.dumps(kept).encode("ascii") + b"\n"

    @classmethod
    def from_bytes(cls, raw: bytes) -> Head:
        """Raises ValueError, KeyError or TypeError for what is no head."""
        kept = json.loads(raw)
        schools = {school_id: base64.b64decode(box) for school_id, box in kept["schools"].items()}
        for owner in ("own", *schools):
            BoxAddress(KIND, str(kept["id"]), owner)  # refuses what is no id
        return cls(str(kept["id"]), str(kept["made_on"]), base64.b64decode(kept["own"]), schools)

    def key_by_key_file(self, keys: KeyFile) -> bytes:
        """Return the key of the contents, for the installation that made them. Raises BoxNotOpened."""
        return unwrap(keys.subkey(_OWN_KEY), BoxAddress(KIND, self.id, "own"), self.own)

    def key_by_recovery(self, recovery: PrivateKey) -> tuple[str, bytes]:
        """Return whose recovery key it is, and the key of the contents. Raises BoxNotOpened when it is nobody's."""
        for school_id, box in self.schools.items():
            with suppress(BoxNotOpened):
                return school_id, open_box(recovery, BoxAddress(KIND, self.id, school_id), box)
        raise BoxAddress(KIND, self.id, "key").refuse("of none of its schools")


def new_head(made_on: date, keys: KeyFile, recovery: Mapping[str, PublicKey]) -> tuple[Head, bytes]:
    """Return a head with a fresh key for the contents, sealed to each school's recovery key, and that key."""
    backup_id, key = os.urandom(16).hex(), os.urandom(KEY_BYTES)
    sealed = {
        school_id: seal(public, BoxAddress(KIND, backup_id, school_id), key) for school_id, public in recovery.items()
    }
    own = wrap(keys.subkey(_OWN_KEY), BoxAddress(KIND, backup_id, "own"), key)
    return Head(backup_id, made_on.isoformat(), own, sealed), key


class BackupWriter:
    """Writes one backup line by line into an open file."""

    def __init__(self, file: IO[bytes], head: Head, key: bytes) -> None:
        self._file, self._digest = file, hashlib.sha256()
        self._compressed = zlib.compressobj(_COMPRESSION)
        self._parcel = ParcelWriter(self._out, key, KIND, head.id)
        self._out(_MAGIC)
        self._out(head.to_bytes())

    def line(self, content: Line) -> None:
        text = json.dumps(content, default=_to_json, ensure_ascii=False, separators=(",", ":"))
        # What somebody wrote into the database need not be whole characters; a row must not stop a backup.
        raw = text.encode("utf-8", "surrogatepass")
        self._parcel.write(self._compressed.compress(raw + b"\n"))

    def close(self) -> None:
        self._parcel.write(self._compressed.flush())
        self._parcel.close()
        self._file.write(self._digest.digest())

    def _out(self, content: bytes) -> None:
        self._digest.update(content)
        self._file.write(content)


def read_head(path: Path) -> Head:
    """Return the head of a backup. Raises UpkeepRefused: no_backup."""
    try:
        with path.open("rb") as file:
            return _head_in(file)
    except OSError:
        raise UpkeepRefused("no_backup", str(path)) from None


def require_whole(path: Path) -> None:
    """Raise UpkeepRefused (no_backup, damaged) unless the file is a backup whose checksum is right."""
    read_head(path)
    digest, left = hashlib.sha256(), path.stat().st_size - _DIGEST_BYTES
    with path.open("rb") as file:
        while left > 0 and (piece := file.read(min(left, _READ_BYTES))):
            digest.update(piece)
            left -= len(piece)
        if left or file.read() != digest.digest():
            raise UpkeepRefused("damaged", str(path))


def lines(path: Path, key: bytes) -> Iterator[Line]:
    """Yield what :meth:`BackupWriter.line` wrote. Raises UpkeepRefused: no_backup, damaged."""
    try:
        with path.open("rb") as file:
            head = _head_in(file)
            yield from _lines_in(opened_pieces(file.read, key, KIND, head.id))
    except (BoxNotOpened, OSError, ValueError, zlib.error):
        raise UpkeepRefused("damaged", str(path)) from None


def _lines_in(pieces: Iterator[bytes]) -> Iterator[Line]:
    expanded, rest = zlib.decompressobj(), b""
    for piece in pieces:
        *whole, rest = (rest + expanded.decompress(piece)).split(b"\n")
        yield from map(_from_json, whole)
    *whole, rest = (rest + expanded.flush()).split(b"\n")
    yield from map(_from_json, whole)
    if rest or not expanded.eof:
        raise ValueError("the contents end in the middle")


def _head_in(file: IO[bytes]) -> Head:
    try:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise ValueError("another kind of file")
        return Head.from_bytes(file.readline(_MOST_HEAD_BYTES))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UpkeepRefused("no_backup", file.name) from None


def _to_json(value: Any) -> dict[str, str]:
    if isinstance(value, date):
        return {"day": value.isoformat()}
    return {"bytes": _text(bytes(value))}


def _from_json(raw: bytes) -> Line:
    return json.loads(raw.decode("utf-8", "surrogatepass"), object_hook=_value)


def _value(kept: dict[str, Any]) -> Any:
    match kept:
        case {"bytes": str(text), **rest} if not rest:
            return base64.b64decode(text)
        case {"day": str(text), **rest} if not rest:
            return date.fromisoformat(text)
        case _:
            return kept


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")

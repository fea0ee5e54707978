"""A long secret in pieces: each wrapped under one fresh key and bound to its place, so that none can be lost or moved.

Owns the form of the pieces. What is in them, and to whom the key is sealed, is decided by whoever makes a parcel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mailbox.errors import BoxNotOpened
from mailbox.sealing.box import BoxAddress
from mailbox.sealing.wrapping import unwrap, wrap

KEY_BYTES = 32
_PIECE_BYTES = 1_048_576
_MOST_WRAPPED_BYTES = _PIECE_BYTES + 64
_MORE, _LAST = b"\0", b"\1"


class ParcelWriter:
    """Takes bytes in any portions and writes wrapped pieces: one byte (1 for the last), the length (4 B), the piece."""

    def __init__(self, out: Callable[[bytes], object], key: bytes, kind: str, parcel_id: str) -> None:
        self._out, self._key, self._kind, self._id = out, key, kind, parcel_id
        self._waiting = bytearray()
        self._place = 0

    def write(self, content: bytes) -> None:
        self._waiting += content
        while len(self._waiting) > _PIECE_BYTES:
            self._send(bytes(self._waiting[:_PIECE_BYTES]), _MORE)
            del self._waiting[:_PIECE_BYTES]

    def close(self) -> None:
        """Write what is left as the last piece; without it nobody takes the parcel for whole."""
        self._send(bytes(self._waiting), _LAST)

    def _send(self, content: bytes, sign: bytes) -> None:
        wrapped = wrap(self._key, _address(self._kind, self._id, self._place, sign), content)
        self._out(sign + len(wrapped).to_bytes(4, "big") + wrapped)
        self._place += 1


def opened_pieces(read: Callable[[int], bytes], key: bytes, kind: str, parcel_id: str) -> Iterator[bytes]:
    """Yield the content of each piece in order. Raises BoxNotOpened for what is changed, missing, moved or cut off."""
    place, sign = 0, _MORE
    while sign == _MORE:
        sign = read(1)
        address = _address(kind, parcel_id, place, sign)
        length = int.from_bytes(read(4), "big")
        if sign not in (_MORE, _LAST) or length > _MOST_WRAPPED_BYTES:
            raise address.refuse("cut off")
        yield unwrap(key, address, read(length))
        place += 1


def refused(kind: str, parcel_id: str) -> BoxNotOpened:
    """Return the error for a parcel to which none of the keys at hand belongs."""
    return BoxAddress(kind, parcel_id, "key").refuse("no key")


def _address(kind: str, parcel_id: str, place: int, sign: bytes) -> BoxAddress:
    return BoxAddress(kind, parcel_id, f"{'last' if sign == _LAST else 'piece'}-{place}")

"""Padding by bytes to a few sizes, so that a box's length says little. Pure; refuses damaged padding."""

from __future__ import annotations

_SMALL_BUCKETS = (512, 2_048, 8_192, 32_768)
_LARGE_STEP = 65_536
_LENGTH_BYTES = 4


class PaddingBroken(ValueError):
    """The padded bytes were not made by :func:`pad`."""


def bucket_for(size: int) -> int:
    """Return the padded size in bytes for ``size`` bytes, length prefix included."""
    for bucket in _SMALL_BUCKETS:
        if size <= bucket:
            return bucket
    return -(-size // _LARGE_STEP) * _LARGE_STEP


def pad(content: bytes) -> bytes:
    """Return a 4-byte big-endian length, the content, and zeros up to the next bucket."""
    framed = len(content).to_bytes(_LENGTH_BYTES, "big") + content
    return framed.ljust(bucket_for(len(framed)), b"\0")


def unpad(padded: bytes) -> bytes:
    """Return the content again. Raises PaddingBroken if length, filler or bucket are not as :func:`pad` makes them."""
    end = _LENGTH_BYTES + int.from_bytes(padded[:_LENGTH_BYTES], "big")
    if len(padded) < _LENGTH_BYTES or end > len(padded) or bucket_for(end) != len(padded):
        raise PaddingBroken("length")
    if padded.count(0, end) != len(padded) - end:
        raise PaddingBroken("filler")
    return padded[_LENGTH_BYTES:end]

"""A person's private key, locked under a passphrase with Argon2id (RFC 9106).

Owns the locked form and its cost; keeps no passphrase. One derivation at a time per process: each takes
64 MiB, and an old PC must not run out of memory because several people log in at once.
"""

from __future__ import annotations

import os
import struct
import threading
import unicodedata
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from mailbox.errors import BoxNotOpened, WrongPassphrase
from mailbox.sealing.box import BoxAddress, PrivateKey
from mailbox.sealing.wrapping import unwrap, wrap

_SALT_BYTES = 16
_HEADER = struct.Struct(">BIII16s")
_VERSION = 1
_MAX_MEMORY_KIB = 1_048_576
_MAX_PASSES = 16
_MAX_LANES = 16
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Argon2Cost:
    """What a derivation costs: memory in KiB, passes and lanes. Stored beside each key, so that it can rise.

    Raises ValueError beyond 1 GiB, 16 passes or 16 lanes, and below what Argon2 allows (RFC 9106, 3.1).
    """

    memory_kib: int = 65_536
    passes: int = 3
    lanes: int = 1

    def __post_init__(self) -> None:
        # The cost is read from a database row: one changed bit must not ask for terabytes or for a week of work.
        if not (1 <= self.passes <= _MAX_PASSES and 1 <= self.lanes <= _MAX_LANES):
            raise ValueError("passes or lanes are out of range")
        if not 8 * self.lanes <= self.memory_kib <= _MAX_MEMORY_KIB:
            raise ValueError("memory is out of range")


DEFAULT_COST = Argon2Cost()


@dataclass(frozen=True)
class LockedKey:
    """A private key under a passphrase: 16-byte salt, cost, and the wrapped 96 bytes."""

    salt: bytes = field(repr=False)
    cost: Argon2Cost
    wrapped: bytes = field(repr=False)

    def to_bytes(self) -> bytes:
        cost = self.cost
        return _HEADER.pack(_VERSION, cost.memory_kib, cost.passes, cost.lanes, self.salt) + self.wrapped

    @classmethod
    def from_bytes(cls, raw: bytes) -> LockedKey:
        """Read what :meth:`to_bytes` wrote. Raises WrongPassphrase if the bytes are no locked key."""
        if len(raw) <= _HEADER.size or raw[0] != _VERSION:
            raise WrongPassphrase("the locked key cannot be read")
        _, memory_kib, passes, lanes, salt = _HEADER.unpack_from(raw)
        try:
            cost = Argon2Cost(memory_kib, passes, lanes)
        except ValueError:
            raise WrongPassphrase("the locked key cannot be read") from None
        return cls(salt, cost, raw[_HEADER.size :])


def normalise_passphrase(passphrase: str) -> bytes:
    """Return one byte form for what a person means: NFKC (full width becomes half width), outer spaces cut."""
    return unicodedata.normalize("NFKC", passphrase).strip().encode("utf-8", "surrogatepass")


def lock_private_key(private: PrivateKey, passphrase: str, person_id: str, cost: Argon2Cost | None = None) -> LockedKey:
    """Lock a person's private key. Takes about 0.15 s and 64 MiB at the default cost."""
    chosen = cost or DEFAULT_COST
    salt = os.urandom(_SALT_BYTES)
    key = passphrase_key(passphrase, salt, chosen)
    return LockedKey(salt, chosen, wrap(key, _address(person_id), private.to_bytes()))


def unlock_private_key(locked: LockedKey, passphrase: str, person_id: str) -> PrivateKey:
    """Return the private key. Raises WrongPassphrase, also when the locked key was changed or moved."""
    key = passphrase_key(passphrase, locked.salt, locked.cost)
    address = _address(person_id)
    try:
        return PrivateKey.from_box(address, unwrap(key, address, locked.wrapped))
    except BoxNotOpened:
        raise WrongPassphrase("the passphrase does not open this key") from None


def spend_the_same_time(passphrase: str, cost: Argon2Cost | None = None) -> None:
    """Do one derivation and throw it away, so that an unknown login name takes as long as a known one."""
    passphrase_key(passphrase, bytes(_SALT_BYTES), cost or DEFAULT_COST)


def passphrase_key(passphrase: str, salt: bytes, cost: Argon2Cost) -> bytes:
    """Return the 32 bytes that Argon2id makes of a passphrase."""
    with _one_at_a_time:
        return Argon2id(
            salt=salt, length=32, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory_kib
        ).derive(normalise_passphrase(passphrase))


def _address(person_id: str) -> BoxAddress:
    return BoxAddress("private-key", person_id, "passphrase")

"""A case file that leaves the house: one encrypted file and the passphrase that the system makes for it.

Owns the file's form (docs/boxes.md) and the passphrase's: a hundred bits, so that its strength is nobody's choice.
"""

from __future__ import annotations

import os
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from mailbox.errors import BoxNotOpened, WrongPassphrase
from mailbox.sealing import passphrase as passphrases
from mailbox.sealing.derivation import derive
from mailbox.sealing.padding import PaddingBroken, pad, unpad
from mailbox.sealing.passphrase import Argon2Cost

_MAGIC, _VERSION = b"QQHCASE", 1
_HEADER = struct.Struct(">7sBIII16s12s")
_KIND, _FILE = "case-file", "file"
# Without i, l, o and u: nothing in it can be misread, and no word comes out by chance.
_SIGNS = "0123456789abcdefghjkmnpqrstvwxyz"
_MISREAD = str.maketrans("ilo", "110")
_LENGTH, _GROUP, _BITS = 20, 4, 5


def passphrase_from(secret: bytes) -> str:
    """Return the passphrase that belongs to a secret of at least 16 bytes: five groups of four signs, 100 bits."""
    number = int.from_bytes(derive(secret, "case-file/passphrase", (_LENGTH * _BITS + 7) // 8), "big")
    signs = "".join(_SIGNS[number >> (_BITS * place) & (len(_SIGNS) - 1)] for place in range(_LENGTH))
    return "-".join(signs[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))


def seal_file(passphrase: str, content: bytes, cost: Argon2Cost | None = None) -> bytes:
    """Return the encrypted file. Takes about 0.15 s and 64 MiB at the default cost, besides the content."""
    chosen = cost or passphrases.DEFAULT_COST
    salt, nonce = os.urandom(16), os.urandom(12)
    header = _HEADER.pack(_MAGIC, _VERSION, chosen.memory_kib, chosen.passes, chosen.lanes, salt, nonce)
    key = passphrases.passphrase_key(_as_made(passphrase), salt, chosen)
    return header + ChaCha20Poly1305(key).encrypt(nonce, pad(content), header)


def open_file(passphrase: str, file: bytes) -> bytes:
    """Return the content. Raises WrongPassphrase, and BoxNotOpened for what is no case file or one of a later form."""
    if len(file) <= _HEADER.size or not file.startswith(_MAGIC):
        raise BoxNotOpened(_KIND, _FILE, "outside", "no case file")
    header = file[: _HEADER.size]
    _, version, memory_kib, passes, lanes, salt, nonce = _HEADER.unpack(header)
    if version != _VERSION:
        raise BoxNotOpened(_KIND, _FILE, "outside", "unknown version")
    try:
        cost = Argon2Cost(memory_kib, passes, lanes)
    except ValueError:
        raise BoxNotOpened(_KIND, _FILE, "outside", "damaged") from None
    key = passphrases.passphrase_key(_as_made(passphrase), salt, cost)
    try:
        return unpad(ChaCha20Poly1305(key).decrypt(nonce, file[_HEADER.size :], header))
    except InvalidTag:
        raise WrongPassphrase("the passphrase does not open this file, or the file was changed") from None
    except PaddingBroken:
        raise BoxNotOpened(_KIND, _FILE, "outside", "padding") from None


def _as_made(typed: str) -> str:
    """Return a passphrase as it was made from one that was typed: any case, with or without lines between."""
    return "".join(sign for sign in typed.lower().translate(_MISREAD) if sign in _SIGNS)

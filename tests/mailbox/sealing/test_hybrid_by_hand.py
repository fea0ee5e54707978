"""Our boxes open by the written scheme alone: X-Wing, the RFC 9180 key schedule, ChaCha20-Poly1305.

The hybrid's combiner is spelled out here from draft-connolly-cfrg-xwing-kem-10 (5.3) and held by its published
vector; the key schedule is that of RFC 9180 (5.1). The library that seals could change its mind; letters may not.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from mailbox.errors import BoxNotOpened
from mailbox.sealing.box import BoxAddress, PrivateKey, open_box, seal

FOLDER = Path(__file__).parent
PUBLISHED = json.loads((FOLDER / "xwing_vector.json").read_text(encoding="ascii"))
KNOWN = json.loads((FOLDER / "known_answers.json").read_text(encoding="utf-8"))
ADDRESS = BoxAddress("note", "thread-1", "message-1")
XWING_LABEL = rb"\.//^" + b"\\"
KEM, KDF, AEAD = 0x647A, 0x0001, 0x0003
SUITE = b"HPKE" + b"".join(part.to_bytes(2, "big") for part in (KEM, KDF, AEAD))
ENCAPSULATED = slice(1, 1 + 1_120)


def shared_secret(private: bytes, encapsulated: bytes) -> bytes:
    """Decapsulate X-Wing with a 96-byte private key as we keep it."""
    mlkem = MLKEM768PrivateKey.from_seed_bytes(private[:64])
    x25519 = X25519PrivateKey.from_private_bytes(private[64:])
    mlkem_part, x25519_part = encapsulated[:1_088], encapsulated[1_088:]
    exchanged = x25519.exchange(X25519PublicKey.from_public_bytes(x25519_part))
    ours = x25519.public_key().public_bytes_raw()
    return hashlib.sha3_256(mlkem.decapsulate(mlkem_part) + exchanged + x25519_part + ours + XWING_LABEL).digest()


def extract(salt: bytes, label: bytes, material: bytes) -> bytes:
    return hmac.digest(salt, b"HPKE-v1" + SUITE + label + material, "sha256")


def expand(key: bytes, label: bytes, info: bytes, length: int) -> bytes:
    labelled = length.to_bytes(2, "big") + b"HPKE-v1" + SUITE + label + info
    return hmac.digest(key, labelled + b"\1", "sha256")[:length]


def open_by_hand(private: bytes, address: tuple[str, ...], box: bytes) -> bytes:
    assert box[0] == 1
    info = "/".join(("qiaoqiaohua", "v1", *address)).encode()
    context = b"\0" + extract(b"", b"psk_id_hash", b"") + extract(b"", b"info_hash", info)
    secret = extract(shared_secret(private, box[ENCAPSULATED]), b"secret", b"")
    key, nonce = expand(secret, b"key", context, 32), expand(secret, b"base_nonce", context, 12)
    padded = ChaCha20Poly1305(key).decrypt(nonce, box[ENCAPSULATED.stop :], b"")
    return padded[4 : 4 + int.from_bytes(padded[:4], "big")]


def published_key() -> bytes:
    # X-Wing writes a key pair as one seed of 32 bytes; SHAKE-256 of it is just what we keep.
    return hashlib.shake_256(bytes.fromhex(PUBLISHED["seed"])).digest(96)


def test_the_published_pair_is_a_pair_of_ours() -> None:
    public = PrivateKey.from_bytes(published_key()).public().to_bytes().hex()
    assert public.startswith(PUBLISHED["public_key_begins"])
    assert public.endswith(PUBLISHED["public_key_ends"])


def test_the_scheme_written_here_gives_the_published_secret() -> None:
    encapsulated = bytes.fromhex(PUBLISHED["encapsulated"])
    assert shared_secret(published_key(), encapsulated).hex() == PUBLISHED["shared_secret"]


@pytest.mark.parametrize("content", [b"", "我想换座位".encode(), bytes(40_000)], ids=len)
def test_what_we_seal_opens_by_the_written_scheme(content: bytes) -> None:
    private = PrivateKey.generate()
    box = seal(private.public(), ADDRESS, content)
    assert open_by_hand(private.to_bytes(), ("note", "thread-1", "message-1"), box) == content


def test_what_opens_nowhere_by_hand_does_not_open_with_us() -> None:
    private = PrivateKey.generate()
    box = seal(private.public(), ADDRESS, b"hello")
    with pytest.raises(InvalidTag):
        open_by_hand(private.to_bytes(), ("note", "thread-1", "message-2"), box)
    with pytest.raises(BoxNotOpened):
        open_box(private, BoxAddress("note", "thread-1", "message-2"), box)


@pytest.mark.parametrize("row", [row for row in KNOWN["boxes"] if "text" in row], ids=lambda row: row["name"])
def test_old_boxes_open_by_the_written_scheme(row: dict[str, Any]) -> None:
    private = bytes.fromhex(KNOWN["private_key"])
    assert open_by_hand(private, tuple(row["address"]), bytes.fromhex(row["box"])).decode() == row["text"]


@pytest.mark.parametrize("point", [bytes(32), b"\1" + bytes(31)], ids=["zero", "one"])
def test_a_point_without_a_secret_is_refused_like_any_changed_box(point: bytes) -> None:
    private = PrivateKey.generate()
    box = bytearray(seal(private.public(), ADDRESS, b"hello"))
    box[1 + 1_088 : 1 + 1_120] = point
    with pytest.raises(BoxNotOpened):
        open_box(private, ADDRESS, bytes(box))

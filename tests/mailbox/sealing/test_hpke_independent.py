"""The HPKE beneath the boxes agrees with an independent implementation (pyhpke) in both directions.

The post-quantum pair has no second implementation at hand, so the classical suite with the same key schedule
and the same cipher is compared; the hybrid itself is held by the known answers in vectors.json.
"""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from pyhpke import AEADId, CipherSuite, KDFId, KEMId, KEMKey, OpenError

from mailbox.sealing.box import BoxAddress
from mailbox.sealing.padding import pad, unpad

OURS = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)
THEIRS = CipherSuite.new(KEMId.DHKEM_X25519_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.CHACHA20_POLY1305)
PRIVATE = X25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
PUBLIC = PRIVATE.public_key()
INFO = BoxAddress("note", "thread-1", "message-1").info
CONTENTS = [b"", b"\0", "我想换座位".encode(), bytes(40_000)]
ENCAPSULATED_BYTES = 32


@pytest.mark.parametrize("content", CONTENTS, ids=len)
def test_the_other_implementation_opens_what_ours_seals(content: bytes) -> None:
    box = OURS.encrypt(pad(content), PUBLIC, info=INFO)
    reader = THEIRS.create_recipient_context(
        box[:ENCAPSULATED_BYTES], KEMKey.from_pyca_cryptography_key(PRIVATE), info=INFO
    )
    assert unpad(reader.open(box[ENCAPSULATED_BYTES:])) == content


@pytest.mark.parametrize("content", CONTENTS, ids=len)
def test_ours_opens_what_the_other_implementation_seals(content: bytes) -> None:
    encapsulated, writer = THEIRS.create_sender_context(KEMKey.from_pyca_cryptography_key(PUBLIC), info=INFO)
    assert unpad(OURS.decrypt(encapsulated + writer.seal(pad(content)), PRIVATE, info=INFO)) == content


def test_both_refuse_a_box_of_another_row() -> None:
    elsewhere = BoxAddress("note", "thread-1", "message-2").info
    box = OURS.encrypt(pad(b"hello"), PUBLIC, info=INFO)
    reader = THEIRS.create_recipient_context(
        box[:ENCAPSULATED_BYTES], KEMKey.from_pyca_cryptography_key(PRIVATE), info=elsewhere
    )
    with pytest.raises(OpenError):
        reader.open(box[ENCAPSULATED_BYTES:])
    with pytest.raises(InvalidTag):
        OURS.decrypt(box, PRIVATE, info=elsewhere)

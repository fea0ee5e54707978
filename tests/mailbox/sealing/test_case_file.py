"""The file in which a case leaves the house: it opens with its passphrase, and with nothing else."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from mailbox.errors import BoxNotOpened, WrongPassphrase
from mailbox.sealing.case_file import open_file, passphrase_from, seal_file
from mailbox.sealing.passphrase import Argon2Cost

LOW = Argon2Cost(memory_kib=64, passes=1)
PASSPHRASE = passphrase_from(b"sixteen bytes ..")
KEPT = Path(__file__).parent / "known_case_file.qqh"


def test_a_file_opens_however_its_passphrase_is_typed() -> None:
    file = seal_file(PASSPHRASE, b"what lies in it", LOW)
    for typed in (PASSPHRASE, PASSPHRASE.upper(), PASSPHRASE.replace("-", ""), f" {PASSPHRASE.replace('0', 'o')} "):
        assert open_file(typed, file) == b"what lies in it"


def test_a_passphrase_has_a_hundred_bits_in_signs_that_nobody_misreads() -> None:
    made = {passphrase_from(bytes([number]) * 16) for number in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"([0-9a-hjkmnp-tv-z]{4}-){4}[0-9a-hjkmnp-tv-z]{4}", one) for one in made)
    assert set("".join(made)) == set("0123456789abcdefghjkmnpqrstvwxyz-")


@pytest.mark.parametrize("place", [7, 11, 20, 40, 60, -1])
def test_a_changed_file_does_not_open(place: int) -> None:
    file = bytearray(seal_file(PASSPHRASE, b"what lies in it", LOW))
    file[place] ^= 1
    with pytest.raises((WrongPassphrase, BoxNotOpened)):
        open_file(PASSPHRASE, bytes(file))


def test_another_passphrase_and_what_is_no_file_are_told_apart() -> None:
    file = seal_file(PASSPHRASE, b"what lies in it", LOW)
    with pytest.raises(WrongPassphrase):
        open_file(passphrase_from(b"another sixteen."), file)
    for wrong in (b"", b"PK\x03\x04", file[:48], b"QQHCASE\x02" + file[8:]):
        with pytest.raises(BoxNotOpened):
            open_file(PASSPHRASE, wrong)


def test_its_length_says_little() -> None:
    assert len(seal_file(PASSPHRASE, b"a", LOW)) == len(seal_file(PASSPHRASE, b"a" * 500, LOW))


def test_it_is_what_its_documentation_says() -> None:
    """Opened by hand, as docs/boxes.md tells it."""
    file = seal_file(PASSPHRASE, b"what lies in it", LOW)
    magic, version, memory, passes, lanes, salt, nonce = struct.unpack(">7sBIII16s12s", file[:48])
    assert (magic, version) == (b"QQHCASE", 1)
    typed = PASSPHRASE.replace("-", "").encode()
    key = Argon2id(salt=salt, length=32, iterations=passes, lanes=lanes, memory_cost=memory).derive(typed)
    padded = ChaCha20Poly1305(key).decrypt(nonce, file[48:], file[:48])
    assert padded[4 : 4 + int.from_bytes(padded[:4], "big")] == b"what lies in it"


def test_a_file_that_was_made_once_opens_for_ever() -> None:
    assert open_file(PASSPHRASE, KEPT.read_bytes()) == "一个个案".encode()

"""Known answers: what was sealed once opens forever, and what was refused once is refused forever."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mailbox.errors import BoxNotOpened
from mailbox.sealing.authenticity import Authenticator
from mailbox.sealing.box import BoxAddress, PrivateKey, bytes_to_text, open_box
from mailbox.sealing.receipt import ReceiptCode, code_for_form, derive_receipt, open_receipt_key
from mailbox.sealing.recovery import RecoveryKey

KNOWN = json.loads(Path(__file__).with_name("known_answers.json").read_text(encoding="utf-8"))
PRIVATE = PrivateKey.from_bytes(bytes.fromhex(KNOWN["private_key"]))
RECEIPT = KNOWN["receipt"]
SECRET = derive_receipt(ReceiptCode(tuple(RECEIPT["pictures"])), bytes(range(16)), bytes(range(32)), 1)


def named(outcome: str) -> list[Any]:
    return [pytest.param(row, id=row["name"]) for row in KNOWN["boxes"] if outcome in row]


def test_an_old_private_key_still_has_its_public_half() -> None:
    assert PRIVATE.public().to_bytes().hex() == KNOWN["public_key"]


@pytest.mark.parametrize("row", named("text"))
def test_an_old_box_still_opens(row: dict[str, Any]) -> None:
    assert bytes_to_text(open_box(PRIVATE, BoxAddress(*row["address"]), bytes.fromhex(row["box"]))) == row["text"]


@pytest.mark.parametrize("row", named("refused"))
def test_a_spoilt_box_is_still_refused_for_its_reason(row: dict[str, Any]) -> None:
    with pytest.raises(BoxNotOpened) as refused:
        open_box(PRIVATE, BoxAddress(*row["address"]), bytes.fromhex(row["box"]))
    assert refused.value.reason == row["refused"]


def test_an_old_form_still_gives_its_code() -> None:
    assert list(code_for_form(bytes(range(32)), b"nonce", bytes(32)).pictures) == RECEIPT["pictures_of_form"]


def test_an_old_code_still_finds_its_thread() -> None:
    assert SECRET.lookup_tag.hex() == RECEIPT["lookup_tag"]


def test_an_old_code_still_gives_its_wrapping_key() -> None:
    assert SECRET.wrapping_key.hex() == RECEIPT["wrapping_key"]


def test_an_old_code_still_opens_its_receipt_key() -> None:
    opened = open_receipt_key(SECRET, "thread-7", bytes.fromhex(RECEIPT["wrapped"]))
    assert opened.public().to_bytes().hex() == RECEIPT["public"]


def test_an_old_recovery_secret_still_gives_its_pair() -> None:
    assert RecoveryKey(bytes(range(32))).private_key().public().to_bytes().hex() == KNOWN["recovery"]["public"]


def test_old_slips_still_join_into_their_secret() -> None:
    assert RecoveryKey.from_slips(*KNOWN["recovery"]["slips"]).secret == bytes(range(32))


def test_an_old_mark_is_still_believed() -> None:
    fields = {"text": "好", "raw": b"\0\1", "number": -7, "flag": True, "none": None}
    Authenticator(bytes(range(32))).check("reply", "r1", fields, bytes.fromhex(KNOWN["mac"]))

"""Keys as rows keep them for years: what was locked once opens forever, and damaged rows end in one error."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mailbox.errors import BoxNotOpened, WrongPassphrase
from mailbox.sealing.box import BoxAddress, PrivateKey
from mailbox.sealing.key_file import KeyFile
from mailbox.sealing.keyring import open_week_key
from mailbox.sealing.passphrase import LockedKey, unlock_private_key
from mailbox.sealing.wrapping import unwrap

KNOWN = json.loads(Path(__file__).with_name("at_rest.json").read_text(encoding="utf-8"))
READER = PrivateKey.from_bytes(bytes.fromhex(KNOWN["reader"]))
KEYS = KeyFile({1: bytes(32)}, bytes(range(32)), bytes(range(32, 64)))


def locked(outcome: str) -> list[Any]:
    return [pytest.param(row, id=row["name"]) for row in KNOWN["locked_keys"] if row["outcome"] == outcome]


def unlock(row: dict[str, str]) -> PrivateKey:
    return unlock_private_key(LockedKey.from_bytes(bytes.fromhex(row["locked"])), row["passphrase"], row["person"])


@pytest.mark.parametrize("row", locked("opens"))
def test_an_old_locked_key_still_opens(row: dict[str, str]) -> None:
    assert unlock(row).to_bytes() == READER.to_bytes()


@pytest.mark.parametrize("row", locked("refused"))
def test_a_locked_key_refused_once_is_still_refused(row: dict[str, str]) -> None:
    with pytest.raises(WrongPassphrase):
        unlock(row)


def test_an_old_week_box_still_opens() -> None:
    opened = open_week_key(READER, "week-1", "person-1", bytes.fromhex(KNOWN["week_box"]))
    assert opened.public().to_bytes().hex() == KNOWN["week_public"]


def test_a_week_box_that_holds_no_key_is_refused_as_a_box() -> None:
    # Whoever has the database has the reader's public key, and can seal something else to it.
    with pytest.raises(BoxNotOpened) as refused:
        open_week_key(READER, "week-1", "person-1", bytes.fromhex(KNOWN["week_box_with_no_key"]))
    assert refused.value.reason == "not a key"


def test_an_old_wrapped_secret_still_opens() -> None:
    address = BoxAddress("receipt-key", "thread-1", "code")
    assert unwrap(bytes(range(32)), address, bytes.fromhex(KNOWN["wrapped"])) == b"a secret"


@pytest.mark.parametrize("purpose", KNOWN["subkeys"])
def test_a_key_file_still_gives_the_same_key_for_a_purpose(purpose: str) -> None:
    assert KEYS.subkey(purpose).hex() == KNOWN["subkeys"][purpose]

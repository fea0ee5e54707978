"""Makes at_rest.json once: keys as rows keep them for years. Running it again would break what is promised."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from mailbox.sealing.box import BoxAddress, PrivateKey, seal
from mailbox.sealing.key_file import KeyFile
from mailbox.sealing.keyring import new_week_key
from mailbox.sealing.passphrase import Argon2Cost, lock_private_key
from mailbox.sealing.wrapping import wrap

PASSPHRASE = "苹果树下的第三只猫"
KEYS = KeyFile({1: bytes(32)}, bytes(range(32)), bytes(range(32, 64)))
PURPOSES = ("authenticity/rows", "form/code", "channel/mail")
COSTS = {"default cost": Argon2Cost(), "low cost": Argon2Cost(64, 1), "two lanes": Argon2Cost(64, 2, 2)}
WEEK_BOX = BoxAddress("week-key", "week-1", "person-1")
WRAPPING = BoxAddress("receipt-key", "thread-1", "code")
READER = PrivateKey.from_bytes(hashlib.shake_256(b"at rest: reader").digest(96))


def locked_keys() -> list[dict[str, object]]:
    made = {name: lock_private_key(READER, PASSPHRASE, "person-1", cost).to_bytes() for name, cost in COSTS.items()}
    low = made["low cost"]
    rows = [("opens", name, PASSPHRASE, "person-1", raw) for name, raw in made.items()]
    rows += [
        ("opens", "typed in full width", f" {PASSPHRASE}\u3000", "person-1", low),
        ("refused", "wrong passphrase", "苹果树下的第四只猫", "person-1", low),
        ("refused", "another person", PASSPHRASE, "person-2", low),
        ("refused", "unknown version", PASSPHRASE, "person-1", b"\2" + low[1:]),
        ("refused", "cut", PASSPHRASE, "person-1", low[:-1]),
        ("refused", "terabytes", PASSPHRASE, "person-1", low[:1] + b"\xff" + low[2:]),
        ("refused", "no passes", PASSPHRASE, "person-1", low[:5] + bytes(4) + low[9:]),
    ]
    return [
        {"name": name, "outcome": outcome, "passphrase": words, "person": person, "locked": raw.hex()}
        for outcome, name, words, person, raw in rows
    ]


def at_rest() -> dict[str, object]:
    week_public, boxes = new_week_key("week-1", {"person-1": READER.public()})
    return {
        "reader": READER.to_bytes().hex(),
        "locked_keys": locked_keys(),
        "week_public": week_public.to_bytes().hex(),
        "week_box": boxes["person-1"].hex(),
        "week_box_with_no_key": seal(READER.public(), WEEK_BOX, b"no key").hex(),
        "wrapped": wrap(bytes(range(32)), WRAPPING, b"a secret").hex(),
        "subkeys": {purpose: KEYS.subkey(purpose).hex() for purpose in PURPOSES},
    }


if __name__ == "__main__":
    with Path(__file__).with_name("at_rest.json").open("x", encoding="utf-8") as file:
        json.dump(at_rest(), file, indent=1, ensure_ascii=False)
        file.write("\n")

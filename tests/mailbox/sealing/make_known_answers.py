"""Makes known_answers.json once. What it holds must open forever, so the file is never made again."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from mailbox.sealing.authenticity import Authenticator
from mailbox.sealing.box import BoxAddress, PrivateKey, seal
from mailbox.sealing.receipt import ReceiptCode, code_for_form, derive_receipt, new_receipt_key
from mailbox.sealing.recovery import RecoveryKey

KEY = PrivateKey.from_bytes(hashlib.shake_256(b"known answers: reader").digest(96))
STRANGER = PrivateKey.from_bytes(hashlib.shake_256(b"known answers: stranger").digest(96))
ADDRESS = ("note", "thread-7", "message-7")
CONTENTS = {"nothing": "", "a line": "我想换座位 🙂", "null": "a\0b", "right to left": "\u202eשלום", "long": "好" * 700}


def boxes() -> list[dict[str, object]]:
    made: list[dict[str, object]] = []
    for name, text in CONTENTS.items():
        box = seal(KEY.public(), BoxAddress(*ADDRESS), text.encode())
        made.append({"name": name, "address": ADDRESS, "box": box.hex(), "text": text})
    whole = bytes.fromhex(str(made[1]["box"]))
    spoilt = {
        "unknown version": (ADDRESS, b"\2" + whole[1:], "unknown version"),
        "empty": (ADDRESS, b"", "empty"),
        "cut": (ADDRESS, whole[:-1], "wrong key, changed or moved"),
        "longer": (ADDRESS, whole + b"\0", "wrong key, changed or moved"),
        "changed key part": (ADDRESS, whole[:9] + bytes([whole[9] ^ 1]) + whole[10:], "wrong key, changed or moved"),
        "other kind": (("reply", *ADDRESS[1:]), whole, "wrong key, changed or moved"),
        "other owner": (("note", "thread-8", ADDRESS[2]), whole, "wrong key, changed or moved"),
        "other message": ((*ADDRESS[:2], "message-8"), whole, "wrong key, changed or moved"),
        "other key": (ADDRESS, seal(STRANGER.public(), BoxAddress(*ADDRESS), b"x"), "wrong key, changed or moved"),
    }
    for name, (address, box, reason) in spoilt.items():
        made.append({"name": name, "address": address, "box": box.hex(), "refused": reason})
    return made


def receipt() -> dict[str, object]:
    code = ReceiptCode((3, 1, 4, 15, 92, 65))
    secret = derive_receipt(code, bytes(range(16)), bytes(range(32)), 1)
    public, wrapped = new_receipt_key(secret, "thread-7")
    return {
        "pictures_of_form": code_for_form(bytes(range(32)), b"nonce", bytes(32)).pictures,
        "pictures": code.pictures,
        "lookup_tag": secret.lookup_tag.hex(),
        "wrapping_key": secret.wrapping_key.hex(),
        "wrapped": wrapped.hex(),
        "public": public.to_bytes().hex(),
    }


def recovery() -> dict[str, object]:
    key = RecoveryKey(bytes(range(32)))
    return {"slips": key.slips(), "public": key.private_key().public().to_bytes().hex()}


def answers() -> dict[str, object]:
    fields = {"text": "好", "raw": b"\0\1", "number": -7, "flag": True, "none": None}
    return {
        "private_key": KEY.to_bytes().hex(),
        "public_key": KEY.public().to_bytes().hex(),
        "boxes": boxes(),
        "receipt": receipt(),
        "recovery": recovery(),
        "mac": Authenticator(bytes(range(32))).mac("reply", fields).hex(),
    }


if __name__ == "__main__":
    with Path(__file__).with_name("known_answers.json").open("x", encoding="utf-8") as file:
        json.dump(answers(), file, indent=1)
        file.write("\n")

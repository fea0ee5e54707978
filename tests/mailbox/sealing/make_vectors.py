"""Makes vectors.json once. Running it again would break the promise that old boxes open forever."""

from __future__ import annotations

import json
from pathlib import Path

from mailbox.sealing.box import BoxAddress, PrivateKey, seal
from mailbox.sealing.receipt import code_for_form, derive_receipt


def vectors() -> dict[str, object]:
    private = PrivateKey.from_bytes(bytes(range(96)))
    here, elsewhere = ("note", "thread-1", "note-1"), ("note", "thread-1", "note-2")
    content = "一封信".encode()
    box = seal(private.public(), BoxAddress(*here), content)
    flipped = box[:-1] + bytes([box[-1] ^ 1])
    rows = [(here, box, "opens"), (elsewhere, box, "refused"), (here, flipped, "refused"), (here, box[:-1], "refused")]
    code = code_for_form(b"k" * 32, b"nonce", b"d" * 32)
    return {
        "private_key": private.to_bytes().hex(),
        "public_key": private.public().to_bytes().hex(),
        "boxes": [
            {"address": address, "box": sealed.hex(), "outcome": outcome, "content": content.hex()}
            for address, sealed, outcome in rows
        ],
        "code": code.pictures,
        "lookup_tag": derive_receipt(code, b"s" * 16, b"p" * 32, 1).lookup_tag.hex(),
    }


if __name__ == "__main__":
    with Path(__file__).with_name("vectors.json").open("x", encoding="utf-8") as file:
        json.dump(vectors(), file, indent=1)

"""Where the box of a held thread lies once its week's key is gone, and how a reader opens it with the case key."""

from __future__ import annotations

from mailbox.care.entries import CaseKeys
from mailbox.sealing.box import BoxAddress
from mailbox.store.tables import HeldBox


def held_address(kind: str, thread_id: str, message_id: str) -> BoxAddress:
    """Return the address of a box that was sealed anew: it opens at no other kind, thread or message."""
    return BoxAddress(f"held-{kind}", thread_id, message_id)


def open_held(keys: CaseKeys, row: HeldBox, address: BoxAddress) -> bytes:
    """Return what was sealed at ``address`` before its week went. Raises BoxNotOpened."""
    if row.thread_id != address.owner_id:
        raise address.refuse("gone")
    held = held_address(address.kind, address.owner_id, address.message_id)
    return keys.open(held, row.case_key_id, row.box)

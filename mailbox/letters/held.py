"""Where the box of a held thread lies once its week's key is gone, and how a reader opens it with the case key."""

from __future__ import annotations

from mailbox.care.entries import CaseKeys
from mailbox.people.login import Colleague
from mailbox.sealing.box import BoxAddress
from mailbox.store.database import Session
from mailbox.store.retention import held_box


def held_address(kind: str, thread_id: str, message_id: str) -> BoxAddress:
    """Return the address of a box that was sealed anew: it opens at no other kind, thread or message."""
    return BoxAddress(f"held-{kind}", thread_id, message_id)


def open_held(session: Session, colleague: Colleague, address: BoxAddress) -> bytes | None:
    """Return what was sealed at ``address`` before its week went; None if nothing was. Raises BoxNotOpened."""
    row = held_box(session, address.message_id, address.kind)
    if row is None or row.thread_id != address.owner_id:
        return None
    held = held_address(address.kind, address.owner_id, address.message_id)
    return CaseKeys(session, colleague).open(held, row.case_key_id, row.box)

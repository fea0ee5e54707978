"""Week keys and case keys: the private half sealed to every reader of theirs and to the recovery key, then forgotten.

Owns how a generation is made and shared. Who is a holder is decided above; this module only seals.
"""

from __future__ import annotations

from collections.abc import Mapping

from mailbox.sealing.box import BoxAddress, PrivateKey, PublicKey, open_box, seal

RECOVERY_HOLDER = "recovery"
WEEK_KEY = "week-key"
CASE_KEY = "case-key"


def new_week_key(week_key_id: str, holders: Mapping[str, PublicKey]) -> tuple[PublicKey, dict[str, bytes]]:
    """Make a week key; return its public half and one box of the private half per holder id.

    Raises ValueError without holders: nobody could ever read what is sealed to such a key.
    """
    return _new_pair(WEEK_KEY, week_key_id, holders)


def new_case_key(case_key_id: str, holders: Mapping[str, PublicKey]) -> tuple[PublicKey, dict[str, bytes]]:
    """Make a case key, as :func:`new_week_key` does. Raises ValueError without holders."""
    return _new_pair(CASE_KEY, case_key_id, holders)


def open_week_key(holder_private: PrivateKey, week_key_id: str, holder_id: str, box: bytes) -> PrivateKey:
    """Return the week's private key from a holder's box. Raises BoxNotOpened."""
    return _open_pair(BoxAddress(WEEK_KEY, week_key_id, holder_id), holder_private, box)


def open_case_key(holder_private: PrivateKey, case_key_id: str, holder_id: str, box: bytes) -> PrivateKey:
    """Return the private case key from a holder's box. Raises BoxNotOpened."""
    return _open_pair(BoxAddress(CASE_KEY, case_key_id, holder_id), holder_private, box)


def share_week_key(
    week_private: PrivateKey, week_key_id: str, new_holder_id: str, new_holder_public: PublicKey
) -> bytes:
    """Seal a week's private key to one more holder."""
    return seal(new_holder_public, BoxAddress(WEEK_KEY, week_key_id, new_holder_id), week_private.to_bytes())


def share_case_key(
    case_private: PrivateKey, case_key_id: str, new_holder_id: str, new_holder_public: PublicKey
) -> bytes:
    """Seal a private case key to one more holder."""
    return seal(new_holder_public, BoxAddress(CASE_KEY, case_key_id, new_holder_id), case_private.to_bytes())


def _new_pair(kind: str, key_id: str, holders: Mapping[str, PublicKey]) -> tuple[PublicKey, dict[str, bytes]]:
    if not holders:
        raise ValueError(f"a {kind} needs at least one holder")
    private = PrivateKey.generate()
    content = private.to_bytes()
    boxes = {
        holder_id: seal(public, BoxAddress(kind, key_id, holder_id), content) for holder_id, public in holders.items()
    }
    return private.public(), boxes


def _open_pair(address: BoxAddress, holder_private: PrivateKey, box: bytes) -> PrivateKey:
    return PrivateKey.from_box(address, open_box(holder_private, address, box))

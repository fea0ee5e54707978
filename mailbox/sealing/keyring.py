"""Week keys: the private half sealed to every active reader and to the recovery key, then forgotten.

Owns how a generation is made and shared. Who is a holder is decided above; this module only seals.
"""

from __future__ import annotations

from collections.abc import Mapping

from mailbox.sealing.box import BoxAddress, PrivateKey, PublicKey, open_box, seal

RECOVERY_HOLDER = "recovery"
WEEK_KEY = "week-key"


def new_week_key(week_key_id: str, holders: Mapping[str, PublicKey]) -> tuple[PublicKey, dict[str, bytes]]:
    """Make a week key; return its public half and one box of the private half per holder id.

    Raises ValueError without holders: nobody could ever read what is sealed to such a key.
    """
    if not holders:
        raise ValueError("a week key needs at least one holder")
    private = PrivateKey.generate()
    boxes = {
        holder_id: share_week_key(private, week_key_id, holder_id, public) for holder_id, public in holders.items()
    }
    return private.public(), boxes


def open_week_key(holder_private: PrivateKey, week_key_id: str, holder_id: str, box: bytes) -> PrivateKey:
    """Return the week's private key from a holder's box. Raises BoxNotOpened."""
    address = _address(week_key_id, holder_id)
    return PrivateKey.from_box(address, open_box(holder_private, address, box))


def share_week_key(
    week_private: PrivateKey, week_key_id: str, new_holder_id: str, new_holder_public: PublicKey
) -> bytes:
    """Seal a week's private key to one more holder."""
    return seal(new_holder_public, _address(week_key_id, new_holder_id), week_private.to_bytes())


def _address(week_key_id: str, holder_id: str) -> BoxAddress:
    return BoxAddress(WEEK_KEY, week_key_id, holder_id)

"""Short-lived opaque passes carried in forms (Fernet under a form key): who may go on, without a cookie.

Owns issue and acceptance; a pass is bound to a purpose and to the device it was given to.
"""

from __future__ import annotations

import base64
import hmac

from cryptography.fernet import Fernet, InvalidToken

from mailbox.errors import PassRefused
from mailbox.sealing.derivation import derive

_BINDING_BYTES = 32


def issue_pass(form_key: bytes, purpose: str, bound_to: str, payload: bytes, now: int) -> str:
    """Return an opaque text for ``payload``; ``now`` in seconds since 1970."""
    return _fernet(form_key, purpose).encrypt_at_time(_binding(form_key, bound_to) + payload, now).decode("ascii")


def accept_pass(form_key: bytes, purpose: str, bound_to: str, token: str, now: int, max_age_s: int) -> bytes:
    """Return the payload. Raises PassRefused('forged') or PassRefused('stale')."""
    fernet = _fernet(form_key, purpose)
    try:
        raw = token.encode("utf-8", "surrogatepass")
        content = fernet.decrypt(raw)
        issued = fernet.extract_timestamp(raw)
    except InvalidToken:
        raise PassRefused("forged") from None
    binding, payload = content[:_BINDING_BYTES], content[_BINDING_BYTES:]
    if not hmac.compare_digest(binding, _binding(form_key, bound_to)):
        raise PassRefused("forged")
    if not issued <= now <= issued + max_age_s:
        raise PassRefused("stale")
    return payload


def _fernet(form_key: bytes, purpose: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derive(form_key, f"pass/{purpose}")))


def _binding(form_key: bytes, bound_to: str) -> bytes:
    return hmac.digest(derive(form_key, "pass-binding"), bound_to.encode("utf-8"), "sha256")

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
# A school PC's clock is set back now and then; a pass from the minute ahead was still made by us.
_CLOCK_STEP_S = 60


def issue_pass(form_key: bytes, purpose: str, bound_to: str, payload: bytes, now: int) -> str:
    """Return an opaque text for ``payload``; ``now`` in seconds since 1970."""
    return _fernet(form_key, purpose).encrypt_at_time(_binding(form_key, bound_to) + payload, now).decode("ascii")


def accept_pass(form_key: bytes, purpose: str, bound_to: str, token: str, now: int, max_age_s: int) -> bytes:
    """Return the payload of a pass at most ``max_age_s`` seconds old. Raises PassRefused('forged') or ('stale')."""
    fernet = _fernet(form_key, purpose)
    try:
        raw = token.encode("ascii")
        content = fernet.decrypt(raw)
        issued = fernet.extract_timestamp(raw)
    except (InvalidToken, UnicodeEncodeError):
        raise PassRefused("forged") from None
    binding, payload = content[:_BINDING_BYTES], content[_BINDING_BYTES:]
    # Base64 has several spellings of the same bytes; a pass has one, so that a used one can be told again.
    if base64.urlsafe_b64encode(base64.urlsafe_b64decode(raw)) != raw:
        raise PassRefused("forged")
    if not hmac.compare_digest(binding, _binding(form_key, bound_to)):
        raise PassRefused("forged")
    if not issued - _CLOCK_STEP_S <= now <= issued + max_age_s:
        raise PassRefused("stale")
    return payload


def _fernet(form_key: bytes, purpose: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derive(form_key, f"pass/{purpose}")))


def _binding(form_key: bytes, bound_to: str) -> bytes:
    return hmac.digest(derive(form_key, "pass-binding"), bound_to.encode("utf-8", "surrogatepass"), "sha256")

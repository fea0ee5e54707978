"""A second factor of time (TOTP, RFC 6238) and its spare codes. Owns the secret's wrapped form and what fits now.

The secret is wrapped under the key file: who has the database alone cannot make codes.
"""

from __future__ import annotations

import base64
import hmac
import os
import secrets

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from mailbox.errors import BoxNotOpened, NotAuthentic
from mailbox.sealing.box import BoxAddress
from mailbox.sealing.wrapping import unwrap, wrap

STEP_S = 30
DIGITS = 6
SPARE_CODES = 10
# One step on both sides, for clocks that are a little off and fingers that are a little slow.
_STEPS_OFF = 1
# How far back we look in order to say that a telephone's clock is slow; such a code opens nothing.
_STEPS_SLOW = 60
_SECRET_BYTES = 20
# Without the letters and digits that look alike on paper.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_SPARE_LENGTH = 10


def new_secret() -> bytes:
    """Return 20 random bytes, as long as the hash (RFC 4226, 4)."""
    return os.urandom(_SECRET_BYTES)


def wrap_secret(key: bytes, person_id: str, secret: bytes) -> bytes:
    return wrap(key, _address(person_id), secret)


def unwrap_secret(key: bytes, person_id: str, wrapped: bytes) -> bytes:
    """Raises NotAuthentic for another person's secret, or a changed one."""
    try:
        return unwrap(key, _address(person_id), wrapped)
    except BoxNotOpened:
        raise NotAuthentic("people", person_id) from None


def secret_in_letters(secret: bytes) -> str:
    """Return the secret as it is typed into an app by hand: groups of four letters."""
    letters = base64.b32encode(secret).decode("ascii")
    return " ".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def app_address(secret: bytes, account: str, issuer: str) -> str:
    """Return what the QR code says to an app."""
    return _totp(secret).get_provisioning_uri(account, issuer)


def step_of(secret: bytes, code: str, now_s: int) -> int | None:
    """Return the step whose code this is, if it is of now or of one step beside it."""
    here = now_s // STEP_S
    return _found(secret, code, range(here - _STEPS_OFF, here + _STEPS_OFF + 1))


def minutes_slow(secret: bytes, code: str, now_s: int) -> int | None:
    """Return by how many minutes the clock that made this code is slow, within half an hour.

    Codes to come are not looked for: who guesses one must not learn that it will fit.
    """
    here = now_s // STEP_S
    step = _found(secret, code, range(here - _STEPS_SLOW, here - _STEPS_OFF))
    return None if step is None else max(1, round((here - step) * STEP_S / 60))


def new_spare_codes() -> list[str]:
    """Return ten codes of about 49 random bits each."""
    return ["".join(secrets.choice(_ALPHABET) for _ in range(_SPARE_LENGTH)) for _ in range(SPARE_CODES)]


def spare_tag(key: bytes, person_id: str, code: str) -> bytes:
    """Return what is kept of a spare code; spaces, hyphens and capitals do not matter."""
    meant = "".join(sign for sign in code.lower() if sign.isalnum())
    return hmac.digest(key, f"{person_id}/{meant}".encode("utf-8", "surrogatepass"), "sha256")


def _found(secret: bytes, code: str, steps: range) -> int | None:
    totp, typed = _totp(secret), code.encode("utf-8", "surrogatepass")
    # Every step is tried, so that the time says nothing about which one it was.
    fitting = [step for step in steps if hmac.compare_digest(totp.generate(step * STEP_S), typed)]
    return fitting[-1] if fitting else None


def _totp(secret: bytes) -> TOTP:
    # SHA-1 is what every app understands; as an HMAC it is not broken (RFC 6238, 1.2).
    return TOTP(secret, DIGITS, SHA1(), STEP_S)  # noqa: S303


def _address(person_id: str) -> BoxAddress:
    return BoxAddress("second-factor", person_id, "secret")

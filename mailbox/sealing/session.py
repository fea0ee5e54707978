"""A reader's unlocked key between two requests, split in two: ciphertext in the database, key in the cookie.

Neither half alone opens anything. Owns the split; the idle clock is kept above.
"""

from __future__ import annotations

import base64
import os

from mailbox.errors import BoxNotOpened, SessionRefused
from mailbox.sealing.box import BoxAddress, PrivateKey
from mailbox.sealing.derivation import derive
from mailbox.sealing.wrapping import unwrap, wrap

_COOKIE_BYTES = 32


def lock_session(private: PrivateKey, person_id: str) -> tuple[str, str, bytes]:
    """Return the cookie's value (43 characters), the session id (32 hex digits) and the sealed private key."""
    secret = os.urandom(_COOKIE_BYTES)
    cookie = _cookie_of(secret)
    session_id = _id_of(secret)
    return cookie, session_id, wrap(derive(secret, "session/key"), _address(person_id, session_id), private.to_bytes())


def session_id_of(cookie: str) -> str:
    """Return the row that belongs to a cookie. Raises SessionRefused if the cookie is malformed."""
    return _id_of(_secret_of(cookie))


def open_session(cookie: str, person_id: str, sealed: bytes) -> PrivateKey:
    """Return the private key. Raises SessionRefused for a foreign, malformed or changed session."""
    secret = _secret_of(cookie)
    address = _address(person_id, _id_of(secret))
    try:
        return PrivateKey.from_box(address, unwrap(derive(secret, "session/key"), address, sealed))
    except BoxNotOpened:
        raise SessionRefused("this session is not of this installation") from None


def _cookie_of(secret: bytes) -> str:
    return base64.urlsafe_b64encode(secret).rstrip(b"=").decode("ascii")


def _secret_of(cookie: str) -> bytes:
    try:
        secret = base64.b64decode(cookie + "=", altchars=b"-_", validate=True)
    except ValueError:
        raise SessionRefused("the session cookie is malformed") from None
    # Base64 has several spellings of the same bytes; a session has one cookie.
    if len(secret) != _COOKIE_BYTES or _cookie_of(secret) != cookie:
        raise SessionRefused("the session cookie is malformed")
    return secret


def _id_of(secret: bytes) -> str:
    return derive(secret, "session/id", 16).hex()


def _address(person_id: str, session_id: str) -> BoxAddress:
    return BoxAddress("session", person_id, session_id)

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
    cookie = base64.urlsafe_b64encode(secret).rstrip(b"=").decode("ascii")
    session_id = _id_of(secret)
    return cookie, session_id, wrap(derive(secret, "session/key"), _address(person_id, session_id), private.to_bytes())


def session_id_of(cookie: str) -> str:
    """Return the row that belongs to a cookie. Raises SessionRefused if the cookie is malformed."""
    return _id_of(_secret_of(cookie))


def open_session(cookie: str, person_id: str, sealed: bytes) -> PrivateKey:
    """Return the private key. Raises SessionRefused for a foreign, malformed or changed session."""
    secret = _secret_of(cookie)
    try:
        raw = unwrap(derive(secret, "session/key"), _address(person_id, _id_of(secret)), sealed)
    except BoxNotOpened:
        raise SessionRefused("this session is not of this installation") from None
    return PrivateKey.from_bytes(raw)


def _secret_of(cookie: str) -> bytes:
    try:
        secret = base64.b64decode(cookie + "=", altchars=b"-_", validate=True)
    except ValueError:
        raise SessionRefused("the session cookie is malformed") from None
    if len(secret) != _COOKIE_BYTES:
        raise SessionRefused("the session cookie is malformed")
    return secret


def _id_of(secret: bytes) -> str:
    return derive(secret, "session/id", 16).hex()


def _address(person_id: str, session_id: str) -> BoxAddress:
    return BoxAddress("session", person_id, session_id)

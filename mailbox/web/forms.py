"""Form tokens: one sealed pass carries the proof that we made the form, for this device, and the form's nonce.

So there is no session cookie for children. The pass also says when the form was made, so that a page can tell the
forms of an earlier child. Only url-encoded forms are read, and on the pages that take a letter multipart ones too.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from flask import Request

from mailbox.errors import PassRefused
from mailbox.office import Office
from mailbox.sealing.passes import accept_pass, issue_pass
from mailbox.web.bodies import MAX_FORM_BYTES, MAX_LETTER_BYTES

__all__ = [
    "FORM_AGE_SECONDS",
    "MAX_FORM_BYTES",
    "MAX_LETTER_BYTES",
    "OurForm",
    "device_of",
    "device_pass",
    "new_token",
    "nonce_of",
    "our_form",
    "require_letter_form",
    "require_plain_form",
    "text_of",
    "thread_of",
    "thread_pass",
    "times_of",
    "times_pass",
]

TOKEN_FIELD = "token"  # noqa: S105 - the name of a field, not a secret.
FORM_AGE_SECONDS = 7_200
DEVICE_AGE_SECONDS = 400 * 24 * 3_600
_FORM_TYPE = "application/x-www-form-urlencoded"
_LETTER_TYPE = "multipart/form-data"
_NONCE_BYTES = 16


@dataclass(frozen=True)
class OurForm:
    """A sent form that we made: its nonce, and when it was made, in seconds since 1970."""

    nonce: bytes = field(repr=False)
    made_at_s: int


def new_token(office: Office, purpose: str, device: str) -> str:
    """Return a token for one form of ``purpose``, bound to ``device``; it carries a fresh 16-byte nonce."""
    made_at_s = int(office.clock().timestamp())
    return _issue(office, f"form-{purpose}", device, os.urandom(_NONCE_BYTES) + made_at_s.to_bytes(8, "big"))


def our_form(office: Office, purpose: str, device: str, request: Request, *, is_letter: bool = False) -> OurForm:
    """Return what the sent form's token says. Raises PassRefused (forged, stale), also for another kind of body."""
    require_letter_form(request) if is_letter else require_plain_form(request)
    token = request.form.get(TOKEN_FIELD, "")
    carried = _accept(office, f"form-{purpose}", device, token, FORM_AGE_SECONDS)
    return OurForm(carried[:_NONCE_BYTES], int.from_bytes(carried[_NONCE_BYTES:], "big"))


def nonce_of(office: Office, purpose: str, device: str, request: Request) -> bytes:
    """Return the nonce of a sent form. Raises PassRefused (forged, stale)."""
    return our_form(office, purpose, device, request).nonce


def text_of(request: Request, name: str) -> str:
    """Return a field's text with line ends as the child typed them: a browser sends two signs for each."""
    return request.form.get(name, "").replace("\r\n", "\n")


def thread_pass(office: Office, device: str, thread_id: str) -> str:
    """Return a pass to write back into a thread that was just opened by its code."""
    return _issue(office, "thread", device, thread_id.encode())


def thread_of(office: Office, device: str, token: str) -> str:
    """Return the thread a pass stands for. Raises PassRefused."""
    return _accept(office, "thread", device, token, FORM_AGE_SECONDS).decode()


def times_pass(office: Office, device: str, offered: bytes) -> str:
    """Return a pass that carries the times offered in a thread, sealed, to the form that chooses one of them."""
    return _issue(office, "times", device, offered)


def times_of(office: Office, device: str, token: str) -> bytes:
    """Return what a pass of times carries. Raises PassRefused."""
    return _accept(office, "times", device, token, FORM_AGE_SECONDS)


def device_pass(office: Office, login_name: str, device_id: bytes) -> str:
    """Return a pass that says: on this device ``login_name`` once gave the right passphrase."""
    return _issue(office, "desk-device", login_name, device_id)


def device_of(office: Office, login_name: str, token: str) -> bytes:
    """Return the device a pass stands for. Raises PassRefused, also for another login name's pass."""
    return _accept(office, "desk-device", login_name, token, DEVICE_AGE_SECONDS)


def require_plain_form(request: Request) -> None:
    """Raise PassRefused for a body that is no plain form or does not say its length, before anything parses it."""
    # Of a body without a length only its beginning would be read: a letter cut off, and nobody would notice.
    if request.mimetype != _FORM_TYPE or request.content_length is None:
        raise PassRefused("forged")


def require_letter_form(request: Request) -> None:
    """Raise PassRefused for a body that is no form; one with a drawing or a voice may be as large as these are."""
    if request.mimetype != _LETTER_TYPE or request.content_length is None:
        require_plain_form(request)
    else:
        request.max_content_length = MAX_LETTER_BYTES


def _issue(office: Office, purpose: str, device: str, payload: bytes) -> str:
    now_seconds = int(office.clock().timestamp())
    return issue_pass(office.keys.subkey("form/pass"), purpose, device, payload, now_seconds)


def _accept(office: Office, purpose: str, device: str, token: str, max_age_s: int) -> bytes:
    now_seconds = int(office.clock().timestamp())
    return accept_pass(office.keys.subkey("form/pass"), purpose, device, token, now_seconds, max_age_s)

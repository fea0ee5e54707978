"""Who may try a passphrase how often, so that a stranger who guesses never locks out the real counselor.

A browser that logged in, with the second factor where there is one, carries a pass for that login name and has a
counter of its own. All other browsers share one counter for each name and one in all. Owns the pass's cookie and the
paces; checks no passphrase and no code.
"""

from __future__ import annotations

import os

from flask import Response, request

from mailbox.errors import PassRefused
from mailbox.rules.throttle import Pace
from mailbox.web.current import office
from mailbox.web.forms import DEVICE_AGE_SECONDS, device_of, device_pass
from mailbox.web.throttle import Limit

COOKIE = "__Host-desk-device"
# Several counselors may share the computer of a staff room; the pass of whoever came longest ago goes first.
_MOST_PASSES = 4
_BETWEEN = "."
_DEVICE_ID_BYTES = 16

KNOWN_DEVICE = Pace(burst=10, interval_s=30)
ONE_NAME = Pace(burst=5, interval_s=60)
ALL_STRANGERS = Pace(burst=20, interval_s=6)
# Six digits are soon guessed by who knows the passphrase: so after the first tries they come by the hour.
WRONG_CODES = Pace(burst=20, interval_s=3_600)


def limits_of(login_name: str) -> tuple[Limit, ...]:
    """Return the counters that one try of ``login_name`` from the asking browser is counted in."""
    device_id = _device_known_for(login_name)
    if device_id is not None:
        return ((f"login/device/{device_id.hex()}/{login_name}", KNOWN_DEVICE),)
    return ((f"login/name/{login_name}", ONE_NAME), ("login/strangers", ALL_STRANGERS))


def limit_of_codes(login_name: str) -> Limit:
    """Return the counter of phone codes: the asking browser's own if it is known, else the one of all others."""
    device_id = _device_known_for(login_name)
    where = "others" if device_id is None else device_id.hex()
    return (f"login/codes/{where}/{login_name}", WRONG_CODES)


def remember_device(response: Response, login_name: str) -> None:
    """Give the browser a pass for ``login_name``; passes of other names stay beside it."""
    device_id = _device_known_for(login_name) or os.urandom(_DEVICE_ID_BYTES)
    others = [token for token in _passes() if not _is_for(login_name, token)]
    passes = [device_pass(office(), login_name, device_id), *others][:_MOST_PASSES]
    response.set_cookie(
        COOKIE,
        _BETWEEN.join(passes),
        max_age=DEVICE_AGE_SECONDS,
        secure=True,
        httponly=True,
        samesite="Strict",
        path="/",
    )


def _device_known_for(login_name: str) -> bytes | None:
    for token in _passes():
        try:
            return device_of(office(), login_name, token)
        except PassRefused:
            continue
    return None


def _is_for(login_name: str, token: str) -> bool:
    try:
        device_of(office(), login_name, token)
    except PassRefused:
        return False
    return True


def _passes() -> list[str]:
    return [token for token in request.cookies.get(COOKIE, "").split(_BETWEEN)[:_MOST_PASSES] if token]

"""How a school and its people arrive: the one-time set-up link, invitations, and the recovery slips shown once.

Owns the set-up secret, which lives in memory only; keeps no passphrase and no slip.
"""

from __future__ import annotations

import secrets

from flask import Blueprint, Flask

from counselor_ui.guard import guard

pages = Blueprint("arrival", __name__, template_folder="templates")
guard(pages)

_SECRET = "setup_secret"  # noqa: S105 - the name of a place, not a secret.


def install(app: Flask) -> None:
    """Give ``app`` a fresh set-up secret; made before the workers are forked, so that all of them know it."""
    app.extensions[_SECRET] = secrets.token_urlsafe(24)


def setup_path(app: Flask) -> str:
    """Return the path of the set-up link; whoever opens it founds the school."""
    return f"/setup/{app.extensions[_SECRET]}"

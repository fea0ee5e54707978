"""What a page elsewhere may not do: speak with the mailbox under its own name, or send it a form.

A page elsewhere may give its own name this PC's address once a browser of the school has opened it (DNS rebinding) and
then talk with the mailbox as if from inside. Its name is one of the public DNS. So addresses, names without a dot and
names that no public DNS holds are always good, and of all others only the certificate's, this PC's own and those of the
setting ``other_names``: no tablet that reaches the mailbox in a usual way is ever refused.

A form that it sends from its own address brings no cookie of ours along. But the login's form is everybody's, and an
insider could let a colleague's browser log in under the insider's name. Browsers say of each request whether it comes
from another site; those that are too old to say it are held by the form's token alone.
"""

from __future__ import annotations

import socket
from ipaddress import ip_address

from flask import Flask, Response, request

from mailbox.config import Settings
from mailbox.errors import SettingsRefused
from mailbox.upkeep.tls.keeping import Folder, look_up
from mailbox.web.refusals import page_of

# RFC 6762, 6761 and 8375, ICANN's .internal, and what home routers give out.
_NEVER_PUBLIC = ("local", "localhost", "home.arpa", "internal", "lan")
MISDIRECTED, FORBIDDEN = 421, 403
_CHANGES_NOTHING = ("GET", "HEAD", "OPTIONS")


class KnownNames:
    """Answers whether a name is one of this installation's; the certificate's are looked up when one is not known."""

    def __init__(self, settings: Settings) -> None:
        self._certificates = Folder.of(settings.data_dir)
        self._told = {*settings.other_names.lower().split(), socket.gethostname().lower()}
        self._certified: frozenset[str] = frozenset()

    def hold(self, host: str) -> bool:
        """``host``: what the request names, with or without a port."""
        name = _name_of(host)
        if "." not in name or _is_address(name) or name.endswith(tuple(f".{end}" for end in _NEVER_PUBLIC)):
            return True
        if name not in self._told | self._certified:
            self._look_up()
        return name in self._told | self._certified

    def _look_up(self) -> None:
        try:
            self._certified = frozenset(look_up(self._certificates).places.names)
        except SettingsRefused:
            # Never made, or gone bad while we serve: then those that were good go on.
            return


def install(app: Flask, settings: Settings) -> None:
    """Refuse what comes from elsewhere to ``app``, before anything else looks at it."""
    known = KnownNames(settings)

    @app.before_request
    def refuse() -> Response | None:
        # Every browser names a host; who names none does not come by a name.
        host = request.environ.get("HTTP_HOST")
        if host and not known.hold(host):
            return _refusal(MISDIRECTED)
        if request.method not in _CHANGES_NOTHING and request.headers.get("Sec-Fetch-Site") == "cross-site":
            return _refusal(FORBIDDEN)
        return None


def _refusal(status: int) -> Response:
    return Response(page_of(status), status, content_type="text/html; charset=utf-8")


def _name_of(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].rstrip(".").lower()


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True

"""Whom this installation serves: this PC alone, the school's network by HTTPS, or by plain HTTP where settings say so.

Owns that decision, what a plain connection of the network may see (the root certificate and nothing else), the
addresses that other devices are told, and the cookies of the plain way, whose browsers take no ``__Host-`` cookie.
"""

from __future__ import annotations

import errno
import socket
import sys
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Flask, current_app, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from mailbox.config import Settings
from mailbox.errors import SettingsRefused
from mailbox.upkeep.tls.keeping import Folder, look_up, now
from mailbox.upkeep.tls.places import bare_host, local_addresses
from mailbox.web.current import office
from mailbox.web.secure import is_this_pc

ROOT_PAGE = "certificate.root_page"
_ROOT_FILE = "certificate.root_file"
_OURS, _PLAIN = "__Host-", "plain-"
_REACH = "reach"


class Reach(StrEnum):
    THIS_PC = "this_pc"
    HTTPS = "https"
    PLAIN = "plain"


def reach_of(settings: Settings) -> Reach:
    """Return whom the settings serve. Raises SettingsRefused: letters never cross a network in the clear unasked."""
    if not settings.is_on_network:
        return Reach.THIS_PC
    is_made = Folder.of(settings.data_dir).is_made()
    if settings.plain_http_on_network:
        if is_made:
            raise SettingsRefused("plain_http_on_network", "take it away: HTTPS is set up here and goes before it")
        return Reach.PLAIN
    if not is_made:
        raise SettingsRefused(
            "listen_host", f"{settings.listen_host} is on the network and HTTPS is not set up; run: flask tls init"
        )
    return Reach.HTTPS


def require_free(settings: Settings) -> None:
    """Raise SettingsRefused when the address is not this PC's or the port is taken or forbidden."""
    host, port = settings.listen_host, settings.listen_port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as tried:
            if sys.platform != "win32":
                # Elsewhere it lets a port be taken again at once that was just left; Windows would share a taken one.
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((host, port))
            # Two sockets may share a port until one of them listens.
            tried.listen(1)
    except OSError as refused:
        raise _refusal(refused, settings) from None


def address_here(settings: Settings) -> str:
    """Return the address for a browser on this PC itself, which needs no certificate."""
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104 - looked up, not bound.
    if reach_of(settings) is Reach.HTTPS and settings.listen_host not in everywhere:
        return address_for_tablets(settings) or ""
    host = everywhere.get(settings.listen_host, bare_host(settings.listen_host))
    return f"http://{host}:{settings.listen_port}"


def address_for_tablets(settings: Settings) -> str | None:
    """Return the address for every other device; None while this PC serves itself alone."""
    reach = reach_of(settings)
    if reach is Reach.HTTPS:
        return f"https://{_host_for_others(settings)}:{settings.listen_port}"
    if reach is Reach.PLAIN:
        return f"http://{_host_for_others(settings)}:{settings.listen_port}"
    return None


def address_of_root_page(settings: Settings) -> str:
    """Return where a tablet that does not trust the school's root yet finds it."""
    scheme = "http" if settings.root_over_plain_http else "https"
    return f"{scheme}://{_host_for_others(settings)}:{settings.listen_port}/certificate"


def addresses_in_words(settings: Settings) -> list[str]:
    """Return what is printed at the start: who opens which address, and what is wrong with the certificates."""
    lines = [f"信箱在 / the mailbox is at: {address_here(settings)}"]
    reach = reach_of(settings)
    if reach is not Reach.THIS_PC:
        lines += [f"平板和别的电脑用 / tablets and other computers use: {address_for_tablets(settings)}"]
    if reach is Reach.HTTPS:
        lines += [f"它们先装根证书 / they get the root certificate first: {address_of_root_page(settings)}"]
        if look_up(Folder.of(settings.data_dir)).trouble(now()):
            lines += ["警告: 证书有问题 / warning: something is wrong with the certificates; run: flask tls status"]
    if reach is Reach.PLAIN:
        lines += ["警告: 信不加密地走过网络 / warning: letters cross the network in the clear (plain_http_on_network)"]
    return lines


def link_for_others(endpoint: str, **values: Any) -> str:
    """Return a whole address that works on another device, whatever address the asking browser used."""
    try:
        base = address_for_tablets(office().settings)
    except SettingsRefused:
        # Certificates that went bad while we serve must not keep a technician from working at this PC.
        base = None
    if base is None or opens_elsewhere(request.host_url):
        # Whoever asks from the network used an address that works there.
        return url_for(endpoint, **values, _external=True)
    return base + url_for(endpoint, **values)


def link_for_here(endpoint: str, **values: Any) -> str | None:
    """Return the address that works on this PC itself, where it is another one than :func:`link_for_others` gives."""
    try:
        base = address_here(office().settings)
    except SettingsRefused:
        return None
    return base + url_for(endpoint, **values) if reach() is Reach.HTTPS and base.startswith("http:") else None


def opens_elsewhere(link: str) -> bool:
    """Whether an address leads other devices here, and not to themselves."""
    host = urlsplit(link).hostname or ""
    return host != "localhost" and not is_this_pc(host)


def install(app: Flask, settings: Settings) -> None:
    """Put the rules of the network before every page of ``app``. Raises SettingsRefused."""
    reach = reach_of(settings)
    app.extensions[_REACH] = reach
    app.jinja_env.globals["is_plain_on_network"] = reach is Reach.PLAIN
    if reach is Reach.HTTPS:
        app.before_request(_root_only)
    if reach is Reach.PLAIN:
        app.wsgi_app = _PlainCookies(app.wsgi_app)  # type: ignore[method-assign]


def reach() -> Reach:
    return cast(Reach, current_app.extensions[_REACH])


def _root_only() -> AnyResponse | None:
    """Answer plain HTTP from the network with the root certificate's page, whatever was asked; nothing is read."""
    if request.is_secure or is_this_pc(request.remote_addr):
        return None
    if request.endpoint in {ROOT_PAGE, _ROOT_FILE} or (request.endpoint or "").endswith(".static"):
        return None
    return redirect(url_for(ROOT_PAGE), code=303)


def _host_for_others(settings: Settings) -> str:
    if reach_of(settings) is Reach.HTTPS:
        return bare_host(look_up(Folder.of(settings.data_dir)).address())
    if settings.listen_host not in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound.
        return bare_host(settings.listen_host)
    return next((str(address) for address in local_addresses()), "127.0.0.1")


def _refusal(refused: OSError, settings: Settings) -> SettingsRefused:
    host, port = settings.listen_host, settings.listen_port
    if refused.errno == errno.EADDRINUSE:
        return SettingsRefused("listen_port", f"{port} is taken, perhaps by a mailbox that runs already; name another")
    if refused.errno in {errno.EACCES, errno.EPERM}:
        return SettingsRefused("listen_port", f"this account may not open {port}; name one from 1024 on, such as 8000")
    here = ", ".join(map(str, local_addresses())) or "none now"
    return SettingsRefused(
        "listen_host", f"{host} is no address of this PC (it has: {here}); 0.0.0.0 means all of them"
    )


class _PlainCookies:
    """Gives cookies another name over plain HTTP: no browser takes ``__Host-`` or ``Secure`` there.

    A browser on this PC takes them and keeps them as they are.
    """

    def __init__(self, inner: Callable[..., Iterable[bytes]]) -> None:
        self._inner = inner

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["wsgi.url_scheme"] == "https" or is_this_pc(environ.get("REMOTE_ADDR")):
            return self._inner(environ, start_response)
        cookies = environ.get("HTTP_COOKIE", "").split("; ")
        environ["HTTP_COOKIE"] = "; ".join(
            _OURS + cookie.removeprefix(_PLAIN) if cookie.startswith(_PLAIN) else cookie for cookie in cookies
        )

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            return start_response(status, [_renamed(*header) for header in headers], *more)

        return self._inner(environ, start)


def _renamed(name: str, value: str) -> tuple[str, str]:
    if name.lower() != "set-cookie" or not value.startswith(_OURS):
        return name, value
    parts = [part for part in value.split("; ") if part.lower() != "secure"]
    return name, _PLAIN + "; ".join(parts).removeprefix(_OURS)

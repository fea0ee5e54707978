"""HTTPS inside waitress: one port that speaks TLS to the network and plain HTTP to this PC alone.

The first byte of a connection says which of the two it is. Handshakes never wait: a connection that is slow in the
middle of one costs nobody else anything and goes after the same half minute as every idle one. Figures and reasons:
docs/decisions/0011. Owns the connection and which certificate it shows; makes no certificate.
"""

from __future__ import annotations

import copy
import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Any

from mailbox.errors import SettingsRefused
from mailbox.web.receiving import Channel

# ECDHE with authenticated encryption only: known to Android since 5, iOS since 9, Windows since 8.1.
_CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
_TLS_RECORD = b"\x16"
# The most that one TLS record holds: so nothing is ever left waiting inside where the loop cannot see it.
_RECORD_BYTES = 16_384
_WAITS = (ssl.SSLWantReadError, ssl.SSLWantWriteError, BlockingIOError)
_log = logging.getLogger("mailbox.web")


class Shown:
    """The certificate that new connections are shown; a file that is exchanged counts from the next connection on."""

    def __init__(self, pem: Path) -> None:
        """Raises SettingsRefused for a file that cannot be served."""
        self._pem = pem
        self._seen: tuple[int, ...] = ()
        try:
            self._seen = self._look()
            self._context = _context(pem)
        except (OSError, ssl.SSLError):
            raise SettingsRefused("tls", f"{pem} cannot be served; run: flask tls init") from None

    def context(self) -> ssl.SSLContext:
        with suppress(OSError):
            seen = self._look()
            if seen != self._seen:
                self._seen = seen
                self._exchange()
        return self._context

    def _exchange(self) -> None:
        try:
            self._context = _context(self._pem)
        except (OSError, ssl.SSLError):
            # Whoever connects goes on with the one that is known to work.
            _log.error("the new certificate cannot be served; the old one stays")

    def _look(self) -> tuple[int, ...]:
        found = self._pem.stat()
        return found.st_ino, found.st_mtime_ns, found.st_size


def make_secure(server: Any, shown: Shown, *, also_plain_for_all: bool) -> None:
    """Let a waitress server of one socket speak TLS.

    This PC itself may go on with plain HTTP. Others may with ``also_plain_for_all``: ``network`` then shows them the
    root certificate and nothing else.
    """
    secure_adj = copy.copy(server.adj)
    secure_adj.url_scheme = "https"
    server.channel_class = partial(
        _Channel, context=shown.context, secure_adj=secure_adj, also_plain_for_all=also_plain_for_all
    )


def is_this_pc(host: str | None) -> bool:
    """Whether a connection's other end is this PC itself."""
    try:
        address = ip_address(host or "")
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address.is_loopback


def _context(pem: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(_CIPHERS)
    # No renegotiation in the middle of a letter, and no tickets: their keys would outlive the connections.
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_TICKET
    context.num_tickets = 0
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(pem)
    return context


class _Channel(Channel):
    """One connection. Not known yet → shaking hands → TLS; or plain from its first byte on.

    OpenSSL is not to be entered twice at once for one connection, and waitress reads in its loop while a page's thread
    writes: hence the lock. Nothing waits inside it.
    """

    socket: Any

    def __init__(
        self,
        server: Any,
        sock: socket.socket,
        addr: Any,
        adj: Any,
        map: Any = None,
        *,
        context: Callable[[], ssl.SSLContext],
        secure_adj: Any,
        also_plain_for_all: bool,
    ) -> None:
        self._context, self._secure_adj = context, secure_adj
        self._may_be_plain = also_plain_for_all or is_this_pc(addr[0])
        self._is_ready = self._wants_to_write = False
        self._in_openssl = threading.Lock()
        super().__init__(server, sock, addr, adj, map=map)

    def writable(self) -> bool:
        if self._is_ready or self.will_close:
            return bool(super().writable())
        return self._wants_to_write

    def handle_read(self) -> None:
        if not self._is_ready and not self._get_ready():
            return
        if not isinstance(self.socket, ssl.SSLSocket):
            super().handle_read()
            return
        try:
            with self._in_openssl:
                data = self.socket.recv(_RECORD_BYTES)
        except _WAITS:
            return
        except OSError:
            data = b""
        if data:
            self.last_activity = time.time()
            self.received(data)
        else:
            self.handle_close()

    def handle_write(self) -> None:
        if self._is_ready or self.will_close:
            super().handle_write()
        else:
            self._get_ready()

    def send(self, data: bytes, do_close: bool = True) -> int:
        if not isinstance(self.socket, ssl.SSLSocket):
            return int(super().send(data, do_close))
        try:
            with self._in_openssl:
                return self.socket.send(data[:_RECORD_BYTES])
        except _WAITS:
            return 0
        except OSError:
            if do_close:
                self.handle_close()
            return 0

    def handle_close(self) -> None:
        if self._is_ready and isinstance(self.socket, ssl.SSLSocket):
            # The other end shall know that nothing was cut off; its answer is not waited for.
            with suppress(OSError, ValueError), self._in_openssl:
                self.socket.unwrap()
        super().handle_close()

    def _get_ready(self) -> bool:
        """Go one step on; return whether the connection may carry a request now."""
        self._wants_to_write = False
        try:
            if not isinstance(self.socket, ssl.SSLSocket):
                first = self.socket.recv(1, socket.MSG_PEEK)
                if first and first != _TLS_RECORD and self._may_be_plain:
                    self._is_ready = True
                    return True
                if first != _TLS_RECORD:
                    self.handle_close()
                    return False
                self.socket = self._context().wrap_socket(
                    self.socket, server_side=True, do_handshake_on_connect=False, suppress_ragged_eofs=True
                )
            self.socket.do_handshake()
        except ssl.SSLWantWriteError:
            self._wants_to_write = True
            return False
        except _WAITS:
            return False
        except OSError:
            # A tablet that does not trust the root yet hangs up here, all day long: no event.
            self.handle_close()
            return False
        self.adj = self._secure_adj
        self._is_ready = True
        return True

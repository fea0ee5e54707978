"""A tablet that trusts the school's root and nobody else, and certificates to try it with."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from http.client import HTTPSConnection
from pathlib import Path

from mailbox.upkeep.tls.keeping import Folder, Kept, set_up
from mailbox.upkeep.tls.places import read_places


def made(data_dir: Path, *addresses: str, names: tuple[str, ...] = (), at: datetime | None = None) -> Kept:
    """Make certificates under ``data_dir`` for 127.0.0.1 or what is given, as if it were ``at``."""
    places = read_places(names, addresses or ("127.0.0.1",))
    return set_up(Folder.of(data_dir), places, at or datetime.now(UTC))


def trusting(root_der: bytes) -> ssl.SSLContext:
    """Return a client that trusts this root alone."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=root_der)
    return context


def asked(
    port: int, trust: ssl.SSLContext, path: str = "/", host: str = "127.0.0.1", **headers: str
) -> tuple[int, bytes, dict[str, str]]:
    """Ask for a page by HTTPS; return status, body, headers. Raises ssl.SSLError for a server that is not trusted."""
    connection = HTTPSConnection(host, port, timeout=20, context=trust)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read(), dict(answer.getheaders())
    finally:
        connection.close()


def shown_serial(port: int, trust: ssl.SSLContext) -> int:
    """Return the serial number of the certificate that a new connection is shown."""
    connection = HTTPSConnection("127.0.0.1", port, timeout=20, context=trust)
    connection.connect()
    try:
        shown = connection.sock.getpeercert()
        assert shown
        return int(str(shown["serialNumber"]), 16)
    finally:
        connection.close()

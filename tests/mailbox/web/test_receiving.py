"""Large bodies that many send at once: memory has an end, letters in words still arrive, and a single one is let in."""

from __future__ import annotations

import socket
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from mailbox.letters.post import MAX_CHARACTERS
from mailbox.web.bodies import MAX_LETTER_BYTES
from mailbox.web.receiving import FREE_BYTES, MOST_HELD_BYTES
from mailbox.web.serving import HTTP
from tests.mailbox.web.test_serving import running_service
from tests.support.tls import asked, made, trusting

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
HEAD = f"POST /length HTTP/1.1\r\nHost: x\r\nContent-Length: {MAX_LETTER_BYTES}\r\n\r\n".encode()
MANY = 40
MEGABYTE = 2**20


def megabytes_of(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) // 1_024


def begin_large_body(port: int, trust: object = None) -> socket.socket:
    """Send all of a body but its last byte, as far as the server takes it."""
    talk: socket.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
    if trust is not None:
        talk = trust.wrap_socket(talk, server_hostname="127.0.0.1")  # type: ignore[attr-defined]
    with suppress(OSError):
        talk.sendall(HEAD + bytes(MAX_LETTER_BYTES - 1))
    return talk


@pytest.mark.parametrize("how", ["plain", "tls"])
def test_many_large_bodies_at_once_take_no_more_memory_than_is_set(tmp_path: Path, how: str) -> None:
    trust = trusting(made(tmp_path).authority.der) if how == "tls" else None
    words = [f"tls={tmp_path}"] if how == "tls" else []
    with running_service(tmp_path, "alone", *words) as service:
        before = megabytes_of(service.process.pid)
        talks = [begin_large_body(service.port, trust) for _ in range(MANY)]
        assert MANY * MAX_LETTER_BYTES > 2 * MOST_HELD_BYTES
        # Buffers grow in steps; what matters is that it is not the sum of all that was sent.
        assert megabytes_of(service.process.pid) - before < 1.5 * MOST_HELD_BYTES / MEGABYTE
        # Meanwhile a letter in words arrives, and a page is shown.
        assert service.ask("POST", "/length", "a" * FREE_BYTES)[1] == str(FREE_BYTES).encode()
        if trust is not None:
            assert asked(service.port, trust)[0] == 200
        for talk in talks:
            talk.close()
        # And when they are gone, a large one is let in again.
        large = "a" * (MAX_LETTER_BYTES - 1)
        assert service.ask("POST", "/length", large)[1] == str(len(large)).encode()


def test_the_figures_leave_room_for_every_letter_in_words() -> None:
    assert MAX_CHARACTERS * len("%E6%88%91") * 1.5 < FREE_BYTES
    assert MOST_HELD_BYTES > 12 * MAX_LETTER_BYTES
    assert HTTP["connection_limit"] * FREE_BYTES < MOST_HELD_BYTES

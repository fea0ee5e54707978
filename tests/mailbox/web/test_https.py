"""HTTPS as it is served: real handshakes that trust the school's root alone, slow ones, and a certificate exchanged."""

from __future__ import annotations

import os
import socket
import ssl
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPSConnection
from pathlib import Path

import pytest

from mailbox.upkeep.tls.keeping import Folder, Kept, now, renew
from mailbox.upkeep.tls.places import local_addresses
from mailbox.web.bodies import MAX_FORM_BYTES
from tests.mailbox.web.test_serving import FORM, Service, running_service
from tests.support.small_service import MUCH
from tests.support.tls import asked, made, shown_serial, trusting

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows serves in one process, without a master")
HALF_A_FORM = f"POST /length HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: 1000\r\n\r\nwords=".encode()


@dataclass
class Secure:
    """The small service on the network. ``trust`` is a tablet that has installed the school's root."""

    service: Service
    kept: Kept
    folder: Folder
    trust: ssl.SSLContext

    @property
    def port(self) -> int:
        return self.service.port

    def talk(self, raw: bytes = b"") -> ssl.SSLSocket:
        """Open a trusted connection, send ``raw`` and leave it open."""
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        talk = self.trust.wrap_socket(plain, server_hostname="127.0.0.1")
        talk.sendall(raw)
        return talk

    def post(self, path: str, form: bytes) -> bytes:
        connection = HTTPSConnection("127.0.0.1", self.port, timeout=60, context=self.trust)
        try:
            connection.request("POST", path, form, {"Content-Type": FORM})
            return connection.getresponse().read()
        finally:
            connection.close()


@pytest.fixture(params=["workers", "alone"])
def secure(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Secure]:
    kept = made(tmp_path)
    words = ["alone"] if request.param == "alone" else []
    with running_service(tmp_path, f"tls={tmp_path}", *words) as service:
        yield Secure(service, kept, Folder.of(tmp_path), trusting(kept.authority.der))


def test_a_tablet_that_trusts_only_the_schools_root_gets_the_page(secure: Secure) -> None:
    status, page, headers = asked(secure.port, secure.trust)
    assert (status, page) == (200, b"here")
    assert "Server" not in headers


def test_a_tablet_without_the_root_is_refused_by_itself_and_leaves_no_line_in_the_log(secure: Secure) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        asked(secure.port, ssl.create_default_context())
    for raw in (b"\x16\x03\x01nonsense, not a hello", b"\x16", b"nonsense\r\n\r\n"):
        with secure.service.say(raw) as talk, suppress(OSError):
            talk.shutdown(socket.SHUT_WR)
            talk.recv(4_096)
    assert asked(secure.port, secure.trust)[0] == 200
    # The small service's own thread is all that it speaks of.
    assert [line for line in secure.service.log().splitlines() if "a thread ended" not in line] == []


def test_old_versions_and_weak_ciphers_are_refused_and_version_one_two_is_spoken(secure: Secure) -> None:
    root = secure.kept.authority.der
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        trust = trusting(root)
        trust.minimum_version = trust.maximum_version = version
        assert asked(secure.port, trust)[0] == 200
    weak = trusting(root)
    weak.maximum_version = ssl.TLSVersion.TLSv1_2
    weak.set_ciphers("ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES128-SHA")
    with pytest.raises(ssl.SSLError, match="handshake failure"):
        asked(secure.port, weak)
    old = trusting(root)
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError, match="protocol version"):
        asked(secure.port, old)


def test_pages_know_whether_they_were_asked_for_safely(secure: Secure) -> None:
    assert asked(secure.port, secure.trust, "/scheme")[1] == b"https True"
    # This PC itself still opens the same port without a certificate.
    assert secure.service.ask("GET", "/scheme")[1] == b"http False"


def test_the_network_speaks_plain_http_only_as_far_as_the_settings_say(tmp_path: Path) -> None:
    for address in map(str, local_addresses()[:1]):
        root = made(tmp_path, address).authority.der
        for words, answers in ((f"tls={tmp_path}", True), (f"tls-only={tmp_path}", False)):
            with running_service(tmp_path, words) as service:
                with socket.create_connection((address, service.port), timeout=20) as talk:
                    talk.sendall(b"GET / HTTP/1.0\r\n\r\n")
                    # A connection that was closed unread may be reset.
                    with suppress(ConnectionError):
                        assert bool(talk.recv(4_096)) is answers
                assert asked(service.port, trusting(root), host=address)[0] == 200


def test_no_header_and_no_address_makes_a_plain_connection_safe_or_this_pcs_own(tmp_path: Path) -> None:
    for address in map(str, local_addresses()[:1]):
        made(tmp_path, address)
        with running_service(tmp_path, f"tls={tmp_path}") as service:
            for line in (b"GET /who", b"GET https://127.0.0.1/who"):
                with socket.create_connection((address, service.port), timeout=20) as talk:
                    talk.sendall(
                        line
                        + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: https\r\n"
                        b"Forwarded: for=127.0.0.1;proto=https\r\nX-Real-IP: 127.0.0.1\r\nRemote-Addr: 127.0.0.1\r\n"
                        b"Connection: close\r\n\r\n"
                    )
                    answer = b"".join(iter(lambda talk=talk: talk.recv(4_096), b""))
                assert answer.endswith(f"\r\n\r\n{address} http".encode())


def test_a_connection_is_plain_or_tls_from_its_first_byte_on(secure: Secure) -> None:
    """What follows on one connection is never taken for the other way, and two lengths of a body hide no request."""
    hello = b"\x16\x03\x01\x00\x05hello"
    hidden = b"GET /scheme HTTP/1.1\r\nHost: x\r\n\r\n"
    two_lengths = (
        b"POST /length HTTP/1.1\r\nHost: x\r\nContent-Length: "
        + str(len(hidden) + 5).encode()
        + b"\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        + hidden
    )
    with secure.service.say(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" + hello) as talk, suppress(ConnectionError):
        assert b"https" not in talk.recv(65_536)
    for open_one in (secure.service.say, secure.talk):
        with open_one(two_lengths) as talk:
            talk.settimeout(2)
            answer = b""
            with suppress(OSError):
                while piece := talk.recv(4_096):
                    answer += piece
            # It is refused as a whole, and what was hidden in it is asked by nobody.
            assert answer.startswith(b"HTTP/1.0 400 ") and answer.count(b"HTTP/1.") == 1
            assert b"https True" not in answer and b"http False" not in answer
    assert asked(secure.port, secure.trust)[0] == 200


@pytest.mark.slow
def test_a_handshake_that_goes_no_further_is_ended_after_half_a_minute(tmp_path: Path) -> None:
    made(tmp_path)
    with running_service(tmp_path, f"tls={tmp_path}", "alone") as service, service.say(b"\x16\x03\x01\x02\x00") as talk:
        started = time.monotonic()
        for _ in range(12):
            with suppress(ConnectionError):
                talk.sendall(b"x")
            talk.settimeout(4)
            try:
                if talk.recv(1) == b"":
                    break
            except TimeoutError:
                continue
            except ConnectionError:
                break
        assert 25 < time.monotonic() - started < 42


def test_slow_handshakes_and_slow_senders_hold_up_nobody(secure: Secure) -> None:
    slow: list[socket.socket] = [secure.service.say(b"\x16\x03\x01\x02\x00\x01") for _ in range(60)]
    slow += [secure.service.say(b"") for _ in range(30)]
    slow += [secure.talk(HALF_A_FORM) for _ in range(60)]
    started = time.monotonic()
    for _ in range(20):
        assert asked(secure.port, secure.trust)[0] == 200
    # Half a minute is what a slow one is given; held up by one, this would take as long.
    assert time.monotonic() - started < 15
    for talk in slow:
        talk.close()


def test_a_letter_that_comes_byte_by_byte_arrives_whole(secure: Secure) -> None:
    form = b"words=" + b"a" * 60
    head = f"POST /length HTTP/1.1\r\nHost: x\r\nContent-Length: {len(form)}\r\n\r\n".encode()
    with secure.talk() as talk:
        for byte in head + form:
            talk.sendall(bytes([byte]))
        answer = b""
        while not answer.endswith(b"\r\n\r\n66"):
            answer += talk.recv(4_096) or pytest.fail("the answer was cut off")


def test_large_forms_and_large_answers_cross_at_once_and_whole(secure: Secure) -> None:
    form = b"a" * (4 * MAX_FORM_BYTES - 100)

    def both(_number: int) -> tuple[bytes, int]:
        return secure.post("/length", form), len(asked(secure.port, secure.trust, "/much")[1])

    with ThreadPoolExecutor(8) as tablets:
        assert set(tablets.map(both, range(16))) == {(str(len(form)).encode(), MUCH)}


def test_requests_that_are_sent_while_answers_come_back_do_not_disturb_them(secure: Secure) -> None:
    # One connection reads and writes at the same time: sending the next requests before the first is answered.
    with secure.talk() as talk:
        ask = b"GET /much HTTP/1.1\r\nHost: x\r\n\r\n"
        talk.sendall(ask * 3)
        answers = talk.makefile("rb")
        for _ in range(3):
            assert answers.readline().startswith(b"HTTP/1.1 200")
            while answers.readline().strip():
                pass
            assert len(answers.read(MUCH)) == MUCH


def test_neither_a_large_form_nor_a_large_answer_is_laid_into_a_file(secure: Secure) -> None:
    form = b"a" * (4 * MAX_FORM_BYTES - 100)
    head = f"POST /length HTTP/1.1\r\nHost: x\r\nContent-Length: {len(form)}\r\n\r\n".encode()
    talks = [secure.talk(head + form[:-1]), secure.talk(b"GET /much HTTP/1.1\r\nHost: x\r\n\r\n")]
    time.sleep(1)
    serving = secure.service.children() or {secure.service.process.pid}
    files = [os.readlink(entry) for process in serving for entry in Path(f"/proc/{process}/fd").iterdir()]
    assert [file for file in files if file.endswith(" (deleted)") and "wgunicorn" not in file] == []
    for talk in talks:
        talk.close()


def test_the_end_of_an_answer_is_said_so_that_nobody_can_cut_it_short(secure: Secure) -> None:
    with secure.talk(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n") as talk:
        talk.suppress_ragged_eofs = False
        answer = b""
        while piece := talk.recv(4_096):
            answer += piece
    assert answer.endswith(b"here")


def test_a_new_certificate_is_shown_from_the_next_connection_on_and_nobody_is_dropped(secure: Secure) -> None:
    staying = HTTPSConnection("127.0.0.1", secure.port, timeout=20, context=secure.trust)
    staying.request("GET", "/")
    assert staying.getresponse().read() == b"here"
    fresh = renew(secure.folder, now()).server.certificate.serial_number
    assert fresh != secure.kept.server.certificate.serial_number
    # Several connections, so that each worker shows it.
    assert {shown_serial(secure.port, secure.trust) for _ in range(8)} == {fresh}
    staying.request("GET", "/")
    assert staying.getresponse().read() == b"here"
    staying.close()


def test_a_new_certificate_that_cannot_be_served_leaves_the_old_one_and_a_line_in_the_log(secure: Secure) -> None:
    secure.folder.server.write_bytes(b"half a certifica")
    assert {shown_serial(secure.port, secure.trust) for _ in range(4)} == {secure.kept.server.certificate.serial_number}
    assert "the new certificate cannot be served; the old one stays" in secure.service.log()


def test_a_stop_finishes_the_letter_that_is_being_sent(tmp_path: Path) -> None:
    kept = made(tmp_path)
    with running_service(tmp_path, f"tls={tmp_path}") as service:
        secure = Secure(service, kept, Folder.of(tmp_path), trusting(kept.authority.der))
        sending = secure.talk(b"POST /length HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab")
        time.sleep(0.3)
        service.process.terminate()
        time.sleep(0.3)
        sending.sendall(b"cde")
        answer = b""
        while not answer.endswith(b"5"):
            answer += sending.recv(4_096) or pytest.fail("the answer was cut off")
        assert service.process.wait(20) == 0

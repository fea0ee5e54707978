"""What is no request, as the served program answers it: every header, one kind sentence, no name, and it lives on."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import closing
from http.client import parse_headers
from types import SimpleNamespace
from typing import Any

import pytest
from waitress.adjustments import Adjustments
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse
from werkzeug.wrappers import Request

from mailbox.web import receiving
from mailbox.web.receiving import LONGEST_SECONDS, Channel
from mailbox.web.serving import HTTP
from tests.fuzzing.answers import faults_of
from tests.support.served import ServedApp

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows serves in one process, without a master")

KNOWN_LINE = "WARNING mailbox.kiosk the school's help is not at hand NotFound"
SIGN = "Zeichen7q"
TAG = f"<b>{SIGN}".encode()
HOST = b"Host: 127.0.0.1\r\n"
HIDDEN = b"GET /certificate HTTP/1.1\r\n" + HOST + b"\r\n"
MOST = int(HTTP["max_request_header_size"])


def head(line: bytes, *lines: bytes) -> bytes:
    return b"\r\n".join((line, *lines, b"", b""))


def get(*lines: bytes, path: bytes = b"/", version: bytes = b"HTTP/1.1") -> bytes:
    return head(b"GET " + path + b" " + version, *lines)


def post(*lines: bytes) -> bytes:
    return head(b"POST /write HTTP/1.1", b"Host: x", *lines)


def filled(begin: bytes) -> bytes:
    """Return a request's beginning that is just longer than is taken: all of it is read before it is refused."""
    return begin + b"a" * (MOST - len(begin))


# What the server refuses by itself, with the answer's status.
REFUSED: dict[str, tuple[int, bytes]] = {
    "no request": (400, head(b"nonsense")),
    "a tag": (400, head(TAG)),
    "half a bracket in the address": (400, get(b"Host: x", path=b"http://[" + SIGN.encode())),
    "an address that is no text": (400, get(b"Host: x", path=b"/\xed\xa0\x80")),
    "a small method": (400, head(b"get / HTTP/1.1", b"Host: x")),
    "a name with a space": (400, get(b"Host : x")),
    "a folded first line": (400, get(b" Host: x")),
    "a NUL in a header": (400, get(b"Host: x", b"A: \0")),
    "a bare line end": (400, get(b"Host: x\nA: b")),
    "no host": (400, get()),
    "two hosts": (400, get(b"Host: x", b"Host: y")),
    "a host that is a tag": (400, get(b"Host: " + TAG)),
    "a host with a path": (400, get(b"Host: x/y")),
    "a host with no port": (400, get(b"Host: x:y")),
    "handshake of TLS in the middle": (400, b"\x17\x03\x03\x00\x05hello\r\n\r\n"),
    "a length in words": (400, post(b"Content-Length: many")),
    "a negative length": (400, post(b"Content-Length: -1")),
    "a length of 5,000 digits": (400, post(b"Content-Length: " + b"9" * 5_000)),
    "two lengths": (400, post(b"Content-Length: 5", b"Content-Length: 6")),
    "a length and pieces": (400, post(b"Content-Length: 5", b"Transfer-Encoding: chunked") + b"0\r\n\r\n" + HIDDEN),
    "pieces": (400, post(b"Transfer-Encoding: chunked") + b"zz\r\n"),
    "pieces and a tab": (400, post(b"Transfer-Encoding:\tchunked") + b"0\r\n\r\n" + HIDDEN),
    "pieces of 1.0": (400, head(b"POST / HTTP/1.0", b"transfer-encoding: chunked") + b"0\r\n\r\n" + HIDDEN),
    "packed": (400, post(b"Transfer-Encoding: gzip")),
    "a very long address": (431, filled(b"GET /")),
    "a huge header": (431, filled(get(b"Host: x")[:-2] + b"A: ")),
    "a body of a gigabyte": (413, post(b"Content-Length: 1000000000")),
    "a question before the gigabyte": (413, post(b"Content-Length: 1000000000", b"Expect: 100-continue")),
    "a question before a body for no host": (
        400,
        head(b"POST /write HTTP/1.1", b"Content-Length: 5", b"Expect: 100-continue"),
    ),
}
# What is read, and answered by a page.
READ: dict[str, tuple[int, bytes]] = {
    "1.0": (404, get(version=b"HTTP/1.0")),
    "no version": (404, head(b"GET /")),
    "9.9": (404, get(b"Host: x", version=b"HTTP/9.9")),
    "HTTP/2's first words": (404, head(b"PRI * HTTP/2.0") + b"SM\r\n\r\n"),
    "a NUL in the address": (404, get(b"Host: x", b"Connection: close", path=b"/\0")),
    "another machine's address": (404, get(b"Host: x", b"Connection: close", path=b"http://y:99999999/nowhere")),
    "a way through": (404, head(b"CONNECT y:1 HTTP/1.1", b"Host: x", b"Connection: close")),
    "all of it": (404, head(b"OPTIONS * HTTP/1.1", b"Host: x", b"Connection: close")),
    "a method nobody knows": (405, head(b"TRACE /desk/login HTTP/1.1", b"Host: x", b"Connection: close")),
    "a cookie that is no text": (404, get(b"Host: x", b"Connection: close", b"Cookie: __Host-kiosk=\xff\xfe")),
    "empty lines first": (404, b"\r\n\r\n" + get(b"Host: x", b"Connection: close")),
}


def answers_to(served: ServedApp, raw: bytes) -> Iterator[TestResponse]:
    """Yield each answer that comes on one connection, until the server closes it."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=20) as talk, talk.makefile("rb") as heard:
        talk.sendall(raw)
        is_open = True
        while is_open:
            status = int(heard.readline().split()[1])
            headers = parse_headers(heard)
            assert "Transfer-Encoding" not in headers
            body = heard.read(int(headers["Content-Length"]))
            yield TestResponse([body], str(status), Headers(headers.items()), Request({}))
            is_open = headers["Connection"] != "close"


def only_answer_to(served: ServedApp, raw: bytes) -> TestResponse:
    (answer,) = answers_to(served, raw)
    return answer


@pytest.fixture(scope="module")
def served(shared_program: ServedApp) -> Iterator[ServedApp]:
    before, log = shared_program.processes(), shared_program.log()
    yield shared_program
    # Whatever was sent: the same processes serve, and nothing of it is an event but that a stranger's page has no help.
    assert shared_program.processes() == before
    assert all(line.endswith(KNOWN_LINE) for line in shared_program.log().removeprefix(log).splitlines())
    assert only_answer_to(shared_program, get(b"Host: x", b"Connection: close", path=b"/desk/login")).status_code == 200


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_request_is_refused_in_both_languages_with_every_header(served: ServedApp, name: str) -> None:
    status, raw = REFUSED[name]
    answer = only_answer_to(served, raw)
    assert answer.status_code == status
    assert faults_of(answer) == []
    assert answer.headers["Connection"] == "close"
    assert ("信箱没看懂" in answer.text or "太大了" in answer.text) and 'lang="en"' in answer.text
    told = answer.text + str(answer.headers)
    assert not any(word in told.lower() for word in (SIGN.lower(), "waitress", "gunicorn", "generated", "max_"))


@pytest.mark.parametrize("name", READ)
def test_what_is_odd_but_can_be_read_gets_a_page_of_ours_with_every_header(served: ServedApp, name: str) -> None:
    status, raw = READ[name]
    assert {(answer.status_code, *faults_of(answer)) for answer in answers_to(served, raw)} == {(status,)}


def test_a_second_request_on_one_connection_gets_an_answer_of_its_own(served: ServedApp) -> None:
    two = get(b"Host: x", path=b"/desk/login") + get(b"Host: x", b"Connection: close", path=b"/nowhere")
    assert [answer.status_code for answer in answers_to(served, two)] == [200, 404]


def test_the_question_for_the_head_alone_gets_no_body(served: ServedApp) -> None:
    with socket.create_connection(("127.0.0.1", served.port), timeout=20) as talk:
        talk.sendall(head(b"HEAD / HTTP/1.1", b"Host: x", b"Host: y"))
        answer = b"".join(iter(lambda: talk.recv(4_096), b""))
    assert answer.startswith(b"HTTP/1.1 400 ") and answer.endswith(b"\r\n\r\n")


# --- who takes very long ------------------------------------------------------------------------------


class Hand:
    """A clock that only the test moves, in the place of the channel's; the PC's own may besides be set."""

    now = 1_000_000.0
    passed_s = 0.0

    def go_on(self, seconds: float) -> None:
        self.now += seconds
        self.passed_s += seconds

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.passed_s


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> Hand:
    hand = Hand()
    monkeypatch.setattr(receiving, "time", hand)
    return hand


@pytest.fixture
def channel(hand: Hand) -> Iterator[Any]:
    ours, theirs = socket.socketpair()
    server: Any = SimpleNamespace(active_channels={}, add_task=lambda _: None, next_channel_cleanup=0)
    with closing(ours), closing(theirs):
        yield Channel(server, ours, ("127.0.0.1", 1), Adjustments(**HTTP), map={})


def dribble(channel: Any, hand: Hand, data: bytes, seconds_between: float) -> float:
    """Send byte by byte; return for how many seconds the channel has been idle in the server's eyes at the end."""
    for byte in data:
        hand.go_on(seconds_between)
        channel.last_activity = hand.now
        channel.received(bytes((byte,)))
    return hand.now - float(channel.last_activity)


def test_who_sends_the_lines_before_a_body_byte_by_byte_is_idle_since_the_first_one(channel: Any, hand: Hand) -> None:
    assert dribble(channel, hand, b"GET / HTTP/1.1\r\nHo", 10) > HTTP["channel_timeout"]


def test_a_body_has_ten_minutes_and_then_counts_as_idle(channel: Any, hand: Hand) -> None:
    channel.received(post(b"Content-Length: 1000"))
    assert dribble(channel, hand, b"a" * 20, 20) == 0
    assert dribble(channel, hand, b"a" * 20, 20) > LONGEST_SECONDS


@pytest.mark.parametrize("set_by_s", [86_400, -86_400])
def test_a_letter_on_its_way_is_not_cut_off_when_the_clock_is_set(channel: Any, hand: Hand, set_by_s: int) -> None:
    channel.received(post(b"Content-Length: 1000"))
    hand.now += set_by_s
    assert dribble(channel, hand, b"a" * 20, 20) == 0
    assert dribble(channel, hand, b"a" * 20, 20) > LONGEST_SECONDS


def test_idle_connections_are_looked_at_soon_after_the_clock_was_set_back(channel: Any, hand: Hand) -> None:
    channel.server.next_channel_cleanup = hand.now + HTTP["cleanup_interval"]
    hand.now -= 86_400
    channel.received(b"GET / HTTP/1.1\r\n")
    assert channel.server.next_channel_cleanup == hand.now + HTTP["cleanup_interval"]


def test_the_next_request_on_a_connection_has_its_own_time(channel: Any, hand: Hand) -> None:
    channel.received(post(b"Content-Length: 40"))
    assert dribble(channel, hand, b"a" * 40, 14) == 0
    channel.received(post(b"Content-Length: 1000"))
    assert dribble(channel, hand, b"a" * 20, 20) == 0

"""The server as it runs: it names nobody, waits for slow senders, ends in order, and keeps everything in memory."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest

from mailbox.web.forms import MAX_FORM_BYTES
from tests.support.ports import free_port
from tests.support.small_service import MUCH

HOUSE = Path(__file__).resolve().parents[3]
FORM = "application/x-www-form-urlencoded"
AGENT = "Kinderbrowser/7"
SECRET = "one-time-Token-5"
WORDS = "bao-mi"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows serves in one process, without a master")


@dataclass
class Service:
    """The small service as a process; ``log`` is all it ever printed."""

    process: subprocess.Popen[bytes]
    port: int
    log_file: Path

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, bytes, dict[str, str]]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            sent = {"User-Agent": AGENT, **({"Content-Type": FORM} if body else {}), **headers}
            connection.request(method, path, body or None, sent)
            answer = connection.getresponse()
            return answer.status, answer.read(), dict(answer.getheaders())
        finally:
            connection.close()

    def say(self, raw: bytes) -> socket.socket:
        """Open a connection, send ``raw`` and leave it open."""
        talk = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        talk.sendall(raw)
        return talk

    def workers(self, without: int = 0) -> set[int]:
        """Return both workers, when both are there and ``without`` is gone."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            found = self._children() - {without}
            if len(found) == 2:
                return found
            time.sleep(0.05)
        raise AssertionError("the master keeps no two workers")

    def _children(self) -> set[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return {int(number) for number in children.split()}

    def log(self) -> str:
        return self.log_file.read_text("utf-8", "replace")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    port, log_file = free_port(), tmp_path / "log"
    with log_file.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.small_service", str(port)],
            cwd=HOUSE,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    running = Service(process, port, log_file)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        try:
            running.ask("GET", "/")
            break
        except OSError:
            time.sleep(0.02)
    yield running
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def test_no_answer_names_the_server(service: Service) -> None:
    _, _, headers = service.ask("GET", "/")
    assert "Server" not in headers
    for raw in (b"nonsense\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n"):
        with service.say(raw) as talk:
            answer = talk.recv(4_096).lower()
        assert answer and b"waitress" not in answer and b"gunicorn" not in answer


def test_a_request_that_fails_inside_leaves_no_trace_of_itself_in_the_log(service: Service) -> None:
    assert service.ask("POST", f"/fail/{SECRET}", f"words={WORDS}")[0] == 500
    assert service.ask("GET", f"/fail-early/{SECRET}")[0] == 500
    service.say(f"GET /{SECRET} HTTP/1.1\r\n{SECRET}\r\nUser-Agent: {AGENT}\r\n\r\n".encode()).close()
    service.ask("POST", f"/nowhere/{SECRET}", "words=" + "x" * 8 * MAX_FORM_BYTES)
    service.process.terminate()
    service.process.wait(20)
    log = service.log()
    for trace in (SECRET, WORDS, "fail", AGENT, "127.0.0.1", "words from a thread", "Traceback"):
        assert trace not in log
    # What an operator needs is there all the same: what kind of error, and where in the program.
    assert "ValueError tests/support/small_service.py:" in log
    assert "KeyError tests/support/small_service.py:" in log
    assert "a thread ended with an error RuntimeError tests/support/small_service.py:" in log


def test_the_log_tells_the_day_and_never_the_minute(service: Service) -> None:
    service.ask("POST", f"/fail/{SECRET}", "words=a")
    service.process.terminate()
    service.process.wait(20)
    assert time.strftime("%Y-") in service.log()
    assert time.strftime(" %H:") not in service.log()


def test_many_slow_senders_hold_up_nobody(service: Service) -> None:
    half_a_form = (
        f"POST /length HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: 1000\r\n\r\nwords=".encode()
    )
    talks = [service.say(half_a_form) for _ in range(60)] + [service.say(b"GET /le") for _ in range(60)]
    # These have their answer and simply stay.
    talks += [service.say(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n") for _ in range(20)]
    started = time.monotonic()
    for _ in range(20):
        assert service.ask("GET", "/")[0] == 200
    assert time.monotonic() - started < 2
    for talk in talks:
        talk.close()


def test_half_a_body_is_never_given_to_a_page(service: Service) -> None:
    with service.say(b"POST /fail/half HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nwords") as talk:
        talk.shutdown(socket.SHUT_WR)
        assert talk.recv(4_096) == b""
    assert service.log() == "" or "ValueError" not in service.log()


def test_a_worker_that_dies_is_replaced_and_the_other_one_answers_meanwhile(service: Service) -> None:
    killed = max(service.workers())
    os.kill(killed, signal.SIGKILL)
    assert service.ask("GET", "/")[0] == 200
    assert killed not in service.workers(without=killed)


def test_a_stop_finishes_the_request_that_is_running_and_the_one_being_sent(service: Service) -> None:
    running = service.say(b"POST /take-your-time HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
    sending = service.say(b"POST /length HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab")
    time.sleep(0.3)
    service.process.terminate()
    time.sleep(0.3)
    sending.sendall(b"cde")
    for talk, end in ((running, b"done"), (sending, b"5")):
        answer = b""
        while not answer.endswith(end):
            answer += talk.recv(4_096) or pytest.fail("the answer was cut off")
    assert service.process.wait(20) == 0
    with pytest.raises(ConnectionRefusedError):
        service.say(b"")


def test_neither_a_large_form_nor_a_large_answer_is_laid_into_a_file(service: Service) -> None:
    form = b"a" * (4 * MAX_FORM_BYTES - 100)
    head = f"POST /length HTTP/1.1\r\nHost: x\r\nContent-Length: {len(form)}\r\n\r\n".encode()
    talks = [service.say(head + form[:-1]), service.say(b"GET /much HTTP/1.1\r\nHost: x\r\n\r\n")]
    time.sleep(1)
    files = [os.readlink(entry) for worker in service.workers() for entry in Path(f"/proc/{worker}/fd").iterdir()]
    # gunicorn's own sign of life is an empty file that is deleted at once.
    assert [file for file in files if file.endswith(" (deleted)") and "wgunicorn" not in file] == []
    talks[0].sendall(form[-1:])
    answer = b""
    while not answer.endswith(str(len(form)).encode()):
        answer += talks[0].recv(4_096)
    received = 0
    while received < MUCH:
        received += len(talks[1].recv(65_536))
    for talk in talks:
        talk.close()


def test_a_body_that_is_much_too_large_is_not_taken(service: Service) -> None:
    with service.say(b"POST /length HTTP/1.1\r\nHost: x\r\nContent-Length: 900000000\r\n\r\n") as talk:
        assert b" 413 " in talk.recv(4_096)

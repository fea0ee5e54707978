"""The server as it runs: it names nobody, waits for slow senders, ends in order, and keeps everything in memory."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from mailbox.letters.desk import open_thread, queue
from mailbox.web.forms import MAX_FORM_BYTES
from tests.support.log_lines import wrong_lines
from tests.support.ports import free_port
from tests.support.served import ServedApp
from tests.support.small_service import MUCH
from tests.support.staffed import staff

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
            found = self.children() - {without}
            if len(found) == 2:
                return found
            time.sleep(0.05)
        raise AssertionError("the master keeps no two workers")

    def children(self) -> set[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return {int(number) for number in children.split()}

    def log(self) -> str:
        return self.log_file.read_text("utf-8", "replace")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with running_service(tmp_path) as service:
        yield service


@contextmanager
def running_service(folder: Path, *words: str) -> Iterator[Service]:
    """Serve the small service until the block ends; ``words`` follow the port on its command line."""
    port, log_file = free_port(), folder / "log"
    with log_file.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.small_service", str(port), *words],
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
    try:
        yield running
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    # It fails on purpose, but in no other words than the log's own.
    assert wrong_lines(running.log(), failures_expected=True) == []


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
    # The server may answer and hang up before all of it is sent; what counts here is what it logs.
    with suppress(ConnectionError):
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
    # Half a minute is what a slow sender is given; held up by one, this would take as long.
    assert time.monotonic() - started < 15
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


def test_of_a_body_of_ten_megabytes_nothing_is_kept_and_nothing_logged(
    made_app: Callable[..., ServedApp], tmp_path: Path
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    served = made_app(environment={"TMPDIR": str(temporary)}, run_alarm_worker=False)
    school = staff(served)
    served.start()
    tablet = {"Cookie": f"__Host-kiosk={school.kiosk_cookie}", "User-Agent": AGENT, "Content-Type": FORM}
    token = token_in(served, tablet)
    before = served.log()
    much = urlencode({"token": token, "words": "秘密" * 600_000})
    assert answer_to(served, tablet, much).startswith(b"HTTP/1.1 413 ")
    assert served.log() == before
    assert queue(school.office, school.counselor) == []
    held = [file.read_bytes() for folder in (served.folder, temporary) for file in folder.rglob("*") if file.is_file()]
    assert not any(spelling in content for content in held for spelling in ("秘密".encode(), quote("秘密").encode()))
    # The same form with a child's letter in it is kept, so it was the size alone that was refused.
    little = urlencode({"token": token, "words": "秘密"})
    assert answer_to(served, tablet, little).startswith(b"HTTP/1.1 200 ")
    (kept,) = queue(school.office, school.counselor)
    content = open_thread(school.office, school.counselor, kept.id).notes[0].content
    assert content and content.text == "秘密"


def token_in(served: ServedApp, tablet: dict[str, str]) -> str:
    connection = HTTPConnection("127.0.0.1", served.port, timeout=20)
    connection.request("GET", "/write", headers=tablet)
    found = re.search(rb'name="token" value="([^"]+)"', connection.getresponse().read())
    connection.close()
    assert found
    return found[1].decode()


def answer_to(served: ServedApp, tablet: dict[str, str], form: str) -> bytes:
    """Return the beginning of the answer to a letter, also when the server hung up before it had taken all of it."""
    headers = {"Host": "x", "Content-Length": str(len(form)), **tablet}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    with socket.create_connection(("127.0.0.1", served.port), timeout=20) as talk:
        with suppress(ConnectionError):
            talk.sendall(f"POST /write HTTP/1.1\r\n{head}\r\n{form}".encode())
        return talk.recv(4_096)


def test_one_process_alone_as_on_windows_serves_the_first_page_and_begins_its_work(tmp_path: Path) -> None:
    with running_service(tmp_path, "alone") as service:
        status, page, headers = service.ask("GET", "/")
        assert (status, page, "Server" in headers) == (200, b"here", False)
        assert service.ask("POST", f"/fail/{SECRET}", f"words={WORDS}")[0] == 500
        assert service.children() == set()
        log = service.log()
    assert log.count("a thread ended with an error") == 1
    assert "ValueError tests/support/small_service.py:" in log
    assert SECRET not in log and WORDS not in log

"""The decoder's process: what it is given, what it may do, and that it ends. Code of these tests runs in its place."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from mailbox.errors import MediaRefused
from mailbox.media import clean, process
from mailbox.media.clean import clean_drawing, clean_voice
from tests.mailbox.media.closed import run_closed
from tests.mailbox.media.samples import MARK, as_file, picture, recording
from tests.mailbox.media.test_drawings import told

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="other systems have fewer limits, see decision 0012")


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(MediaRefused) as refused:
        act()
    return refused.value.reason


def no_child_is_left() -> bool:
    try:
        return os.waitpid(-1, os.WNOHANG) == (0, 0)
    except ChildProcessError:
        return True


# --- what it is given -----------------------------------------------------------------------------


def test_it_has_an_empty_environment_and_no_words_of_ours_but_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QIAOQIAOHUA_KEY_FILE", MARK)
    # Python itself adds the second where a program has no language.
    lines = run_closed("""
        def run(content):
            yield from sorted(os.environ)
            yield "--"
            yield from sys.argv[2:]
    """)
    names, words = lines[: lines.index("--")], lines[lines.index("--") + 1 :]
    assert set(names) <= {"LC_CTYPE", "SYSTEMROOT"}
    assert MARK not in "".join(words)
    assert all(Path(folder).is_dir() for folder in words)


@on_linux
def test_it_holds_no_file_of_ours_even_where_one_was_left_inheritable(tmp_path: Path) -> None:
    key_file = tmp_path / "mailbox.key"
    key_file.write_text(MARK)
    with key_file.open() as held:
        os.set_inheritable(held.fileno(), True)
        lines = run_closed("""
            held = {name: os.readlink(f"/proc/self/fd/{name}") for name in os.listdir("/proc/self/fd")
                    if os.path.exists(f"/proc/self/fd/{name}")}
            def run(content):
                yield from (f"{name} {where}" for name, where in sorted(held.items()))
        """)
    assert [line.split()[0] for line in lines] == ["0", "1", "2"]
    assert not any("mailbox.key" in line for line in lines)


def test_it_is_a_new_program_that_knows_nothing_of_the_serving_one() -> None:
    """A fork would find what is in our memory; a list of loaded modules shows which kind it is."""
    assert "mailbox.errors" in sys.modules and "pytest" in sys.modules
    lines = run_closed("""
        def run(content):
            yield from sys.modules
    """)
    ours = {name for name in lines if name.split(".")[0] in {"mailbox", "triage", "counselor_ui", "app"}}
    assert ours == {
        "mailbox",
        "mailbox.errors",
        "mailbox.media",
        "mailbox.media.decoder",
        "mailbox.media.forms",
        "mailbox.media.lockdown",
    }
    assert not {"pytest", "cryptography", "sqlalchemy", "flask"} & set(lines)


# --- what it may do -------------------------------------------------------------------------------


@on_linux
def test_it_opens_no_file_neither_to_read_the_keys_nor_to_write(tmp_path: Path) -> None:
    key_file, other = tmp_path / "mailbox.key", tmp_path / "written"
    key_file.write_text(MARK)
    other.touch()
    lines = run_closed(
        """
        def run(content):
            key, other = content.decode().split()
            yield tried(lambda: open(key).read())
            yield tried(lambda: os.open(key, os.O_RDONLY))
            yield tried(lambda: open(other, "w"))
            yield tried(lambda: open(other + "new", "x"))
            yield tried(lambda: os.unlink(other))
            yield tried(lambda: os.rename(other, other + "new"))
            yield tried(lambda: os.mkdir(other + "folder"))
            yield tried(lambda: os.symlink(key, other + "link"))
            yield tried(lambda: os.memfd_create("hidden"))
            yield tried(lambda: os.stat(key))
            yield tried(lambda: os.listdir("/"))
            for flags in (os.O_RDONLY, os.O_RDWR | os.O_CREAT):
                yield libc.open(key.encode(), flags, 0o600), ctypes.get_errno()
        """,
        f"{key_file} {other}".encode(),
    )
    assert lines == ["PermissionError"] * 11 + ["(-1, 1)"] * 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mailbox.key", "written"]
    assert other.stat().st_size == 0


@on_linux
def test_it_reaches_no_network_no_other_program_and_no_other_process() -> None:
    lines = run_closed("""
        parent = os.getppid()
        def run(content):
            yield tried(lambda: socket.socket())
            yield tried(lambda: socket.socket(socket.AF_UNIX))
            yield tried(lambda: socket.socketpair())
            yield tried(lambda: os.fork())
            yield tried(lambda: os.execv("/bin/true", ["true"]))
            yield tried(lambda: os.posix_spawn("/bin/true", ["true"], {}))
            yield tried(lambda: os.kill(parent, 0))
            yield tried(lambda: os.kill(os.getpid(), signal.SIGKILL))
            yield tried(lambda: os.pidfd_open(parent))
            for name in ("ptrace", "process_vm_readv", "process_vm_writev"):
                yield getattr(libc, name)(16, parent, None, 0, 0, 0), ctypes.get_errno()
    """)
    assert lines == ["PermissionError"] * 9 + ["(-1, 1)"] * 3


@on_linux
def test_it_has_little_memory_and_time_writes_no_core_and_cannot_take_more() -> None:
    lines = run_closed("""
        import resource as r
        found = [r.getrlimit(getattr(r, "RLIMIT_" + name)) for name in ("AS", "CPU", "FSIZE", "CORE")]
        dumpable = libc.prctl(3, 0, 0, 0, 0)
        def run(content):
            yield from (f"{soft // 2**20 if soft > 2**20 else soft} {soft == hard}" for soft, hard in found)
            yield dumpable
            yield tried(lambda: r.setrlimit(r.RLIMIT_AS, (2**40, 2**40)))
    """)
    assert lines[:4] == ["640 True", "30 True", "0 True", "0 True"]
    assert lines[4:] == ["0", "ValueError"]


def test_whoever_asks_for_too_much_memory_is_told_that_the_file_is_too_large() -> None:
    assert (
        refusal(
            lambda: run_closed("""
                def run(content):
                    yield len(bytearray(2**31 if sys.platform == "linux" else 2**62))
            """)
        )
        == "too_large"
    )


@on_linux
def test_threads_may_be_started_since_a_reader_of_pictures_needs_them() -> None:
    assert run_closed("""
        def run(content):
            done = []
            threads = [threading.Thread(target=done.append, args=(n,)) for n in range(3)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            yield len(done)
            # What a thread may do is what the process may do.
            def late():
                done.append(tried(lambda: open("/etc/hostname")))
            thread = threading.Thread(target=late)
            thread.start()
            thread.join()
            yield done[-1]
    """) == ["3", "PermissionError"]


@on_linux
def test_nothing_is_read_before_the_doors_are_closed() -> None:
    """What libraries do while they load happens with the whole input still in the pipe."""
    content = b"x" * 5_000
    assert run_closed(
        """
        import array, fcntl, select, termios
        select.select([0], [], [], 20)
        while True:
            waiting = array.array("i", [0])
            fcntl.ioctl(0, termios.FIONREAD, waiting)
            if waiting[0] == 5_000:
                break
        def run(content):
            yield waiting[0], len(content)
        """,
        content,
    ) == ["(5000, 5000)"]


# --- that it ends ---------------------------------------------------------------------------------


def test_a_child_that_hangs_is_ended() -> None:
    code = "def run(content):\n    while True:\n        time.sleep(1)"
    assert refusal(lambda: run_closed(code, seconds=2)) == "unavailable"
    assert no_child_is_left()


def test_a_child_that_does_not_take_its_input_is_ended() -> None:
    """The pipe is full, so the one who writes would wait for ever."""
    code = "time.sleep(3_600)"
    assert refusal(lambda: run_closed(code, bytes(2**20), seconds=2)) == "unavailable"
    assert no_child_is_left()


@pytest.mark.parametrize(
    "code",
    [
        "def run(content):\n    os._exit(3)\n    yield",
        "def run(content):\n    ctypes.string_at(0)\n    yield",
        "def run(content):\n    os.write(1, b'made\\nhalf of it')\n    os._exit(1)\n    yield",
        "raise SystemExit",
        "def run(content):\n    import a_part_that_was_not_loaded\n    yield",
    ],
    ids=["leaves", "crashes", "half an answer", "does not start", "not all loaded"],
)
def test_a_child_that_dies_is_unavailable_and_not_a_broken_file(code: str) -> None:
    assert refusal(lambda: run_closed(code, bytes(2**20))) == "unavailable"
    assert no_child_is_left()


def test_a_child_that_says_too_much_is_not_listened_to() -> None:
    code = "def run(content):\n    while True:\n        os.write(1, bytes(65_536))\n    yield"
    assert refusal(lambda: run_closed(code, most_bytes=2**18)) == "unavailable"
    assert no_child_is_left()


@pytest.mark.parametrize("answer", [b"", b"refused\nbecause I say so", b"refused\nunavailable", b"hello\nthere"])
def test_an_answer_that_is_none_is_not_believed(answer: bytes) -> None:
    assert refusal(lambda: process.understood(answer)) == "unavailable"


def test_a_python_that_is_gone_is_unavailable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python-here"))
    assert refusal(lambda: clean_drawing(as_file(picture(), "PNG"))) == "unavailable"
    assert refusal(lambda: clean_voice(recording("firefox"))) == "unavailable"


def test_what_a_decoder_under_foreign_control_would_send_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shape of what we keep is checked on our side, so metadata has no way in at all."""
    plain = clean_drawing(as_file(picture(64, 64), "PNG")).content
    voice = clean_voice(recording("firefox")).content
    talkative = as_file(picture(64, 64, "RGB"), "PNG", pnginfo=told())
    pictures = [
        talkative,
        plain + MARK.encode(),
        plain[:-12],
        plain[:8],
        as_file(picture(64, 64), "PNG"),
        b"<svg/>",
        b"",
    ]
    huge = as_file(picture(4_000, 8, "RGB"), "PNG")
    voices = [voice + b"TAG", b"ID3" + voice, voice[:-1], voice[:144] + bytes(144) + voice[144:], b""]
    for kind, act, answers in (("drawing", clean_drawing, [*pictures, huge]), ("voice", clean_voice, voices)):
        content = as_file(picture(), "PNG") if kind == "drawing" else recording("firefox")
        for answer in answers:
            monkeypatch.setattr(clean, "ask_decoder", lambda *_, answer=answer: answer)
            assert refusal(lambda act=act, content=content: act(content)) == "unavailable"


# --- how many at once -----------------------------------------------------------------------------

_STAY = """
def run(content):
    yield time.monotonic()
    time.sleep(0.4)
    yield time.monotonic()
"""


def test_no_more_than_two_run_at_once_and_the_others_wait_their_turn() -> None:
    times: list[tuple[float, float]] = []

    def stay() -> None:
        came, went = (float(line) for line in run_closed(_STAY))
        times.append((came, went))

    threads = [threading.Thread(target=stay) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    steps = sorted([(came, 1) for came, _ in times] + [(went, -1) for _, went in times])
    running, most = 0, 0
    for _, step in steps:
        running += step
        most = max(most, running)
    assert len(times) == 5 and most == process.AT_ONCE == 2
    assert all(one <= other for one, other in pairwise(sorted(times)))


def test_who_waits_too_long_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "WAIT_SECONDS", 0.05)
    taken = [process._slots.acquire() for _ in range(process.AT_ONCE)]
    try:
        assert refusal(lambda: clean_drawing(as_file(picture(), "PNG"))) == "unavailable"
    finally:
        for _ in taken:
            process._slots.release()
    assert clean_drawing(as_file(picture(), "PNG"))

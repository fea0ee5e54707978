"""Reads what a served program wrote and says which lines should not be there: anything that is not on the list.

Owns how an event's line is built (``mailbox/web/event_log.py``) and what the console says at the start. Which events
there are is told by ``log_events.txt``, one sentence a line.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path

EVENTS = Path(__file__).with_name("log_events.txt")
# Of others' events only these: the server's sentences about its own processes, and, without their words (which may hold
# anything), that a channel of an alarm could not be reached. An error of the server or of a package is a failure.
_OF_THE_SERVER = (
    r"Worker \(pid:\d+\) was sent SIG[A-Z0-9]+!(?: Perhaps out of memory\?)?",
    r"Worker \(pid:\d+\) exited with code \d+\.",
    r"WORKER TIMEOUT \(pid:\d+\)",
    r"(?:Connection in use|Invalid address|Can't connect to):? \('[\d.:]+', \d+\)",
)
_OF_OTHERS = (r"WARNING apprise",)
# What is said to whoever started the program, and goes into no file of the log.
_GREETING = (
    r"信箱在 / the mailbox is at: https?://127\.0\.0\.1:\d+",
    r"平板和别的电脑用 / tablets and other computers use: https?://[\w.:\[\]-]+",
    r"它们先装根证书 / they get the root certificate first: http://[\w.:\[\]-]+/certificate",
    r"警告: 证书有问题 / warning: something is wrong with the certificates; run: flask tls status",
    r"警告: 信不加密地走过网络 / warning: letters cross the network in the clear \(plain_http_on_network\)",
    r"请打开这个链接建立信箱 / open this link to set it up: http://127\.0\.0\.1:\d+/setup/[\w-]+",
)
# What the server or a package says of an error: its class and our own place of it.
_OTHERS_FAIL = "an error of another program"
# The program's own failures: a story in which one happens has failed, unless its test brings it about.
FAILURES = (
    "a page failed:",
    "a thread ended with an error",
    "upkeep failed",
    "triage failed",
    "worker:",
    "Worker (pid:",
    _OTHERS_FAIL,
)
_EVENT = re.compile(r"\d{4}-\d\d-\d\d (?:WARNING|ERROR|CRITICAL) (?P<name>[\w.]+)(?: (?P<rest>.+))?")
_FIELDS = re.compile(
    r"(?: ?[A-Z]\w*| ?[a-z]+(?:_[a-z]+)*)?(?: ?[0-9a-f]{32})?(?: ?[0-9a-f]{32})?"
    r"(?: ?[A-Z]\w*(?: (?:app|mailbox|counselor_ui|triage|tests|bench)[/\w]*\.py:\d+)?)?"
)


def wrong_lines(log: str, expected: Collection[str] = (), *, failures_expected: bool = False) -> list[str]:
    """Return the lines that are neither the console's greeting nor an event as it may be written.

    ``expected``: beginnings of events among :data:`FAILURES` that a test brings about; all of them where
    ``failures_expected``.
    """
    lines = (line for line in log.splitlines() if line and not _is_one_of(_GREETING, line))
    return [line for line in lines if not _is_allowed(line, FAILURES if failures_expected else expected)]


@cache
def event_sentences() -> frozenset[str]:
    """Return every sentence that our own modules may write."""
    return frozenset(EVENTS.read_text("utf-8").splitlines())


def _is_allowed(line: str, expected: Collection[str]) -> bool:
    if re.fullmatch(r"worker: [A-Z]\w*", line):
        return "worker:" in expected
    event = _EVENT.fullmatch(line)
    if event is None:
        return False
    rest = event["rest"] or ""
    if event["name"].split(".")[0] not in ("mailbox", "counselor_ui", "triage"):
        if _is_one_of(_OF_THE_SERVER, rest):
            return not rest.startswith("Worker (pid:") or "Worker (pid:" in expected
        if _is_one_of(_OF_OTHERS, line.partition(" ")[2]):
            return True
        return _OTHERS_FAIL in expected and _FIELDS.fullmatch(rest) is not None
    said = max((sentence for sentence in event_sentences() if rest.startswith(sentence)), key=len, default=None)
    if said is None or (said in FAILURES and said not in expected):
        return False
    return _FIELDS.fullmatch(rest[len(said) :]) is not None


def _is_one_of(patterns: Iterable[str], line: str) -> bool:
    return any(re.fullmatch(pattern, line) for pattern in patterns)

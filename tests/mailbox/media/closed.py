"""Runs code of a test where the decoder runs: the real process, its real limits, with other work than decoding."""

from __future__ import annotations

from textwrap import dedent

from mailbox.media import process

# The real start, and one change: what is done with the input is written by the test. Like a library, it is loaded
# before the doors are closed, and called behind them.
_START = """import sys
sys.path[:] = [sys.argv[2], *sys.path, *sys.argv[3:]]
from types import ModuleType
from mailbox.media import decoder
decoder.WORKS = {"drawing": ("work_of_a_test", "work")}
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "work_of_a_test":
            from importlib.machinery import ModuleSpec
            return ModuleSpec(name, self)
    def create_module(self, spec):
        return ModuleType(spec.name)
    def exec_module(self, module):
        exec(sys.argv[1], module.__dict__)
sys.meta_path.insert(0, Finder())
decoder.main("drawing", "png")
"""
# What every work may use: it reports with `said`, and tries what should be impossible with `tried`.
_BEFORE = """
import os, sys, ctypes, socket, threading, time, resource, signal, subprocess
libc = ctypes.CDLL(None, use_errno=True)
def tried(act):
    try:
        return repr(act())
    except (OSError, ValueError) as refused:
        return type(refused).__name__
def work(form, content):
    return "\\n".join(str(line) for line in run(content)).encode()
"""


def run_closed(code: str, content: bytes = b"", *, seconds: float = 45, most_bytes: int = 2**20) -> list[str]:
    """Run ``code``, which defines ``run(content)`` yielding lines, in the decoder's place; return the lines.

    Raises MediaRefused as the decoder's work would.
    """
    command = process.command(_START, _BEFORE + dedent(code))
    answer = process.run_closed(command, content, most_bytes, seconds)
    return process.understood(answer).decode().split("\n")

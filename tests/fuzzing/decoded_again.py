"""The real decoder behind its real doors, on many files one after the other, so that thousands can be tried.

Owns what is asked of each: an answer or a reason. An exception that is none of the ordinary ones ends the process, as a
crash does, and so does whoever needs more time or memory than there is for a single file.
"""

from __future__ import annotations

import struct
from ast import literal_eval
from collections import Counter
from dataclasses import dataclass, field

from mailbox.media import process
from tests.mailbox.media.samples import MARK

_MOST_ANSWER_BYTES = 2**16
# The library for one kind is loaded before the doors close; what is asked for behind them must be there by then. A file
# that is open already may still be read: that one tells how much memory was taken.
_START = """import sys
sys.path[:] = [sys.argv[5], *sys.path, *sys.argv[6:]]
import time
from importlib import import_module
from mailbox.errors import MediaRefused
from mailbox.media import decoder
from mailbox.media.forms import require_plain
kind, form, mark = sys.argv[1:4]
forms = sys.argv[4].split(",")
module, name = decoder.WORKS[kind]
once = getattr(import_module(module), name)
status = open("/proc/self/status", "rb", 0) if sys.platform == "linux" else None
def peak_kib():
    if status is None:
        return 0
    status.seek(0)
    return int(status.read(4096).partition(b"VmHWM:")[2].split()[0])
def of_one(form, wrong):
    try:
        made = once(form, wrong)
    except MediaRefused as refused:
        return refused.reason
    except MemoryError:
        return "too_large"
    except ImportError:
        raise
    except Exception:
        return "broken"
    require_plain(kind, made)
    assert mark.encode() not in made
    return "kept"
class Again:
    @staticmethod
    def work(_form, content):
        found, at, slowest = [], 0, 0.0
        while at < len(content):
            length = int.from_bytes(content[at : at + 4], "big")
            form, wrong = forms[content[at + 4]], content[at + 5 : at + 5 + length]
            at += 5 + length
            began = time.process_time()
            found.append(of_one(form, wrong))
            slowest = max(slowest, time.process_time() - began)
        return repr((found, slowest, peak_kib())).encode()
sys.modules["again"] = Again
decoder.WORKS = {kind: ("again", "work")}
decoder.main(kind, form)
"""


FORMS = {"drawing": ("png", "jpeg", "webp"), "voice": ("webm", "ogg", "mp4")}


@dataclass
class Answers:
    """What came back, by form and word; how long the slowest took (processor), and the most memory of a process."""

    found: Counter[tuple[str, str]] = field(default_factory=Counter)
    slowest_s: float = 0.0
    peak_kib: int = 0

    def __str__(self) -> str:
        forms = dict.fromkeys(form for form, _ in self.found)
        told = "; ".join(f"{form} {', '.join(self._told(form))}" for form in forms)
        return f"{self.found.total()} files: {told}. At most {self.slowest_s:.2f} s and {self.peak_kib // 1_024} MiB"

    def _told(self, of_form: str) -> list[str]:
        return [f"{number} {word}" for (form, word), number in self.found.most_common() if form == of_form]


def decode_again(kind: str, wrongs: list[tuple[str, bytes]], answers: Answers) -> list[str]:
    """Have files decoded, each as its form says; return ``kept`` or a reason for each.

    Raises MediaRefused: unavailable, when one of them ended the process.
    """
    numbers = {form: bytes([number]) for number, form in enumerate(FORMS[kind])}
    content = b"".join(struct.pack(">I", len(wrong)) + numbers[form] + wrong for form, wrong in wrongs)
    answer = process.run_closed(
        process.command(_START, kind, "each its own", MARK, ",".join(FORMS[kind])), content, _MOST_ANSWER_BYTES
    )
    found, slowest_s, peak_kib = literal_eval(process.understood(answer).decode())
    assert len(found) == len(wrongs)
    answers.found.update((form, word) for (form, _), word in zip(wrongs, found, strict=True))
    answers.slowest_s = max(answers.slowest_s, slowest_s)
    answers.peak_kib = max(answers.peak_kib, peak_kib)
    return list(found)

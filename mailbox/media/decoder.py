"""The decoder's own process: loads one library, closes the doors behind it, then reads, works, answers and ends.

Started by ``process`` for every single file, so that nothing of one child is in reach of another child's file. It knows
no settings, no key and no database. Its answer: ``made`` and the content, or ``refused`` and the reason, after a LF.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib import import_module

from mailbox.errors import MediaRefused
from mailbox.media.forms import DRAWING, VOICE
from mailbox.media.lockdown import close_doors, limit_means

# Which library is loaded is decided by the kind: no picture ever meets the code for sound.
WORKS = {DRAWING: ("mailbox.media.drawing", "draw_anew"), VOICE: ("mailbox.media.voice", "say_anew")}


def main(kind: str, form: str) -> None:
    """Read one file from standard input and write the answer to standard output. Never returns."""
    limit_means()
    module, name = WORKS[kind]
    work: Callable[[str, bytes], bytes] = getattr(import_module(module), name)
    close_doors()
    content = sys.stdin.buffer.read()
    try:
        answer = b"made\n" + work(form, content)
    except MediaRefused as refused:
        answer = b"refused\n" + refused.reason.encode()
    except MemoryError:
        answer = b"refused\ntoo_large"
    except ImportError:
        # Our own fault, not the file's: something was not loaded before the doors were closed.
        os._exit(1)
    except Exception:
        # What these libraries raise on broken files is not listed anywhere, and no message of theirs may leave.
        answer = b"refused\nbroken"
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    # Nothing that the libraries would still do at the end matters.
    os._exit(0)

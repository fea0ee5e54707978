"""Keeps this process's memory to itself: no core dump, nobody of the same account looks in, and no swap where allowed.
Keeps it small, too.

Owns what the program asks of the system for itself. Whoever controls the system can undo it. The decoder of drawings
and voices has narrower limits of its own (``media/lockdown.py``).
"""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress

_PR_SET_DUMPABLE = 4
# Pages are locked when they are first used, so that what is only reserved takes no memory.
_MCL_CURRENT, _MCL_FUTURE, _MCL_ONFAULT = 1, 2, 4
_M_ARENA_MAX = -8


def keep_memory_private() -> None:
    """Write no core dump and let no other program of this account read this memory. For the first process, at start.

    Processes that it forks have both too. macOS: no core dump only. Windows: neither; there it is the system's to say.
    """
    if sys.platform == "win32":
        return
    import resource

    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, *(ctypes.c_ulong(0) for _ in range(4)))


def keep_memory_out_of_swap() -> bool:
    """Lock this process's memory if the system lets it have as much as it needs; return whether it did.

    A fork does not inherit it, so every process that reads letters calls it.
    """
    if sys.platform != "linux" or not _may_lock_all():
        return False
    every = _MCL_CURRENT | _MCL_FUTURE | _MCL_ONFAULT
    return bool(ctypes.CDLL(None).mlockall(ctypes.c_int(every)) == 0)


def share_one_heap() -> None:
    """Let all threads take their memory from one heap (Linux with glibc). For the first process, before it has threads.

    glibc gives each thread a heap of its own, up to eight for every processor, and each of them keeps what a key
    derivation once took: 16 MiB. Little is lost by sharing, since one thread at a time runs Python. A fork inherits it.
    """
    if sys.platform == "linux":
        # Another C library has neither the heaps nor this function.
        with suppress(AttributeError):
            ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


def _may_lock_all() -> bool:
    # With a small limit the locking itself may succeed, and later the memory for a letter would be refused.
    import resource

    return os.geteuid() == 0 or resource.getrlimit(resource.RLIMIT_MEMLOCK)[0] == resource.RLIM_INFINITY

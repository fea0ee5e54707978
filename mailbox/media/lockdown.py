"""What the decoder's process may still do: compute, read its input, write its output. Owns the limits of every system.

Linux: limits on memory, time and files, no core dump, and a filter (seccomp) that leaves only the calls that computing
needs; opening a file, a socket or another program is no longer among them. macOS: the limits only. Windows: neither;
there the process of its own, its empty environment, the time and the sizes are what holds.
"""

from __future__ import annotations

import ctypes
import os
import platform
import signal
import struct
import sys

# A recording of three minutes takes two seconds, ten on an old and busy PC; whoever needs more is hanging.
SECONDS = 45.0
_CPU_SECONDS = 30
# Address space, not memory: half of it is libraries and what the allocator reserves.
_ADDRESS_BYTES = 640 * 2**20
# Pages come before pictures.
_NICER = 5

_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_SET_MODE_FILTER = 1
_SECCOMP_FILTER_FLAG_TSYNC = 1
_CLONE_THREAD = 0x10000
_EPERM, _ENOSYS = 1, 38

# Numbers of the calls in the kernel's tables: unistd_64.h of x86, and the generic one that newer architectures share.
_X86 = {
    "read": 0, "write": 1, "close": 3, "fstat": 5, "poll": 7, "lseek": 8, "mmap": 9, "mprotect": 10, "munmap": 11,
    "brk": 12, "rt_sigaction": 13, "rt_sigprocmask": 14, "rt_sigreturn": 15, "writev": 20, "sched_yield": 24,
    "mremap": 25, "madvise": 28, "nanosleep": 35, "getpid": 39, "exit": 60, "uname": 63, "gettimeofday": 96,
    "sysinfo": 99, "sigaltstack": 131, "gettid": 186, "futex": 202, "sched_getaffinity": 204, "restart_syscall": 219,
    "clock_gettime": 228, "clock_getres": 229, "clock_nanosleep": 230, "exit_group": 231, "set_robust_list": 273,
    "getrandom": 318, "rseq": 334,
}  # fmt: skip
_GENERIC = {
    "read": 63, "write": 64, "close": 57, "fstat": 80, "ppoll": 73, "lseek": 62, "mmap": 222, "mprotect": 226,
    "munmap": 215, "brk": 214, "rt_sigaction": 134, "rt_sigprocmask": 135, "rt_sigreturn": 139, "writev": 66,
    "sched_yield": 124, "mremap": 216, "madvise": 233, "nanosleep": 101, "getpid": 172, "exit": 93, "uname": 160,
    "gettimeofday": 169, "sysinfo": 179, "sigaltstack": 132, "gettid": 178, "futex": 98, "sched_getaffinity": 123,
    "restart_syscall": 128, "clock_gettime": 113, "clock_getres": 114, "clock_nanosleep": 115, "exit_group": 94,
    "set_robust_list": 99, "getrandom": 278, "rseq": 293,
}  # fmt: skip
_CLONE3 = 435
# machine: the kernel's own number of it, the allowed calls, clone, seccomp
_MACHINES = {
    "x86_64": (0xC000003E, _X86, 56, 317),
    "aarch64": (0xC00000B7, _GENERIC, 220, 277),
    "loongarch64": (0xC0000102, _GENERIC, 220, 277),
}


def environment() -> dict[str, str]:
    """Return the environment in which the decoder starts: nothing, but for what Windows cannot start without."""
    return {"SYSTEMROOT": os.environ.get("SYSTEMROOT", "")} if sys.platform == "win32" else {}


def limit_means() -> None:
    """Limit memory, time and files for this process, and let nobody look into it or dump it. Before libraries load."""
    if sys.platform == "win32":
        return
    import resource

    os.nice(_NICER)
    # If the one who started us is gone, nobody else ends us.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(int(SECONDS) + 5)
    for which, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CPU, _CPU_SECONDS),
        (resource.RLIMIT_AS, _ADDRESS_BYTES),
    ):
        _lower(which, most)
    if sys.platform == "linux":
        _prctl(_PR_SET_DUMPABLE, 0)
        _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def close_doors() -> bool:
    """Give up all that computing does not need; libraries must be loaded by now. Return whether the filter holds."""
    if sys.platform == "win32":
        return False
    import resource

    _lower(resource.RLIMIT_NOFILE, 3)
    if sys.platform == "linux" and _filter_calls():
        return True
    # Without the filter at least no other program; on Linux this forbids threads as well, which one reader needs.
    _lower(resource.RLIMIT_NPROC, 0)
    return False


def _lower(which: int, most: int) -> None:
    import resource

    # macOS does not know every limit.
    try:
        _, hard = resource.getrlimit(which)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(which, (most, most))
    except (OSError, ValueError):
        pass


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None).prctl(option, ctypes.c_ulong(value), ctypes.c_ulong(0), ctypes.c_ulong(0), ctypes.c_ulong(0))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def _filter_calls() -> bool:
    """Install the filter for all threads of this process. Return False where the system has none."""
    known = _MACHINES.get(platform.machine())
    if known is None or sys.maxsize < 2**32:
        return False
    instructions = _instructions(*known[:3])
    program = _Program(len(instructions) // 8, instructions)
    done: int = ctypes.CDLL(None).syscall(
        ctypes.c_long(known[3]),
        ctypes.c_ulong(_SECCOMP_SET_MODE_FILTER),
        ctypes.c_ulong(_SECCOMP_FILTER_FLAG_TSYNC),
        ctypes.byref(program),
    )
    return done == 0


def _instructions(machine: int, calls: dict[str, int], clone: int) -> bytes:
    """Return a program for the kernel's packet filter: allowed calls pass, all others fail with EPERM.

    It reads `struct seccomp_data`: the call at 0, the machine at 4, the first argument at 16. Threads may be made,
    processes not; clone3, which hides its flags, does not exist here, and libraries then take clone.
    """
    load, equal, has_bits, answer = 0x20, 0x15, 0x45, 0x06
    kill, fail, allow = 0x8000_0000, 0x0005_0000, 0x7FFF_0000
    numbers = sorted(calls.values())
    lines = [(load, 0, 0, 4), (equal, 1, 0, machine), (answer, 0, 0, kill), (load, 0, 0, 0)]
    # From the k-th of n tests, `allow` lies behind the rest of the tests and the six lines below.
    lines += [(equal, len(numbers) - 1 - place + 6, 0, number) for place, number in enumerate(numbers)]
    lines += [
        (equal, 0, 2, clone),
        (load, 0, 0, 16),
        (has_bits, 3, 2, _CLONE_THREAD),
        (equal, 0, 1, _CLONE3),
        (answer, 0, 0, fail | _ENOSYS),
        (answer, 0, 0, fail | _EPERM),
        (answer, 0, 0, allow),
    ]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)

"""Runs ``python -m flask WORDS`` under the limits of our systemd unit, as far as a program beside systemd can set them.

Run by root as ``python -m tests.support.under_unit WORDS`` with UNIT (the file) and DATA (the folder that stays
writable) in the environment. Kept of the unit: the read-only file system, an empty /tmp, no rights and no new ones, the
limits of core dumps and (where this root may raise it) of locked memory, the umask, no page first written and then run,
the filter of calls, the kinds of connections. Not tried: another user (it stays root, without any of root's rights),
what /dev and /proc show, RestrictNamespaces, and the journal.
"""

from __future__ import annotations

import ctypes
import os
import resource
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from tests.support.unit_file import calls_left, settings_of

_CLONE_NEWNS, _PR_SET_MDWE, _MDWE_REFUSE_EXEC_GAIN = 0x20000, 65, 1
_ALLOW, _EPERM, _EQUAL = 0x7FFF0000, 0x00050001, 4
_INSIDE = "--inside"
# Whatever else is mounted there becomes read-only, as by ProtectSystem=strict.
_LEFT = ("/proc", "/dev", "/sys")
WRITABLE = Path("/mnt")


class _Compared(ctypes.Structure):
    _fields_ = (("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64))


def outside(words: list[str]) -> None:
    """Make the file system of the unit, give up every right, and go on inside."""
    if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWNS):
        raise OSError(ctypes.get_errno(), "no file system of its own")
    data = os.environ["DATA"]
    _mount("--make-rprivate", "/")
    _mount("--bind", data, str(WRITABLE))
    places = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
    for place in places:
        if not place.startswith((*_LEFT, str(WRITABLE))):
            _mount("-o", "remount,bind,ro", place)
    _mount("-t", "tmpfs", "-o", "mode=1777", "tmpfs", "/tmp")  # noqa: S108
    for name, value in os.environ.items():
        os.environ[name] = value.replace(data, str(WRITABLE))
    rights = ["--no-new-privs", "--bounding-set=-all", "--inh-caps=-all", "--securebits=+noroot,+noroot_locked"]
    inner = [sys.executable, "-m", "tests.support.under_unit", _INSIDE, *words]
    os.execvp("setpriv", ["setpriv", *rights, *inner])  # noqa: S606


def inside(words: list[str]) -> None:
    """Set what the unit says of memory, files and calls, and become the program."""
    settings = settings_of(Path(os.environ["UNIT"]))
    os.umask(int(settings["UMask"][0], 8))
    resource.setrlimit(resource.RLIMIT_CORE, (int(settings["LimitCORE"][0]),) * 2)
    calls = calls_left(settings)
    if settings["MemoryDenyWriteExecute"] == ["yes"]:
        words_of_call = (_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0)
        if ctypes.CDLL(None).prctl(_PR_SET_MDWE, *(ctypes.c_ulong(one) for one in words_of_call)):
            raise OSError("this kernel cannot refuse pages that are first written and then run")
    _filter(calls, settings["RestrictAddressFamilies"][0].split())
    os.execv(sys.executable, [sys.executable, "-m", "flask", *words])  # noqa: S606


def _filter(calls: set[str], families: list[str]) -> None:
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(_EPERM)))
    for name in sorted(calls):
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number >= 0 and name != "socket":
            library.seccomp_rule_add_exact(context, ctypes.c_uint32(_ALLOW), number, 0)
    number = library.seccomp_syscall_resolve_name(b"socket")
    for family in families:
        one = _Compared(0, _EQUAL, getattr(socket, family), 0)
        library.seccomp_rule_add_exact_array(context, ctypes.c_uint32(_ALLOW), number, 1, ctypes.byref(one))
    if library.seccomp_load(context):
        raise OSError("the filter of calls was refused")


def _mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True, capture_output=True)


if __name__ == "__main__":
    if sys.argv[1:2] == [_INSIDE]:
        inside(sys.argv[2:])
    else:
        # While there is a right to; in some containers even root has none.
        with suppress(ValueError):
            resource.setrlimit(resource.RLIMIT_MEMLOCK, (resource.RLIM_INFINITY,) * 2)
        outside(sys.argv[1:])

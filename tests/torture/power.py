"""The power fails while letters arrive: the disk is taken as it is at that moment, and the mailbox is opened from it.

What is simulated, and what is not. A copy of a live database, file by file, promises nothing: between copying the file
and copying its journal a checkpoint may run, and neither order is safe. So every process is stopped first (SIGSTOP) and
all files are taken of one moment. Then, in the weaker form, that moment is made as bad as a power cut may leave it:

- the shared index (``-shm``) is not there: it lives in memory;
- what the journal holds behind its last whole transaction, which nobody had waited for yet, is cut off anywhere or
  followed by garbage;
- any page of the database file that also stands in the journal may have a sector of garbage or zeros: a checkpoint that
  was running had not waited for it yet, and the journal is not begun anew before it has.

The last whole transaction itself may be lost too, but only before its writer was told; whoever was told is in the
ledger, so this form leaves it in. It believes the program that it waits for the disk (``synchronous=FULL``).

The stronger form believes nothing: the data folder lies on a file system of its own in an image file, and what is
copied is the image, with every process stopped: what the kernel still kept in memory, because nobody waited for it, is
not there. It needs root and a Linux with loop devices. A disk that lies about having written is not simulated.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tests.torture.auditor import Verdict, audit_copy
from tests.torture.journal import spoil
from tests.torture.place import Place

_IMAGE_MIB = 64
_LONGEST_WAIT_S = 1.5
_RELEASE_S = 20.0
# The shared index is not among them: it lives in memory.
_FILES = ("mailbox.db", "mailbox.db-wal", "mailbox.key")


@dataclass(frozen=True)
class Disk:
    """A file system in a file: ``image`` is the disk, ``folder`` where it is mounted."""

    image: Path
    folder: Path

    def copy(self, image: Path) -> Disk:
        """Return the disk as it is now, without what the kernel has not written to it; not yet mounted."""
        shutil.copyfile(self.image, image)
        return Disk(image, image.with_suffix(""))

    @contextmanager
    def mounted(self) -> Iterator[Path]:
        self.folder.mkdir(parents=True, exist_ok=True)
        # What nobody waits for is written when the kernel likes; here it likes it as late as it may.
        _run("mount", "-o", "loop,commit=300", str(self.image), str(self.folder))
        try:
            yield self.folder
        finally:
            unmount(self.folder)


def new_disk(image: Path) -> Disk:
    """Make an empty disk."""
    with image.open("wb") as file:
        file.truncate(_IMAGE_MIB * 1024 * 1024)
    _run("mkfs.ext4", "-q", "-F", str(image))
    return Disk(image, image.with_suffix(""))


def unmount(folder: Path) -> None:
    """Take a disk away; a killed process may hold it for a moment longer. Raises CalledProcessError."""
    deadline = time.monotonic() + _RELEASE_S
    while subprocess.run(["umount", str(folder)], capture_output=True, check=False).returncode:
        if time.monotonic() > deadline:
            _run("umount", str(folder))
        time.sleep(0.1)


def disks_can_be_made() -> bool:
    """Whether this machine lets us mount a file system of our own."""
    if not (shutil.which("mkfs.ext4") and shutil.which("unshare")):
        return False
    tried = "mount -t tmpfs none /mnt && test -e /dev/loop-control"
    return subprocess.run(["unshare", "-m", "sh", "-c", tried], capture_output=True, check=False).returncode == 0


def cut_power(place: Place, folder: Path, times: int, disk: Disk | None = None) -> Verdict:
    """Take the disk at ``times`` moments while children write, and open each copy.

    ``disk``: the one on which the program's folder lies, for the stronger form.
    """
    verdict = Verdict()
    letters, spoilt = 0, 0
    with place.writing():
        place.wait_for_a_letter()
        for number in range(1, times + 1):
            time.sleep(place.chance.uniform(0.2, _LONGEST_WAIT_S))
            copy = folder / f"cut-{number}"
            copy.mkdir()
            # Before it is stopped: what is told afterwards need not be on the copy.
            told = replace(place.ledger.so_far(), wrongs=[])
            with place.frozen():
                taken = disk.copy(copy / "disk.img") if disk else _copy_files(place, copy)
            with taken.mounted() as root:
                data = root / "var"
                spoilt += spoil(data, place.chance)
                found = audit_copy(place.school, data, told)
            shutil.rmtree(copy)
            verdict.wrongs += [f"after power cut {number}: {wrong}" for wrong in found.wrongs]
            letters = len(told.letters)
    verdict.wrongs += place.ledger.wrongs
    kind = "an image of the disk" if disk else "files of one moment"
    verdict.figures |= {
        f"power cuts ({kind}, made worse)": times,
        "letters told before the last of them": letters,
        "pages and journals spoilt": spoilt,
    }
    return verdict


@dataclass(frozen=True)
class _Files:
    """Copied files, where nothing has to be mounted."""

    folder: Path

    @contextmanager
    def mounted(self) -> Iterator[Path]:
        yield self.folder


def _copy_files(place: Place, copy: Path) -> _Files:
    data = place.served.data_dir
    (copy / "var").mkdir(mode=0o700)
    for name in _FILES:
        if (data / name).exists():
            shutil.copy(data / name, copy / "var" / name)
    return _Files(copy)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)

"""Files that only this account may read, and that are on the disk when they are said to be."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def new_private_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a new file of mode 600; when the block ends, its bytes are on the disk. Raises FileExistsError, OSError."""
    # Windows would otherwise turn each 0x0A into two bytes.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def exchange(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Let ``content`` take a file's place: after a power cut it is the old or the new one, whole. Raises OSError."""
    # A file that is made for one account only from its first byte on.
    descriptor, made = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if mode != 0o600:
            Path(made).chmod(mode)
        Path(made).replace(path)
    except OSError:
        Path(made).unlink(missing_ok=True)
        raise


def keep_names(folder: Path) -> None:
    """Bring a folder's names to the disk: a power cut may otherwise keep a new file's bytes and lose its name."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

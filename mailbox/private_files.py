"""Files that only this account may read, and that are on the disk when they are said to be."""

from __future__ import annotations

import os
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


def keep_names(folder: Path) -> None:
    """Bring a folder's names to the disk: a power cut may otherwise keep a new file's bytes and lose its name."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

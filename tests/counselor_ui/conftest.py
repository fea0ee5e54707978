"""The desk's pages know no database, so their tests run on SQLite alone; acts and stories run on PostgreSQL too."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "mailbox.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"

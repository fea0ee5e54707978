"""The desk's pages know no database, so their tests run on SQLite alone; acts and stories run on PostgreSQL too."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.fixtures import database_of_kind


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return database_of_kind("sqlite", request, tmp_path)

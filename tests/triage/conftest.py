"""The trained model of the project, loaded once for all tests of triage."""

from __future__ import annotations

import pytest

from triage.assessor import DEFAULT_MODEL, Assessor


@pytest.fixture(scope="session")
def assessor() -> Assessor:
    return Assessor.load(DEFAULT_MODEL)

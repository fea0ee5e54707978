"""A licence is allowed only if every licence that a package names is."""

from __future__ import annotations

import pytest

from tools.supply.licences import Allowed

ALLOWED = Allowed(frozenset({"MIT", "Apache-2.0"}), {}, {})


@pytest.mark.parametrize("expression", ["MIT", "MIT AND Apache-2.0", "GPL-3.0-only OR MIT"])
def test_what_may_be_used_under_listed_licences_alone_is_allowed(expression: str) -> None:
    assert ALLOWED.allows(expression)


@pytest.mark.parametrize("expression", ["", "GPL-3.0-only AND MIT", "GPL-3.0-only AND (MIT OR Apache-2.0)"])
def test_a_licence_that_is_not_listed_or_cannot_be_read_waits_for_a_person(expression: str) -> None:
    assert not ALLOWED.allows(expression)

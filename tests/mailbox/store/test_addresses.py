"""A database address that nobody can read is refused in one sentence, and its password stays out of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mailbox.errors import SettingsRefused
from mailbox.store.database import Database
from mailbox.store.migrations import migrate, require_newest


@pytest.mark.parametrize("use", [migrate, require_newest, Database])
@pytest.mark.parametrize(
    "address", ["postgresql+psycopg://mailbox:geheim@db:port/mailbox", "postgresql:mailbox:geheim"]
)
def test_an_address_that_cannot_be_read_is_refused_without_its_password(
    use: Callable[[str], object], address: str
) -> None:
    with pytest.raises(SettingsRefused) as refused:
        use(address)
    assert refused.value.setting == "database_url"
    assert "PORT" in refused.value.mend
    assert "geheim" not in str(refused.value)

"""Alembic migrations, forward only. ``migrate(url)`` brings a database to the newest revision."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from mailbox.errors import SettingsRefused
from mailbox.store.database import open_engine

_SETTING = "database_url"


def migrate(url: str) -> None:
    """Create or upgrade the database at ``url``; safe to repeat. Raises SettingsRefused if it does not answer."""
    config = _config()
    config.attributes["url"] = url
    try:
        command.upgrade(config, "head")
    except DBAPIError as broken:
        raise _no_answer(broken) from None


def require_newest(url: str) -> None:
    """Raise SettingsRefused unless the database at ``url`` answers and has the newest revision."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            present = MigrationContext.configure(connection).get_current_revision()
    except DBAPIError as broken:
        raise _no_answer(broken) from None
    finally:
        engine.dispose()
    if present != newest:
        raise SettingsRefused(_SETTING, "the database is not of this version; run `flask init`")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config


def _no_answer(broken: DBAPIError) -> SettingsRefused:
    # The driver's message may repeat the address; its class is enough to look for the cause.
    problem = type(broken.orig).__name__
    return SettingsRefused(_SETTING, f"the database does not answer ({problem}); check that it runs and may be written")

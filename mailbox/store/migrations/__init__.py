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


def migrate(url: str, revision: str = "head") -> None:
    """Create or upgrade the database at ``url``; safe to repeat. Raises SettingsRefused if it does not answer."""
    config = _config()
    config.attributes["url"] = url
    try:
        command.upgrade(config, revision)
    except DBAPIError as broken:
        raise _no_answer(broken) from None


def require_newest(url: str) -> None:
    """Raise SettingsRefused unless the database at ``url`` answers and has the newest revision."""
    if revision_of(url) != newest_revision():
        raise SettingsRefused(_SETTING, "the database is not of this version; run `flask init`")


def revision_of(url: str) -> str | None:
    """Return the revision of the database at ``url``, None without tables. Raises SettingsRefused without answer."""
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except DBAPIError as broken:
        raise _no_answer(broken) from None
    finally:
        engine.dispose()


def newest_revision() -> str:
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def knows_revision(revision: str) -> bool:
    """Whether this program can bring a database of ``revision`` forward; a newer program's it cannot."""
    return revision in {each.revision for each in ScriptDirectory.from_config(_config()).walk_revisions()}


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config


def _no_answer(broken: DBAPIError) -> SettingsRefused:
    # The driver's message may repeat the address; its class is enough to look for the cause.
    problem = type(broken.orig).__name__
    return SettingsRefused(_SETTING, f"the database does not answer ({problem}); check that it runs and may be written")

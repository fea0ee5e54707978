"""The migrated schema is the tables, on both databases."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from mailbox.store.database import Database
from mailbox.store.migrations import migrate
from mailbox.store.tables import Base


def test_the_migrated_schema_equals_the_tables(database_url: str) -> None:
    database = Database(database_url)
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    database.close()


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    migrate(database_url)


def test_sqlite_keeps_no_row_numbers_that_would_tell_the_order_of_letters(database_url: str) -> None:
    database = Database(database_url)
    if database.engine.dialect.name == "sqlite":
        with database.view() as view:
            made = view.session.scalars(text("SELECT sql FROM sqlite_master WHERE type = 'table'")).all()
        ours = [statement for statement in made if "alembic_version" not in statement]
        assert len(ours) == len(Base.metadata.tables)
        assert all("WITHOUT ROWID" in statement for statement in ours)
    database.close()


def test_sqlite_runs_in_wal_mode_and_waits_for_the_disk(database_url: str) -> None:
    database = Database(database_url)
    if database.engine.dialect.name == "sqlite":
        with database.view() as view:
            assert view.session.scalar(text("PRAGMA journal_mode")) == "wal"
            assert view.session.scalar(text("PRAGMA synchronous")) == 2  # FULL
            assert view.session.scalar(text("PRAGMA secure_delete")) == 1
    database.close()

"""The migrated schema is the tables, on both databases, and no row tells by its place or its id when it came."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import String, inspect, text

from mailbox.store.database import Database
from mailbox.store.migrations import migrate
from mailbox.store.tables import Base, is_id


def test_the_migrated_schema_equals_the_tables(database_url: str) -> None:
    database = Database(database_url)
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    database.close()


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    migrate(database_url)


def test_every_row_but_the_schools_own_carries_its_school_and_goes_with_it(database_url: str) -> None:
    database = Database(database_url)
    looked = inspect(database.engine)
    for table in set(Base.metadata.tables) - {"schools"}:
        column = next(column for column in looked.get_columns(table) if column["name"] == "school_id")
        assert not column["nullable"], table
        key = next(key for key in looked.get_foreign_keys(table) if key["constrained_columns"] == ["school_id"])
        assert (key["referred_table"], key["options"]) == ("schools", {"ondelete": "CASCADE"}), table
    database.close()


def test_the_database_gives_no_row_a_number(database_url: str) -> None:
    database = Database(database_url)
    looked = inspect(database.engine)
    for table in Base.metadata.tables:
        assert looked.get_pk_constraint(table)["constrained_columns"] == ["id"], table
        column = next(column for column in looked.get_columns(table) if column["name"] == "id")
        assert isinstance(column["type"], String) and not column["default"], table
    database.close()


def test_an_id_that_nobody_gave_is_random() -> None:
    for name, table in Base.metadata.tables.items():
        made = {table.c.id.default.arg(None) for _ in range(100)}
        assert len(made) == 100 and all(map(is_id, made)), name


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


def test_postgresql_keeps_no_examples_of_what_is_sealed(database_url: str) -> None:
    """A new binary column needs ``SET STATISTICS 0``: its values would outlive their letter."""
    database = Database(database_url)
    if database.engine.dialect.name == "postgresql":
        binary = (
            "SELECT attrelid::regclass || '.' || attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid"
            " WHERE atttypid = 'bytea'::regtype AND relkind = 'r' AND attstattarget <> 0"
            " AND relnamespace = current_schema()::regnamespace"
        )
        with database.view() as view:
            assert view.session.scalars(text(binary)).all() == []
    database.close()
